// SPDX-License-Identifier: MIT
#pragma once

#include "ui/settings/appsettings.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLineEdit;
class QSpinBox;

namespace BitNet {

class DurationEdit;

// Changes the settings; each change counts at once, there is nothing to confirm.
class SettingsDialog : public QDialog
{
    Q_OBJECT
public:
    // currentOutputFolder: where this run keeps its output; a new folder counts from the next start on.
    SettingsDialog(SettingsStore &store, const QString &currentOutputFolder, QWidget *parent = nullptr);

private:
    QWidget *makeGeneral();
    QWidget *makeJobs(const QString &currentOutputFolder);
    QWidget *makeHistory();
    QWidget *makeEngine();
    QWidget *folderRow(QLineEdit *field, const QString &title);
    void display(const AppSettings &settings);
    void apply();
    void askBeforeRestoring();

    SettingsStore &m_store;
    bool m_showing = false;
    QComboBox *m_theme;
    QCheckBox *m_desktopIcons;
    QCheckBox *m_confirmCancel;
    QCheckBox *m_confirmRemove;
    QCheckBox *m_showTray;
    QCheckBox *m_stayInTray;
    QCheckBox *m_notify;
    QSpinBox *m_concurrency;
    DurationEdit *m_timeout;
    DurationEdit *m_deadline;
    DurationEdit *m_grace;
    QSpinBox *m_outputCap; // MiB
    QLineEdit *m_outputFolder;
    QSpinBox *m_historyDays;
    QSpinBox *m_historyJobs;
    QSpinBox *m_historyOutput; // GiB
    QLineEdit *m_buildFolder;
    QLineEdit *m_model;
};

} // namespace BitNet
