// SPDX-License-Identifier: MIT
// The history in the window: what earlier runs left comes into the table and the queue, and goes again when it is told to.
#include "core/history/datafolder.h"
#include "core/history/jobhistory.h"
#include "core/supervisor/runtimesupervisor.h"
#include "support/historyrecords.h"
#include "ui/engine/enginecontext.h"
#include "ui/history/historybanners.h"
#include "ui/history/pastjobs.h"
#include "ui/jobs/jobactions.h"
#include "ui/jobs/jobfilterproxy.h"
#include "ui/jobs/jobsidebar.h"
#include "ui/jobs/jobspage.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/latency/latencypage.h"
#include "ui/mainwindow/banner.h"
#include "ui/mainwindow/mainwindow.h"
#include "ui/mainwindow/windowparts.h"
#include "ui/settings/appsettings.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QPushButton>
#include <QSettings>
#include <QStatusBar>
#include <QTableView>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int patience = 30'000;

// A run of the application over a data folder, as app/supervisor wires it. Ends with the object.
struct Run
{
    explicit Run(const QString &folder)
        : settings(folder + u"/settings.ini"_s, QSettings::IniFormat)
        , store(settings)
        , runtime(RuntimeOptions{.buildDir = u"/nowhere"_s, .gpuMemoryGiB = 0})
    {
        store.change([](AppSettings &s) { s.confirmRemove = false; });
        InstanceLock::Attempt attempt = InstanceLock::take(folder);
        if (attempt.result != InstanceLock::Result::Taken)
            qFatal("the lock can't be taken");
        history = std::make_unique<JobHistory>(std::move(attempt.lock));
        opening = resultOf(history->open());
        supervisor = std::make_unique<RuntimeSupervisor>(
            runtime,
            SupervisorSettings{.concurrency = 2,
                               .outputRoot = history->outputRoot(),
                               .shimPath = QStringLiteral(BITNET_BIN_DIR "/bitnet-jobshim"),
                               .startsNeedPermission = true});
        QObject::connect(supervisor.get(), &RuntimeSupervisor::jobChanged, history.get(), &JobHistory::record,
                         Qt::DirectConnection);
        QObject::connect(history.get(), &JobHistory::recorded, supervisor.get(), &RuntimeSupervisor::allowStartsUpTo,
                         Qt::DirectConnection);
        history->beginSession(supervisor->instanceTag(), supervisor->outputFolder());
        engine = std::make_unique<EngineContext>(runtime, store);
        window = std::make_unique<MainWindow>(
            WindowParts{.supervisor = *supervisor, .engine = *engine, .settings = store, .history = history.get()});
        window->show();
    }

    void begin()
    {
        supervisor->continueIdsFrom(opening.nextJobId);
        window->historyOpened(opening);
        if (!QTest::qWaitFor([&] { return !window->pastJobs()->isLoading(); }, patience))
            QTest::qFail("the past did not come", __FILE__, __LINE__);
    }
    JobId run(const QStringList &command, bool held = false)
    {
        return supervisor->submit({.command = command, .held = held});
    }
    bool isFinished(JobId id)
    {
        const JobRecord *record = window->jobs().find(id);
        return record && record->isFinished();
    }
    QAction *action(JobActions::Action which) { return window->jobActions().action(which); }
    int rows() { return window->jobs().rowCount(); }
    qint64 recorded(const HistoryFilter &filter = {})
    {
        waitFor(history->saved());
        return resultOf(history->count(filter));
    }

    QSettings settings;
    SettingsStore store;
    BitNetRuntime runtime;
    std::unique_ptr<JobHistory> history;
    HistoryOpening opening;
    std::unique_ptr<RuntimeSupervisor> supervisor;
    std::unique_ptr<EngineContext> engine;
    std::unique_ptr<MainWindow> window;
};

} // namespace

class TestPastJobs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noJobBeforeTheHistoryIsOpen();
    void pastJobsAreInTheTable();
    void severalPagesOfThem();
    void theModelTellsTheTruth();
    void interruptedJobsAreShownAsSuch();
    void waitingJobsComeBackHeld();
    void waitingJobsAreResumed();
    void waitingJobsAreDiscarded();
    void requestsToServersAreNotHeld();
    void keptJobsAreMarked();
    void removalReachesTheHistory();
    void allFinishedButTheKept();
    void retentionReachesTheTable();
    void opensWhatOnlyTheHistoryHolds();
    void trouble();
    void runAgain();
};

