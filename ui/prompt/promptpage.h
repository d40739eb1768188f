// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/runtime/bitnetruntime.h"

#include <QHash>
#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLineEdit;
class QPlainTextEdit;
class QScrollArea;
class QSettings;
class QSpinBox;
class QStackedWidget;
class QVBoxLayout;

namespace BitNet {

class AnswerCard;
class DurationEdit;
class EmptyState;
class EngineContext;
class RuntimeSupervisor;
class SettingsStore;
class ToneLabel;

// Asks a model and shows its answers as they are generated. Each prompt is a job.
class PromptPage : public QWidget
{
    Q_OBJECT
public:
    PromptPage(RuntimeSupervisor &supervisor, EngineContext &engine, SettingsStore &settings,
               QWidget *parent = nullptr);

    // News of jobs; others than its own are ignored.
    void take(const QList<JobRecord> &records);
    // Puts the cursor into the prompt.
    void focusPrompt();

    QAction *sendAction() const { return m_send; }
    QAction *stopAction() const { return m_stop; }
    QAction *panelAction() const { return m_showPanel; }
    QPlainTextEdit *promptField() const { return m_prompt; }
    QComboBox *modelField() const { return m_model; }
    // As if it had been typed into the field.
    void useModel(const QString &model);
    // The message beside the field of this name (ConfigurationIssue::field); empty when all is well.
    QString problemOf(const QString &field) const;
    InferenceRequest request() const;
    // Buttons of the page while no engine was found.
    void addFirstStep(QAction *action);

    void saveState(QSettings &settings) const;
    void restoreState(QSettings &settings);

Q_SIGNALS:
    void jobRequested(BitNet::JobId id);
    void engineRequested();
    void message(const QString &text);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *makeHeader();
    QWidget *makeComposer();
    QWidget *makePanel();
    void addField(QFormLayout *form, const QString &field, const QString &label, QWidget *editor,
                  const QString &toolTip);
    void showProblem(const QString &field, const QString &text, bool warning = false);
    void clearProblems();
    void send();
    void submit(const QString &prompt, Invocation invocation);
    void stop();
    void chooseModel();
    void rememberModel(const QString &path);
    void followEngine();
    void updateActions();

    RuntimeSupervisor &m_supervisor;
    EngineContext &m_engine;
    SettingsStore &m_settings;
    QAction *m_send;
    QAction *m_stop;
    QAction *m_showPanel;
    QAction *m_chooseModel;
    QComboBox *m_model;
    ToneLabel *m_engineNote;
    QPlainTextEdit *m_prompt;
    QWidget *m_panel = nullptr;
    QScrollArea *m_scroll;
    QVBoxLayout *m_cards;
    QStackedWidget *m_stack;
    EmptyState *m_noEngine;
    QSpinBox *m_nPredict;
    QSpinBox *m_ctxSize;
    QSpinBox *m_batchSize;
    QDoubleSpinBox *m_temperature;
    QSpinBox *m_threads;
    QSpinBox *m_gpuLayers;
    QLineEdit *m_extra;
    DurationEdit *m_timeout;
    DurationEdit *m_deadline;
    QHash<QString, ToneLabel *> m_problems; // by ConfigurationIssue::field
    QHash<JobId, AnswerCard *> m_answers;
    bool m_preparing = false;
};

} // namespace BitNet
