// SPDX-License-Identifier: MIT
#include "ui/mainwindow/mainwindow.h"

#include "core/conversations/conversationstore.h"
#include "core/conversations/presetstore.h"
#include "core/futures/whendone.h"
#include "core/history/datafolder.h"
#include "core/history/jobhistory.h"
#include "core/serving/serverregistry.h"
#include "core/supervisor/runtimesupervisor.h"
#include "ui/engine/enginecontext.h"
#include "ui/engine/enginepage.h"
#include "ui/history/historybanners.h"
#include "ui/history/pastjobs.h"
#include "ui/jobs/jobactions.h"
#include "ui/jobs/jobdetails.h"
#include "ui/jobs/jobfeed.h"
#include "ui/jobs/jobspage.h"
#include "ui/jobs/jobsubmission.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/jobs/samplequeue.h"
#include "ui/jobs/summaryview.h"
#include "ui/latency/latencyfilterbar.h"
#include "ui/latency/latencypage.h"
#include "ui/mainwindow/aboutbox.h"
#include "ui/mainwindow/banner.h"
#include "ui/mainwindow/cancelall.h"
#include "ui/mainwindow/departure.h"
#include "ui/mainwindow/pageswitcher.h"
#include "ui/mainwindow/queuewatch.h"
#include "ui/mainwindow/statuscounters.h"
#include "ui/mainwindow/trayicon.h"
#include "ui/mainwindow/windowactions.h"
#include "ui/mainwindow/windowdialogs.h"
#include "ui/mainwindow/windowmenu.h"
#include "ui/mainwindow/windowparts.h"
#include "ui/mainwindow/windowtoolbar.h"
#include "ui/prompt/promptpage.h"
#include "ui/settings/appsettings.h"
#include "ui/style/icons.h"

#include <QBoxLayout>
#include <QCloseEvent>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr int messageTime = 6000; // milliseconds