void TestPastJobs::noJobBeforeTheHistoryIsOpen()
{
    QTemporaryDir folder;
    Run run(folder.path());
    QVERIFY(!run.window->isEnabled());
    run.begin();
    QVERIFY(run.window->isEnabled());
    const JobId id = run.run({u"/bin/true"_s});
    QCOMPARE(id, JobId{1});
    QTRY_VERIFY_WITH_TIMEOUT(run.isFinished(id), patience);
    QCOMPARE(run.recorded({.outcomes = {Outcome::Succeeded}}), 1);
}

void TestPastJobs::pastJobsAreInTheTable()
{
    QTemporaryDir folder;
    JobRecord before;
    {
        Run run(folder.path());
        run.begin();
        const JobId id = run.run({u"/bin/sh"_s, u"-c"_s, u"echo hello; exit 3"_s});
        QTRY_VERIFY_WITH_TIMEOUT(run.isFinished(id), patience);
        before = *run.window->jobs().find(id);
    }
    Run run(folder.path());
    QCOMPARE(run.opening.nextJobId, 2u);
    run.begin();
    QCOMPARE(run.rows(), 1);
    const JobRecord *past = run.window->jobs().find(JobId{1});
    QVERIFY(past);
    QCOMPARE(difference(*past, before), QString());
    QVERIFY(QFileInfo::exists(past->outputFolder + u"/output.log"_s));
    QCOMPARE(run.window->jobs().counts().count(JobCategory::Failed), 1);
    QCOMPARE(run.window->jobs().counts().failedInLastHour(monotonicNow()), 1);
    QVERIFY(run.window->jobs().counts().p95RunTime());
    QCOMPARE(run.run({u"/bin/true"_s}), JobId{2});
    QTRY_VERIFY_WITH_TIMEOUT(run.isFinished(JobId{2}), patience);
    QCOMPARE(run.rows(), 2);
}

static void fill(const QString &folder, quint64 jobs)
{
    HistoryFixture f(folder);
    for (quint64 id = 1; id <= jobs; ++id)
        f.record(finishedRecord(queuedRecord(id), f.sessionFolder));
    f.save();
}

void TestPastJobs::severalPagesOfThem()
{
    QTemporaryDir folder;
    fill(folder.path(), 3500);
    Run run(folder.path());
    QAbstractItemModelTester tester(run.window->jobsPage().proxy(),
                                    QAbstractItemModelTester::FailureReportingMode::QtTest);
    run.supervisor->continueIdsFrom(run.opening.nextJobId);
    run.window->historyOpened(run.opening);
    const JobId live = run.run({u"/bin/true"_s}); // while they come
    QTRY_VERIFY_WITH_TIMEOUT(!run.window->pastJobs()->isLoading(), patience);
    QTRY_VERIFY_WITH_TIMEOUT(run.isFinished(live), patience);
    QCOMPARE(live, JobId{3501});
    QCOMPARE(run.rows(), 3501);
    QCOMPARE(run.window->jobs().counts().count(JobCategory::Succeeded), 3501);
    for (quint64 id = 1; id <= 3501; ++id)
        QVERIFY(run.window->jobs().find(JobId{id}));
}

void TestPastJobs::theModelTellsTheTruth()
{
    JobTableModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    JobFilterProxy proxy(&model);
    QAbstractItemModelTester proxyTester(&proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto entry = [](quint64 id, bool kept) {
        return HistoryEntry{.record = finishedRecord(queuedRecord(id), u"/tmp/s"_s), .kept = kept};
    };
    model.apply({queuedRecord(5)});
    model.addPast({entry(4, false), entry(3, true), entry(5, true)});
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.find(JobId{5})->state, JobState::Queued); // the live one counts
    QCOMPARE(model.keptCount(), 1);
    QCOMPARE(model.index(model.rowOf(JobId{3}), 0).data(JobTableModel::KeptRole), true);
    proxy.setFilter({.keptOnly = true});
    QCOMPARE(proxy.rowCount(), 1);
    model.setKept({{4}, {5}, {77}}, true);
    QCOMPARE(model.keptCount(), 3);
    QCOMPARE(proxy.rowCount(), 3);
    model.setKept({{3}}, false);
    QCOMPARE(proxy.rowOf(JobId{3}), -1);
    model.forgetOutput({{4}, {78}});
    QVERIFY(model.find(JobId{4})->outputFolder.isEmpty());
    model.remove({{4}, {2}});
    QCOMPARE(model.keptCount(), 1);
    model.addPast({entry(4, true), entry(2, true), entry(1, false)});
    QCOMPARE(model.rowCount(), 3); // 5, 3, 1: what was removed does not come back
}

