// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "ui/jobs/jobcategory.h"
#include "ui/prompt/promptfolder.h"

#include <QMainWindow>
#include <QTimer>

class QStackedWidget;

namespace BitNet {

struct AppSettings;
class Banner;
class ConversationStore;
class Departure;
class EnginePage;
class HistoryBanners;
class JobActions;
class JobFeed;
class JobSubmission;
class JobTableModel;
class JobsPage;
class LatencyPage;
class PageSwitcher;
class PresetStore;
class PastJobs;
class PromptPage;
class QueueWatch;
class RuntimeSupervisor;
class ServerRegistry;
class SettingsStore;
class StatusCounters;
class TrayIcon;
class WindowActions;
class WindowDialogs;
class WindowToolBar;
struct HistoryOpening;
struct WindowParts;

// The window: pages at the left edge, a tool bar with what matters on every page, live counters below.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    enum Page { Jobs, Prompt, Latency, Engine };

    explicit MainWindow(const WindowParts &parts);
    ~MainWindow() override;

    // The history of the parts is open now, and the supervisor continues its ids. Until then the window is disabled, so that
    // no job can be begun.
    void historyOpened(const HistoryOpening &opening);

    // Shows it over the others, also from the tray or minimized.
    void raiseToFront();
    void showPage(Page page);
    Page currentPage() const;
    static std::optional<Page> pageFromName(const QString &name); // "jobs", "prompt", "latency", "engine"

    // Submits the jobs and shows them. What can't be submitted is told.
    void submit(const QList<JobSpec> &specs);
    void runSampleQueue();
    WindowDialogs &dialogs() { return *m_dialogs; }

    JobTableModel &jobs() { return *m_jobs; }
    JobsPage &jobsPage() { return *m_jobsPage; }
    PromptPage &promptPage() { return *m_promptPage; }
    PastJobs *pastJobs() { return m_past; } // null without a history
    HistoryBanners &historyBanners() { return *m_historyBanners; }
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
    void createPages();
    void createToolBar();
    void createStatusBar();
    void connectActions();
    void connectPages();
    void connectSupervisor();
    void connectHistory(const WindowParts &parts);
    void updateCounters();
    void updateTitle();
    void updateQueuePaused(bool paused);
    void tell(const QString &text);
    void applySettings(const AppSettings &now, const AppSettings &before);
    void chooseConcurrency(int concurrency);
    void revealJob(JobId id);
    void hideInTray();
    void quit();
    void saveState();
    void restoreState();

    RuntimeSupervisor &m_supervisor;
    SettingsStore &m_settings;
    PromptFolder m_promptFolder;
    JobTableModel *m_jobs;
    JobFeed *m_feed;
    PastJobs *m_past;
    QueueWatch *m_watch;
    ServerRegistry *m_servers; // before the pages that show it
    WindowActions *m_actions;
    WindowDialogs *m_dialogs;
    Departure *m_departure;
    JobActions *m_jobActions;
    JobSubmission *m_submission;
    JobsPage *m_jobsPage;
    ConversationStore *m_conversations;
    PresetStore *m_presets;
    PromptPage *m_promptPage;
    LatencyPage *m_latencyPage;
    EnginePage *m_enginePage;
    PageSwitcher *m_switcher;
    QStackedWidget *m_pages;
    Banner *m_pausedBanner;
    Banner *m_healthBanner;
    HistoryBanners *m_historyBanners;
    StatusCounters *m_counters;
    TrayIcon *m_tray = nullptr;
    WindowToolBar *m_toolBar = nullptr;
    QTimer m_countersTimer; // "in the last hour" moves on by itself
};

} // namespace BitNet
