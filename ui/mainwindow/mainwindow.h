// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "ui/jobs/jobcategory.h"

#include <QMainWindow>
#include <QPointer>
#include <QTimer>

class QSpinBox;
class QStackedWidget;

namespace BitNet {

struct AppSettings;
class Banner;
class EngineContext;
class EnginePage;
class JobActions;
class JobFeed;
class JobTableModel;
class JobsPage;
class LatencyPage;
class PageSwitcher;
class PromptPage;
class QueueWatch;
class RunCommandDialog;
class RuntimeSupervisor;
class SettingsDialog;
class SettingsStore;
class StatusCounters;
class TrayIcon;

// The window: pages at the left edge, a tool bar with what matters on every page, live counters below.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    enum Page { Jobs, Prompt, Latency, Engine };

    // All three must outlive the window.
    MainWindow(RuntimeSupervisor &supervisor, EngineContext &engine, SettingsStore &settings);
    ~MainWindow() override;

    void showPage(Page page);
    Page currentPage() const;
    static std::optional<Page> pageFromName(const QString &name); // "jobs", "prompt", "latency", "engine"

    // Submits the jobs and shows them. What can't be submitted is told.
    void submit(const QList<JobSpec> &specs);
    void runSampleQueue();
    void openRunCommand(const std::optional<JobSpec> &spec = std::nullopt);
    void openSettings();

    JobTableModel &jobs() { return *m_jobs; }
    JobsPage &jobsPage() { return *m_jobsPage; }
    PromptPage &promptPage() { return *m_promptPage; }
    LatencyPage &latencyPage() { return *m_latencyPage; }
    JobActions &jobActions() { return *m_jobActions; }
    // Every action of the window that has a name of its own, for the list of shortcuts.
    QList<QAction *> allActions() const;

Q_SIGNALS:
    // Everything has ended and is saved: the application can go.
    void readyToQuit();

protected:
    void closeEvent(QCloseEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QAction *addAction(const QString &icon, const QString &text, const QString &toolTip,
                       const QKeySequence &shortcut = {});
    void createActions();
    void createToolBar();
    void createPages();
    void createStatusBar();
    void updateCounters();
    void updateTitle();
    void updateQueuePaused(bool paused);
    void tell(const QString &text);
    void applySettings(const AppSettings &now, const AppSettings &before);
    void chooseConcurrency(int concurrency);
    void revealJob(JobId id);
    void quit();
    void askBeforeQuitting(int running, int queued);
    void stopAndQuit();
    void saveState();
    void restoreState();
    void showShortcuts();
    void showAbout();

    RuntimeSupervisor &m_supervisor;
    EngineContext &m_engine;
    SettingsStore &m_settings;
    JobTableModel *m_jobs;
    JobFeed *m_feed;
    QueueWatch *m_watch;
    JobActions *m_jobActions;
    JobsPage *m_jobsPage;
    PromptPage *m_promptPage;
    LatencyPage *m_latencyPage;
    EnginePage *m_enginePage;
    PageSwitcher *m_switcher;
    QStackedWidget *m_pages;
    Banner *m_pausedBanner;
    Banner *m_healthBanner;
    StatusCounters *m_counters;
    TrayIcon *m_tray = nullptr;
    QSpinBox *m_concurrency = nullptr;
    QPointer<RunCommandDialog> m_runDialog;
    QPointer<SettingsDialog> m_settingsDialog;
    QTimer m_countersTimer; // "in the last hour" moves on by itself
    bool m_quitting = false;

    QAction *m_newPrompt = nullptr;
    QAction *m_runCommand = nullptr;
    QAction *m_pauseQueue = nullptr;
    QAction *m_resumeQueue = nullptr; // of the banner
    QAction *m_cancelAll = nullptr;
    QAction *m_sample = nullptr;
    QAction *m_showSettings = nullptr;
    QAction *m_showWindow = nullptr;
    QAction *m_shortcuts = nullptr;
    QAction *m_about = nullptr;
    QAction *m_quit = nullptr;
    QAction *m_menu = nullptr;
};

} // namespace BitNet