void TestPastJobs::interruptedJobsAreShownAsSuch()
{
    QTemporaryDir folder;
    {
        HistoryFixture f(folder.path());
        f.record(runningRecord(queuedRecord(1), f.sessionFolder));
        f.save();
    }
    Run run(folder.path());
    QCOMPARE(run.opening.interruptedJobs, 1);
    run.begin();
    QCOMPARE(run.window->jobs().find(JobId{1})->outcome, Outcome::Interrupted);
    QCOMPARE(run.window->jobs().counts().count(JobCategory::Failed), 1);
}

// Leaves three jobs that were never started, the first with a secret.
static void leaveWaiting(const QString &folder)
{
    HistoryFixture f(folder);
    JobSpec spec{.command = {u"/bin/sh"_s, u"-c"_s, u"exit 0"_s}};
    for (quint64 id = 1; id <= 3; ++id) {
        if (id == 1)
            spec.environment.overrides = {{u"HF_TOKEN"_s, u"secret"_s}};
        else
            spec.environment.overrides.clear();
        f.record(queuedRecord(id, spec));
    }
    f.save();
}

void TestPastJobs::waitingJobsComeBackHeld()
{
    QTemporaryDir folder;
    leaveWaiting(folder.path());
    for (int start = 0; start < 2; ++start) { // also when nobody decides
        Run run(folder.path());
        QCOMPARE(run.opening.waitingJobs, 3);
        run.begin();
        QTRY_COMPARE_WITH_TIMEOUT(run.rows(), 3, patience);
        const Banner *banner = run.window->historyBanners().waitingBanner();
        QTRY_VERIFY(banner->isVisible());
        QVERIFY2(banner->text().startsWith(u"3 job"_s), qPrintable(banner->text()));
        if (start == 0)
            QVERIFY2(banner->text().contains(u"HF_TOKEN"_s), qPrintable(banner->text()));
        for (int row = 0; row < 3; ++row) {
            const JobRecord &record = run.window->jobs().record(row);
            QCOMPARE(record.state, JobState::Queued);
            QVERIFY(record.paused);
        }
        // One row each: the old ones went when the new ones came.
        QTRY_COMPARE_WITH_TIMEOUT(run.recorded({.states = {JobState::Queued}}), 3, patience);
        QCOMPARE(run.recorded(), 3);
        run.history->waitingJobs();
        // As if it were killed: what the supervisor says at its end must not reach the history.
        QObject::disconnect(run.supervisor.get(), &RuntimeSupervisor::jobChanged, run.history.get(), nullptr);
    }
}

void TestPastJobs::waitingJobsAreResumed()
{
    QTemporaryDir folder;
    leaveWaiting(folder.path());
    Run run(folder.path());
    run.begin();
    Banner *banner = run.window->historyBanners().waitingBanner();
    QTRY_COMPARE_WITH_TIMEOUT(run.rows(), 3, patience);
    QPushButton *resume = nullptr;
    for (QPushButton *button : banner->findChildren<QPushButton *>()) {
        if (button->text() == u"Resume"_s)
            resume = button;
    }
    QVERIFY(resume);
    resume->click();
    QTRY_COMPARE_WITH_TIMEOUT(run.window->jobs().counts().count(JobCategory::Succeeded), 2, patience);
    // The one whose secret is not known any more says so.
    QTRY_COMPARE_WITH_TIMEOUT(run.window->jobs().counts().count(JobCategory::Failed), 1, patience);
    const HistoryPage refused = resultOf(run.history->page({.filter = {.outcomes = {Outcome::FailedToStart}}}));
    QCOMPARE(refused.entries.size(), 1);
    QVERIFY2(refused.entries[0].record.reason.contains(u"HF_TOKEN"_s), qPrintable(refused.entries[0].record.reason));
    QVERIFY(!banner->isVisible());
    QCOMPARE(run.recorded({.outcomes = {Outcome::Succeeded}}), 2);
    QCOMPARE(run.recorded(), 3);
}

