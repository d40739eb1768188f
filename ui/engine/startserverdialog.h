// SPDX-License-Identifier: MIT
#pragma once

#include "core/serving/serversettings.h"

#include <QDialog>
#include <QHash>
#include <QTimer>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace BitNet {

class EngineContext;
class ServerRegistry;
class ToneLabel;

// Asks how a server is to be run, and starts it. What is wrong is told beside the field it is about, while one types.
class StartServerDialog : public QDialog
{
    Q_OBJECT
public:
    StartServerDialog(ServerRegistry &servers, EngineContext &engine, QWidget *parent = nullptr);

    void setModel(const QString &path);
    // What the form says.
    ServerSettings serverSettings() const;
    // Checks the form now. False when a field is wrong.
    bool check();
    // What is told beside the field of this name ("model", "ctx_size", …); empty when all is well with it.
    QString message(const QString &field) const;

    QComboBox *modelField() const { return m_model; }
    QComboBox *engineField() const { return m_engineChoice; }
    QSpinBox *contextField() const { return m_context; }
    QSpinBox *slotsField() const { return m_slotCount; }
    QSpinBox *portField() const { return m_port; }
    QLineEdit *extraField() const { return m_extra; }
    QPushButton *startButton() const { return m_start; }

Q_SIGNALS:
    void started(const QString &name);

private:
    void createFields();
    void addField(QFormLayout *form, const QString &field, const QString &label, QWidget *widget,
                  QWidget *buddy = nullptr);
    void fillEngines();
    void fillModels();
    void chooseFile();
    void start();
    void tell(const std::optional<ConfigurationIssue> &error, const QList<ConfigurationIssue> &warnings);
    QList<ConfigurationIssue> warningsOfModel(const ServerSettings &settings) const;

    ServerRegistry &m_servers;
    EngineContext &m_engine;
    QComboBox *m_model;
    QComboBox *m_engineChoice;
    QSpinBox *m_context;
    QSpinBox *m_slotCount;
    QSpinBox *m_threads;
    QSpinBox *m_gpuLayers;
    QSpinBox *m_port;
    QLineEdit *m_extra;
    QCheckBox *m_restart;
    ToneLabel *m_problem; // of what no field is for
    QPushButton *m_start;
    QHash<QString, ToneLabel *> m_messages; // by field
    QTimer m_pause; // in typing
};

} // namespace BitNet
