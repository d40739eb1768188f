// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

class QAction;
class QTabWidget;

namespace BitNet {

class EngineContext;
class EnginesView;
class ModelsView;
class SettingsStore;

// The engines with this machine's health and the models, a tab each.
class EnginePage : public QWidget
{
    Q_OBJECT
public:
    enum Tab { Engines, Models };

    EnginePage(EngineContext &engine, SettingsStore &settings, QWidget *parent = nullptr);

    void showTab(Tab tab);
    QAction *chooseFolderAction() const;
    // Hidden when no replay engine was installed.
    QAction *replayAction() const;
    QAction *refreshAction() const;
    // For those who list all actions of the window.
    QList<QAction *> allActions() const;
    EnginesView *engines() const { return m_engines; }
    ModelsView *models() const { return m_models; }

Q_SIGNALS:
    // A model was chosen for the Prompt page.
    void useInPromptRequested(const QString &model);

private:
    QTabWidget *m_tabs;
    EnginesView *m_engines;
    ModelsView *m_models;
};

} // namespace BitNet