void TestPastJobs::waitingJobsAreDiscarded()
{
    QTemporaryDir folder;
    leaveWaiting(folder.path());
    Run run(folder.path());
    run.begin();
    QTRY_COMPARE_WITH_TIMEOUT(run.rows(), 3, patience);
    run.window->historyBanners().allActions().last()->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(run.window->jobs().counts().count(JobCategory::Cancelled), 3, patience);
    QVERIFY(!run.window->historyBanners().waitingBanner()->isVisible());
    QCOMPARE(run.recorded({.outcomes = {Outcome::Cancelled}}), 3);
    QCOMPARE(run.recorded(), 3);
}

void TestPastJobs::requestsToServersAreNotHeld()
{
    QTemporaryDir folder;
    {
        HistoryFixture f(folder.path());
        f.record(queuedRecord(1, {.command = {u"chat"_s}, .kind = JobKind::Inference, .server = u"gone · 8080"_s}));
        f.record(queuedRecord(2, {.command = {u"llama-server"_s}, .kind = JobKind::Server}));
        f.save();
    }
    Run run(folder.path());
    run.begin();
    QTRY_COMPARE_WITH_TIMEOUT(run.recorded({.outcomes = {Outcome::Cancelled}}), 2, patience);
    QCOMPARE(run.window->pastJobs()->waitingCount(), 0);
    QVERIFY(!run.window->historyBanners().waitingBanner()->isVisible());
}

void TestPastJobs::keptJobsAreMarked()
{
    QTemporaryDir folder;
    fill(folder.path(), 5);
    {
        Run run(folder.path());
        run.begin();
        QAction *keep = run.action(JobActions::Keep);
        QVERIFY(!keep->isEnabled());
        run.window->jobsPage().select({JobId{2}, JobId{4}});
        QVERIFY(keep->isEnabled() && !keep->isChecked());
        keep->trigger();
        QVERIFY(keep->isChecked());
        QCOMPARE(run.window->jobs().keptCount(), 2);
        QCOMPARE(run.recorded({.kept = true}), 2);
        run.window->jobsPage().select({JobId{2}});
        keep->trigger();
        QCOMPARE(run.recorded({.kept = true}), 1);
    }
    Run run(folder.path());
    run.begin();
    QVERIFY(run.window->jobs().isKept(JobId{4}));
    QCOMPARE(run.window->jobs().keptCount(), 1);
    JobSidebar *sidebar = run.window->jobsPage().sidebar();
    const QList<QListWidgetItem *> entries = sidebar->findItems(u"Kept"_s, Qt::MatchExactly);
    QCOMPARE(entries.size(), 1);
    sidebar->setCurrentItem(entries.constFirst());
    QCOMPARE(run.window->jobsPage().proxy()->rowCount(), 1);
    // The entry goes with the last mark, and all are shown again.
    run.window->jobsPage().select({JobId{4}});
    run.action(JobActions::Keep)->trigger();
    QVERIFY(sidebar->findItems(u"Kept"_s, Qt::MatchExactly).isEmpty());
    QTRY_COMPARE(run.window->jobsPage().proxy()->rowCount(), 5);
}