MainWindow::MainWindow(const WindowParts &parts)
    : m_supervisor(parts.supervisor)
    , m_settings(parts.settings)
    , m_promptFolder(parts.dataFolder)
    , m_jobs(new JobTableModel(this))
    , m_feed(new JobFeed(parts.supervisor, this))
    , m_past(parts.history ? new PastJobs(*parts.history, parts.supervisor, *m_jobs, this) : nullptr)
    , m_watch(new QueueWatch(this))
    , m_servers(new ServerRegistry(parts.supervisor, this))
    , m_actions(new WindowActions(*this))
    , m_dialogs(new WindowDialogs(parts.settings, parts.supervisor.outputFolder(), this))
    , m_departure(new Departure(parts.supervisor, this))
    , m_jobActions(new JobActions(parts.supervisor, *m_jobs, m_past, parts.settings, this))
    , m_submission(new JobSubmission(parts.supervisor, *m_jobs, this))
    , m_jobsPage(new JobsPage(*m_jobs, *m_jobActions))
    , m_conversations(new ConversationStore(m_promptFolder.conversations(), this))
    , m_presets(new PresetStore(m_promptFolder.presets(), this))
    , m_promptPage(new PromptPage({.supervisor = parts.supervisor,
                                   .engine = parts.engine,
                                   .servers = *m_servers,
                                   .settings = parts.settings,
                                   .conversations = *m_conversations,
                                   .presets = *m_presets}))
    , m_latencyPage(new LatencyPage(*m_jobs, parts.history))
    , m_enginePage(new EnginePage(parts.engine, *m_servers, parts.settings, parts.supervisor.outputFolder()))
    , m_switcher(new PageSwitcher)
    , m_pages(new QStackedWidget)
    , m_pausedBanner(new Banner(Tone::Warning, u"pause-queue"_s))
    , m_healthBanner(new Banner(Tone::Bad, u"warning"_s))
    , m_historyBanners(new HistoryBanners(parts.history, m_past, parts.whyNoHistory))
    , m_counters(new StatusCounters)
{
    Icons::setFromDesktop(m_settings.value().desktopIcons);
    setWindowIcon(Icons::application());
    setMinimumSize(720, 480);
    resize(1280, 820);
    setContextMenuPolicy(Qt::NoContextMenu);
    createPages();
    const auto engineName = [&engine = parts.engine](const QString &program) { return engine.nameOf(program); };
    m_jobsPage->details()->summary()->setEngineNames(engineName);
    m_latencyPage->filterBar()->setEngineNames(engineName);
    // In this order Tab goes from the tool bar to the pages, and from them to the status bar.
    createStatusBar();
    createToolBar();
    m_tray = new TrayIcon(m_settings, *m_watch, {m_actions->showWindow, m_actions->pauseQueue, m_actions->quit}, this);
    connect(m_tray, &TrayIcon::activated, m_actions->showWindow, &QAction::trigger);
    connectActions();
    connectPages();
    connectSupervisor();
    connectHistory(parts);
    connect(m_departure, &Departure::asking, m_actions->showWindow, &QAction::trigger);
    connect(m_departure, &Departure::stayInTrayChosen, this, &MainWindow::hideInTray);
    connect(m_departure, &Departure::begun, this, [this] {
        saveState();
        setEnabled(false);
        tell(tr("Ending all jobs…"));
    });
    connect(m_departure, &Departure::finished, this, &MainWindow::readyToQuit);
    connect(&m_settings, &SettingsStore::changed, this, &MainWindow::applySettings);
    m_countersTimer.setInterval(30'000);
    connect(&m_countersTimer, &QTimer::timeout, this, &MainWindow::updateCounters);
    m_countersTimer.start();

    updateQueuePaused(m_supervisor.isQueuePaused());
    updateCounters();
    restoreState();
}

MainWindow::~MainWindow() = default;

void MainWindow::connectSupervisor()
{
    connect(m_feed, &JobFeed::changed, this, [this](const QList<JobRecord> &records) {
        m_jobs->apply(records);
        m_promptPage->take(records);
        m_watch->take(records);
    });
    connect(m_jobs, &JobTableModel::countsChanged, this, &MainWindow::updateCounters);
    connect(&m_supervisor, &RuntimeSupervisor::queuePausedChanged, this, &MainWindow::updateQueuePaused);
    connect(&m_supervisor, &RuntimeSupervisor::concurrencyChanged, this, [this](int concurrency) {
        m_toolBar->setConcurrency(concurrency);
        updateCounters();
    });
    connect(&m_supervisor, &RuntimeSupervisor::healthChanged, this, [this](const QString &problem) {
        m_healthBanner->setText(problem);
        m_healthBanner->setVisible(!problem.isEmpty());
        m_counters->setHealth(problem);
    });
}

void MainWindow::connectHistory(const WindowParts &parts)
{
    if (!m_past) {
        m_counters->setHistory({}, parts.whyNoHistory);
        return;
    }
    connect(m_past, &PastJobs::message, this, &MainWindow::tell);
    const QString file = historyFilePath(parts.history->dataFolder());
    const auto show = [this, file](const HistoryState &state) { m_counters->setHistory(state, file); };
    connect(parts.history, &JobHistory::stateChanged, this, show);
    show(parts.history->state());
    parts.history->setRetention(retentionOf(m_settings.value()));
    connect(&m_settings, &SettingsStore::changed, parts.history,
            [history = parts.history](const AppSettings &now) { history->setRetention(retentionOf(now)); });
    setEnabled(false);
    statusBar()->showMessage(tr("Opening the history…"));
}

void MainWindow::historyOpened(const HistoryOpening &opening)
{
    statusBar()->clearMessage();
    setEnabled(true);
    m_pages->currentWidget()->setFocus(Qt::OtherFocusReason);
    m_historyBanners->historyOpened(opening);
    m_past->begin(opening);
}

void MainWindow::createPages()
{
    const auto addPage = [this](QWidget *page, const QString &icon, const QString &title) {
        m_pages->addWidget(page);
        addAction(m_switcher->addPage(icon, title));
    };
    addPage(m_jobsPage, u"jobs"_s, tr("Jobs"));
    addPage(m_promptPage, u"prompt"_s, tr("Prompt"));
    addPage(m_latencyPage, u"latency"_s, tr("Latency"));
    addPage(m_enginePage, u"engine"_s, tr("Engine"));
    connect(m_switcher, &PageSwitcher::currentChanged, this, [this](int page) {
        m_pages->setCurrentIndex(page);
        m_pages->currentWidget()->setFocus(Qt::OtherFocusReason);
        updateTitle();
    });

    m_pausedBanner->addAction(m_actions->resumeQueue);
    m_healthBanner->hide();
    auto *right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(m_healthBanner);
    right->addWidget(m_historyBanners);
    right->addWidget(m_pausedBanner);
    right->addWidget(m_pages, 1);
    auto *centre = new QWidget;
    auto *row = new QHBoxLayout(centre);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_switcher);
    row->addLayout(right, 1);
    setCentralWidget(centre);

    m_jobsPage->addFirstStep(m_actions->sampleQueue);
    m_jobsPage->addFirstStep(m_actions->runCommand);
    m_jobsPage->addFirstStep(m_actions->newPrompt);
    m_latencyPage->addFirstStep(m_actions->sampleQueue);
    m_promptPage->addFirstStep(m_enginePage->chooseFolderAction());
    m_promptPage->addFirstStep(m_enginePage->replayAction());
    addActions({m_jobsPage->searchAction(), m_jobsPage->sidebarAction(), m_jobsPage->detailsBesideAction(),
                m_latencyPage->exportAction()});
}

