// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobid.h"

#include <QWidget>

class QAction;
class QTabWidget;

namespace BitNet {

class EngineContext;
class EnginesView;
class ModelsView;
class ServerRegistry;
class ServersView;
class SettingsStore;

// The engines with this machine's health, the models and the servers, a tab each.
class EnginePage : public QWidget
{
    Q_OBJECT
public:
    enum Tab { Engines, Models, Servers };

    // outputFolder: of the jobs, for the health of its disk.
    EnginePage(EngineContext &engine, ServerRegistry &servers, SettingsStore &settings,
               const QString &outputFolder = {}, QWidget *parent = nullptr);

    void showTab(Tab tab);
    QAction *chooseFolderAction() const;
    // Hidden when no replay engine was installed.
    QAction *replayAction() const;
    QAction *refreshAction() const;
    // For those who list all actions of the window.
    QList<QAction *> allActions() const;
    EnginesView *engines() const { return m_engines; }
    ModelsView *models() const { return m_models; }
    ServersView *servers() const { return m_servers; }

Q_SIGNALS:
    // A model was chosen for the Prompt page.
    void useInPromptRequested(const QString &model);
    // The output of this job is to be shown.
    void jobRequested(BitNet::JobId id);
    // For the status bar.
    void message(const QString &text);

private:
    QTabWidget *m_tabs;
    EnginesView *m_engines;
    ModelsView *m_models;
    ServersView *m_servers;
};

} // namespace BitNet
