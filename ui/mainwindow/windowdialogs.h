// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobspec.h"

#include <QObject>
#include <QPointer>

#include <optional>

class QAction;
class QWidget;

namespace BitNet {

class RunCommandDialog;
class SettingsDialog;
class SettingsStore;

// The dialogs of the window, each open once at most.
class WindowDialogs : public QObject
{
    Q_OBJECT
public:
    // outputFolder: where output is kept at present.
    WindowDialogs(SettingsStore &settings, const QString &outputFolder, QWidget *window);

    // With a spec its fields are filled in. What was typed into one that is open is gone.
    void openRunCommand(const std::optional<JobSpec> &spec = std::nullopt);
    void openSettings();
    void openShortcuts(const QList<QAction *> &actions);

Q_SIGNALS:
    // The person has chosen to run these.
    void runRequested(const QList<BitNet::JobSpec> &specs);

private:
    SettingsStore &m_settings;
    const QString m_outputFolder;
    QWidget *m_window;
    QPointer<RunCommandDialog> m_runDialog;
    QPointer<SettingsDialog> m_settingsDialog;
};

} // namespace BitNet