void MainWindow::createToolBar()
{
    const QList<QAction *> jobs = {m_jobActions->action(JobActions::RemoveFinished), m_latencyPage->exportAction()};
    const QList<QAction *> view = {m_jobsPage->searchAction(), m_jobsPage->sidebarAction(),
                                   m_jobsPage->detailsBesideAction()};
    auto *menu = new WindowMenu(*m_actions, {.jobs = jobs, .pages = m_switcher->pages(), .view = view}, this);
    m_toolBar = new WindowToolBar(*m_actions, *menu, m_supervisor.concurrency());
    connect(m_toolBar, &WindowToolBar::concurrencyChosen, this, &MainWindow::chooseConcurrency);
    addToolBar(m_toolBar);
}

void MainWindow::createStatusBar()
{
    statusBar()->setSizeGripEnabled(false);
    statusBar()->addPermanentWidget(m_counters);
    m_counters->setOutputFolder(m_supervisor.outputFolder());
    connect(m_counters, &StatusCounters::message, this, &MainWindow::tell);
    connect(m_counters, &StatusCounters::chosen, this, [this](JobCategory category) {
        showPage(Jobs);
        m_jobsPage->choose(category);
    });
    connect(m_counters, &StatusCounters::latencyRequested, this, [this] { showPage(Latency); });
    connect(m_counters, &StatusCounters::serversRequested, this, [this] {
        showPage(Engine);
        m_enginePage->showTab(EnginePage::Servers);
    });
}

void MainWindow::connectActions()
{
    connect(m_actions->newPrompt, &QAction::triggered, this, [this] {
        showPage(Prompt);
        m_promptPage->newConversation();
    });
    connect(m_actions->runCommand, &QAction::triggered, this, [this] { m_dialogs->openRunCommand(); });
    connect(m_actions->pauseQueue, &QAction::triggered, this,
            [this] { m_supervisor.isQueuePaused() ? m_supervisor.resumeQueue() : m_supervisor.pauseQueue(); });
    connect(m_actions->resumeQueue, &QAction::triggered, this, [this] { m_supervisor.resumeQueue(); });
    const auto cancelAll = [this] { askBeforeCancellingAll(this, m_supervisor, *m_jobs); };
    connect(m_actions->cancelAll, &QAction::triggered, this, cancelAll);
    connect(m_actions->sampleQueue, &QAction::triggered, this, &MainWindow::runSampleQueue);
    connect(m_actions->settings, &QAction::triggered, m_dialogs, &WindowDialogs::openSettings);
    connect(m_actions->showWindow, &QAction::triggered, this, &MainWindow::raiseToFront);
    connect(m_actions->shortcuts, &QAction::triggered, this, [this] { m_dialogs->openShortcuts(allActions()); });
    connect(m_actions->about, &QAction::triggered, this, [this] { openAboutBox(this); });
    connect(m_actions->quit, &QAction::triggered, this, &MainWindow::quit);
}