void TestPastJobs::removalReachesTheHistory()
{
    QTemporaryDir folder;
    QString output;
    {
        Run run(folder.path());
        run.begin();
        const JobId id = run.run({u"/bin/echo"_s, u"hello"_s});
        QTRY_VERIFY_WITH_TIMEOUT(run.isFinished(id), patience);
        output = run.window->jobs().find(id)->outputFolder;
    }
    QVERIFY(QFileInfo::exists(output));
    Run run(folder.path());
    run.begin();
    run.window->jobsPage().select({JobId{1}});
    run.action(JobActions::Remove)->trigger();
    QCOMPARE(run.rows(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(run.recorded(), 0, patience);
    QVERIFY(!QFileInfo::exists(output));
}

void TestPastJobs::allFinishedButTheKept()
{
    QTemporaryDir folder;
    fill(folder.path(), 50);
    Run run(folder.path());
    run.begin();
    run.window->pastJobs()->setKept({JobId{7}}, true);
    const JobId held = run.run({u"/bin/true"_s}, true);
    const JobId live = run.run({u"/bin/true"_s});
    QTRY_VERIFY_WITH_TIMEOUT(run.isFinished(live), patience);
    QTRY_VERIFY(run.action(JobActions::RemoveFinished)->isEnabled());
    run.action(JobActions::RemoveFinished)->trigger();
    QTRY_COMPARE_WITH_TIMEOUT(run.rows(), 2, patience);
    QVERIFY(run.window->jobs().find(JobId{7}) && run.window->jobs().find(held));
    QTRY_COMPARE_WITH_TIMEOUT(run.recorded(), 2, patience);
}

void TestPastJobs::retentionReachesTheTable()
{
    QTemporaryDir folder;
    fill(folder.path(), 30);
    Run run(folder.path());
    run.begin();
    QCOMPARE(run.rows(), 30);
    run.store.change([](AppSettings &s) {
        s.historyDays = 0;
        s.historyJobs = 10;
    });
    QCOMPARE(resultOf(run.history->applyRetention()).jobs, 20);
    QTRY_COMPARE(run.rows(), 10);
    QVERIFY(!run.window->jobs().find(JobId{20}));
    QVERIFY(run.window->jobs().find(JobId{21}));
}

void TestPastJobs::opensWhatOnlyTheHistoryHolds()
{
    QTemporaryDir folder;
    Run run(folder.path());
    run.begin();
    // As one that is older than all that the table takes.
    const JobRecord old = finishedRecord(queuedRecord(7), run.history->outputRoot() + u"/session-old"_s);
    run.history->record(old);
    QCOMPARE(run.recorded(), 1);
    QCOMPARE(run.rows(), 0);
    run.window->showPage(MainWindow::Latency);
    Q_EMIT run.window->latencyPage().jobActivated(old.id);
    QTRY_COMPARE_WITH_TIMEOUT(run.rows(), 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(run.window->currentPage(), MainWindow::Jobs, patience);
    const QModelIndexList selected = run.window->jobsPage().table()->selectionModel()->selectedRows();
    QCOMPARE(selected.size(), 1);
    QCOMPARE(selected.constFirst().data(JobTableModel::IdRole).toULongLong(), old.id.value);
    // One that is forgotten is told so, and the page stays.
    run.window->showPage(MainWindow::Latency);
    Q_EMIT run.window->latencyPage().jobActivated(JobId{99});
    QTRY_VERIFY_WITH_TIMEOUT(run.window->statusBar()->currentMessage().contains(u"#99"_s), patience);
    QCOMPARE(run.window->currentPage(), MainWindow::Latency);
}

void TestPastJobs::trouble()
{
    QTemporaryDir folder;
    fill(folder.path(), 3);
    QFile file(historyFilePath(folder.path()));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QCOMPARE(file.write(QByteArray(200, 'x')), 200);
    file.close();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"The history was damaged"_s));
    Run run(folder.path());
    run.begin();
    Banner *damage = run.window->historyBanners().damageBanner();
    QVERIFY(damage->isVisible());
    QVERIFY2(damage->text().contains(run.opening.movedAsideTo), qPrintable(damage->text()));
    QVERIFY(QFileInfo::exists(run.opening.movedAsideTo));
    damage->findChildren<QPushButton *>().last()->click();
    QVERIFY(!damage->isVisible());

    HistoryBanners banners(nullptr, nullptr, u"Process 12 uses it."_s);
    banners.show();
    QVERIFY(banners.savingBanner()->isVisible());
    QVERIFY(banners.savingBanner()->text().contains(u"Process 12 uses it."_s));
}

void TestPastJobs::runAgain()
{
    QTemporaryDir folder;
    {
        HistoryFixture f(folder.path());
        f.record(finishedRecord(queuedRecord(1, {.command = {u"/bin/sh"_s, u"-c"_s, u"exit 0"_s}, .name = u"again"_s}),
                                f.sessionFolder));
        f.save();
    }
    Run run(folder.path());
    run.begin();
    run.window->jobsPage().select({JobId{1}});
    run.action(JobActions::RunAgain)->trigger();
    QTRY_VERIFY_WITH_TIMEOUT(run.isFinished(JobId{2}), patience);
    QCOMPARE(run.window->jobs().find(JobId{2})->spec->name, u"again"_s);
    QCOMPARE(run.recorded({.name = u"again"_s}), 2);
}

QTEST_MAIN(TestPastJobs)
#include "tst_pastjobs.moc"
