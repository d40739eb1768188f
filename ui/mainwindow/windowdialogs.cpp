// SPDX-License-Identifier: MIT
#include "ui/mainwindow/windowdialogs.h"

#include "ui/jobs/runcommanddialog.h"
#include "ui/mainwindow/shortcutsdialog.h"
#include "ui/settings/appsettings.h"
#include "ui/settings/settingsdialog.h"

namespace BitNet {

WindowDialogs::WindowDialogs(SettingsStore &settings, const QString &outputFolder, QWidget *window)
    : QObject(window)
    , m_settings(settings)
    , m_outputFolder(outputFolder)
    , m_window(window)
{
}

void WindowDialogs::openRunCommand(const std::optional<JobSpec> &spec)
{
    if (m_runDialog)
        m_runDialog->close();
    m_runDialog = new RunCommandDialog(m_settings.value().limits, m_settings.raw(), m_window);
    m_runDialog->setAttribute(Qt::WA_DeleteOnClose);
    if (spec)
        m_runDialog->setSpec(*spec);
    connect(m_runDialog, &RunCommandDialog::confirmed, this, &WindowDialogs::runRequested);
    m_runDialog->open();
}

void WindowDialogs::openSettings()
{
    if (!m_settingsDialog) {
        m_settingsDialog = new SettingsDialog(m_settings, m_outputFolder, m_window);
        m_settingsDialog->setAttribute(Qt::WA_DeleteOnClose);
    }
    m_settingsDialog->show();
    m_settingsDialog->raise();
    m_settingsDialog->activateWindow();
}

void WindowDialogs::openShortcuts(const QList<QAction *> &actions)
{
    auto *dialog = new ShortcutsDialog(actions, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

} // namespace BitNet