void MainWindow::connectPages()
{
    connect(m_jobsPage->searchAction(), &QAction::triggered, this, [this] {
        showPage(Jobs);
        m_jobsPage->focusSearch();
    });
    // Ctrl+F looks where one is looking.
    connect(m_pages, &QStackedWidget::currentChanged, this, [this](int page) {
        m_jobsPage->searchAction()->setShortcut(page == Prompt ? QKeySequence() : QKeySequence(QKeySequence::Find));
    });

    connect(m_jobActions, &JobActions::editRequested, this,
            [this](const JobSpec &spec) { m_dialogs->openRunCommand(spec); });
    connect(m_jobActions, &JobActions::message, this, &MainWindow::tell);
    connect(m_jobActions, &JobActions::runRequested, this, &MainWindow::submit);
    connect(m_dialogs, &WindowDialogs::runRequested, this, &MainWindow::submit);
    connect(m_submission, &JobSubmission::message, this, &MainWindow::tell);
    connect(m_submission, &JobSubmission::begun, this, [this] { showPage(Jobs); });
    connect(m_submission, &JobSubmission::arrived, this, [this](JobId first, int count) {
        m_jobsPage->reveal(first, count == 1); // of many the newest stay in sight
    });
    connect(m_promptPage, &PromptPage::jobRequested, this, &MainWindow::revealJob);
    connect(m_promptPage, &PromptPage::engineRequested, this, [this] { showPage(Engine); });
    connect(m_promptPage, &PromptPage::message, this, &MainWindow::tell);
    connect(m_enginePage, &EnginePage::useInPromptRequested, this, [this](const QString &model) {
        m_promptPage->useModel(model);
        showPage(Prompt);
    });
    connect(m_enginePage, &EnginePage::jobRequested, this, &MainWindow::revealJob);
    connect(m_enginePage, &EnginePage::message, this, &MainWindow::tell);
    connect(m_latencyPage, &LatencyPage::jobActivated, this, &MainWindow::revealJob);
    connect(m_latencyPage, &LatencyPage::message, this, &MainWindow::tell);
}

void MainWindow::updateCounters()
{
    const JobCounts &counts = m_jobs->counts();
    m_counters->display(counts, m_supervisor.concurrency());
    const int running = counts.inPlaces() + counts.runningRequests();
    const int queued = counts.count(JobCategory::Queued);
    m_actions->cancelAll->setEnabled(running + queued > 0);
    if (m_tray)
        m_tray->setStatus(tr("BitNet Supervisor: %1 running, %2 queued").arg(running).arg(queued));
    if (m_supervisor.isQueuePaused())
        m_pausedBanner->setText(tr("The queue is paused. %n job(s) wait; running ones go on.", nullptr, queued));
}

// The page is in the title, for task bars and for those who hear it instead of seeing it.
void MainWindow::updateTitle()
{
    const QList<QAction *> &pages = m_switcher->pages();
    const QString title = tr("%1 – BitNet Supervisor").arg(pages.value(m_pages->currentIndex())->iconText());
    setWindowTitle(m_supervisor.isQueuePaused() ? tr("[Paused] %1").arg(title) : title);
}

void MainWindow::updateQueuePaused(bool paused)
{
    updateTitle();
    m_pausedBanner->setVisible(paused);
    m_actions->setQueuePaused(paused);
    m_jobs->setQueuePaused(paused);
    m_jobsPage->updateDetails();
    updateCounters();
}

void MainWindow::tell(const QString &text)
{
    statusBar()->showMessage(text, messageTime);
}

void MainWindow::raiseToFront()
{
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void MainWindow::showPage(Page page)
{
    m_switcher->setCurrent(page);
}

MainWindow::Page MainWindow::currentPage() const
{
    return static_cast<Page>(m_pages->currentIndex());
}

std::optional<MainWindow::Page> MainWindow::pageFromName(const QString &name)
{
    const QStringList names = {u"jobs"_s, u"prompt"_s, u"latency"_s, u"engine"_s};
    const qsizetype index = names.indexOf(name);
    return index < 0 ? std::nullopt : std::optional(static_cast<Page>(index));
}

void MainWindow::submit(const QList<JobSpec> &specs)
{
    m_submission->submit(specs);
}

void MainWindow::runSampleQueue()
{
    submit(sampleQueue(m_settings.value().limits));
}

void MainWindow::revealJob(JobId id)
{
    const auto reveal = [this, id](bool isKnown) {
        if (!isKnown)
            return tell(tr("Job #%1 is not recorded any more.").arg(id.value));
        showPage(Jobs);
        m_jobsPage->reveal(id);
    };
    // Of many jobs the table holds only the newest.
    if (!m_jobs->find(id) && m_past)
        whenDone(m_past->bring(id), this, reveal);
    else
        reveal(m_jobs->find(id) != nullptr);
}

void MainWindow::chooseConcurrency(int concurrency)
{
    m_settings.change([concurrency](AppSettings &s) { s.concurrency = concurrency; });
}

void MainWindow::applySettings(const AppSettings &now, const AppSettings &before)
{
    if (now.desktopIcons != before.desktopIcons) {
        Icons::setFromDesktop(now.desktopIcons);
        for (QWidget *widget : findChildren<QWidget *>())
            widget->update();
    }
    if (now.theme != before.theme)
        applyTheme(now.theme);
    if (now.concurrency != before.concurrency)
        m_supervisor.setConcurrency(now.concurrency > 0 ? now.concurrency : m_supervisor.runtime().cpuCount());
}

void MainWindow::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ApplicationPaletteChange) {
        updateCounters();
        m_counters->setHealth(m_healthBanner->text());
        m_counters->refreshColours();
    }
    QMainWindow::changeEvent(event);
}

QList<QAction *> MainWindow::allActions() const
{
    QList<QAction *> actions = QMainWindow::actions();
    actions += m_jobActions->all();
    actions += {m_promptPage->sendAction(), m_promptPage->stopAction(),    m_promptPage->panelAction(),
                m_promptPage->listAction(), m_promptPage->compareAction(), m_promptPage->findAction()};
    actions += m_enginePage->allActions();
    return actions;
}

// --- Leaving ---

void MainWindow::closeEvent(QCloseEvent *event)
{
    event->ignore();
    if (m_departure->hasBegun())
        return;
    if (m_settings.value().stayInTray && m_tray->isUsable())
        hideInTray();
    else
        quit();
}

void MainWindow::hideInTray()
{
    saveState();
    hide();
}

void MainWindow::quit()
{
    const JobCounts &counts = m_jobs->counts();
    const int running = counts.inPlaces() + counts.runningRequests();
    const Leavers leavers{running, counts.count(JobCategory::Queued), m_servers->keptCount()};
    m_departure->request(leavers, m_tray->isUsable());
}

void MainWindow::saveState()
{
    QSettings &settings = m_settings.raw();
    settings.setValue(u"window/geometry"_s, saveGeometry());
    settings.setValue(u"window/state"_s, QMainWindow::saveState());
    settings.setValue(u"window/page"_s, m_pages->currentIndex());
    m_jobsPage->saveState(settings);
    m_promptPage->saveState(settings);
    m_latencyPage->saveState(settings);
    settings.sync();
}

void MainWindow::restoreState()
{
    QSettings &settings = m_settings.raw();
    restoreGeometry(settings.value(u"window/geometry"_s).toByteArray());
    QMainWindow::restoreState(settings.value(u"window/state"_s).toByteArray());
    m_jobsPage->restoreState(settings);
    m_promptPage->restoreState(settings);
    m_latencyPage->restoreState(settings);
    showPage(static_cast<Page>(settings.value(u"window/page"_s, 0).toInt()));
    if (m_switcher->current() < 0)
        showPage(Jobs);
}

} // namespace BitNet
