// SPDX-License-Identifier: MIT
#include "core/output/outputlog.h"
#include "support/supervisorfixture.h"

#include <QFutureWatcher>
#include <QSignalSpy>
#include <QThread>

#include <chrono>
#include <csignal>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_RuntimeSupervisor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void statesTimesAndOutput();
    void revisionsGrowAndTheEndComesOnce();
    void boundedConcurrency();
    void concurrencyChangesWhileRunning();
    void priorityAndOrder();
    void holdAndRelease();
    void pausedQueueStartsNothing();
    void nothingStartsWithoutPermission();
    void idsContinue();
    void movesInTheQueue();
    void timeoutRaisesAndKeepsTheOutput();
    void timeoutIsNeitherEarlyNorLate();
    void deadlineIncludesTheQueueWait();
    void deadlinePassesWhileTheQueueIsPaused();
    void pausedTimeDoesNotCountAgainstTheTimeout();
    void cancelQueuedAndRunning();
    void killNowSkipsTheGrace();
    void cancelledFutureCancelsTheJob();
    void interactiveInput();
    void inputBeforeTheStart();
    void signalsToAJob();
    void environmentAndWorkingDirectory();
    void privateFiles();
    void futuresFailWithTheRightError();
    void refusedSpecsAreNotQueued();
    void drainFinishes();
    void shutdownDrains();
    void shutdownCancels();
    void destructionEndsEverything();
    void callableFromManyThreads();
    void inferenceConfigurationErrors();
};

static JobSpec sh(const QString &script)
{
    return {.command = {u"/bin/sh"_s, u"-c"_s, script}};
}

void tst_RuntimeSupervisor::statesTimesAndOutput()
{
    SupervisorFixture f;
    JobSpec spec = sh(u"echo out; echo err >&2; sleep 0.05; exit 3"_s);
    spec.name = u"both"_s;
    const JobRecord record = f.runToEnd(spec);

    QList<JobState> states;
    for (const JobRecord &r : f.history(record.id)) {
        if (states.isEmpty() || states.constLast() != r.state)
            states.append(r.state);
    }
    QCOMPARE(states, (QList<JobState>{JobState::Queued, JobState::Starting, JobState::Running, JobState::Finished}));
    QCOMPARE(record.outcome, Outcome::Failed);
    QCOMPARE(record.exitCode, 3);
    QCOMPARE(record.reason, u"Exit code 3."_s);
    QCOMPARE(record.attempts, 1);
    QVERIFY(record.pid > 1);
    QCOMPARE(record.stdoutBytes, 4);
    QCOMPARE(record.stderrBytes, 4);
    QVERIFY(!record.truncated);

    QVERIFY(record.submitted.monotonic <= record.started->monotonic);
    QVERIFY(record.started->monotonic <= record.firstOutput->monotonic);
    QVERIFY(record.firstOutput->monotonic <= record.completed->monotonic);
    QVERIFY(*record.runTime() >= 50ms);
    QCOMPARE(*record.queueWait() + *record.runTime(), *record.latency());
    QVERIFY(record.peakRssBytes > 0);

    const JobResult result(record);
    QCOMPARE(result.standardOutput(), "out\n"_ba);
    QCOMPARE(result.standardError(), "err\n"_ba);
    QCOMPARE(result.exitCode(), 3);
}

void tst_RuntimeSupervisor::revisionsGrowAndTheEndComesOnce()
{
    SupervisorFixture f(4);
    QList<JobId> ids;
    for (int i = 0; i < 200; ++i)
        ids.append(f.supervisor().submit({.command = {u"/bin/true"_s}}));
    QTRY_COMPARE_WITH_TIMEOUT(f.finishedCount(), 200, patience);
    for (const JobId id : std::as_const(ids)) {
        const QList<JobRecord> history = f.history(id);
        QCOMPARE(history.constFirst().state, JobState::Queued);
        quint32 revision = 0;
        int ends = 0;
        for (const JobRecord &r : history) {
            QVERIFY(r.revision > revision);
            revision = r.revision;
            ends += r.isFinished() ? 1 : 0;
        }
        QCOMPARE(ends, 1);
        QVERIFY(history.constLast().isFinished());
        QCOMPARE(history.constLast().outcome, Outcome::Succeeded);
    }
}

void tst_RuntimeSupervisor::boundedConcurrency()
{
    SupervisorFixture f(3);
    int running = 0;
    int most = 0;
    QHash<JobId, bool> runs;
    connect(&f.supervisor(), &RuntimeSupervisor::jobChanged, this, [&](const JobRecord &r) {
        const bool now = r.state == JobState::Starting || r.state == JobState::Running;
        if (runs.value(r.id) != now)
            running += now ? 1 : -1;
        runs[r.id] = now;
        most = qMax(most, running);
    });
    for (int i = 0; i < 30; ++i)
        f.supervisor().submit(sh(u"sleep 0.02"_s));
    QTRY_COMPARE_WITH_TIMEOUT(f.finishedCount(), 30, patience);
    QCOMPARE(most, 3);
}

void tst_RuntimeSupervisor::concurrencyChangesWhileRunning()
{
    SupervisorFixture f(1);
    QSignalSpy changed(&f.supervisor(), &RuntimeSupervisor::concurrencyChanged);
    QList<JobId> ids;
    for (int i = 0; i < 3; ++i)
        ids.append(f.supervisor().submit(sh(u"sleep 60"_s)));
    QTRY_VERIFY_WITH_TIMEOUT(f.isRunning(ids[0]), patience);
    QCOMPARE(f.latest(ids[1]).state, JobState::Queued);

    f.supervisor().setConcurrency(3);
    QTRY_VERIFY_WITH_TIMEOUT(f.isRunning(ids[1]) && f.isRunning(ids[2]), patience);
    f.supervisor().setConcurrency(1);
    QTRY_COMPARE(changed.size(), 2);
    // Running jobs are left alone; the next one waits until only one place is taken.
    const JobId next = f.supervisor().submit({.command = {u"/bin/true"_s}});
    f.supervisor().cancel(ids[0]);
    f.waitUntilFinished(ids[0]);
    f.supervisor().cancel(ids[1]);
    f.waitUntilFinished(ids[1]);
    QCOMPARE(f.latest(next).state, JobState::Queued);
    QVERIFY(f.isRunning(ids[2]));
    f.supervisor().cancel(ids[2]);
    f.waitUntilFinished(next);
    QCOMPARE(f.latest(next).outcome, Outcome::Succeeded);
}

void tst_RuntimeSupervisor::priorityAndOrder()
{
    SupervisorFixture f(1);
    f.supervisor().pauseQueue();
    const auto add = [&](int priority) {
        return f.supervisor().submit({.command = {u"/bin/true"_s}, .priority = priority});
    };
    const JobId low = add(-1);
    const JobId first = add(0);
    const JobId second = add(0);
    const JobId high = add(7);
    const JobId raised = add(0);
    f.supervisor().setPriority(raised, 9);
    f.supervisor().resumeQueue();
    QTRY_COMPARE_WITH_TIMEOUT(f.finishedCount(), 5, patience);

    QList<JobId> order{low, first, second, high, raised};
    std::sort(order.begin(), order.end(),
              [&](JobId a, JobId b) { return f.latest(a).started->monotonic < f.latest(b).started->monotonic; });
    QCOMPARE(order, (QList<JobId>{raised, high, first, second, low}));
}

void tst_RuntimeSupervisor::holdAndRelease()
{
    SupervisorFixture f;
    const JobId held = f.supervisor().submit({.command = {u"/bin/true"_s}, .held = true});
    const JobId free = f.supervisor().submit({.command = {u"/bin/true"_s}});
    f.waitUntilFinished(free);
    QCOMPARE(f.latest(held).state, JobState::Queued);
    QCOMPARE(f.latest(held).pendingReason, PendingReason::Held);
    QVERIFY(f.latest(held).paused);
    f.supervisor().resumeJob(held);
    f.waitUntilFinished(held);
    QCOMPARE(f.latest(held).outcome, Outcome::Succeeded);
}

void tst_RuntimeSupervisor::pausedQueueStartsNothing()
{
    SupervisorFixture f;
    QSignalSpy paused(&f.supervisor(), &RuntimeSupervisor::queuePausedChanged);
    f.supervisor().pauseQueue();
    QVERIFY(f.supervisor().isQueuePaused());
    const JobId id = f.supervisor().submit({.command = {u"/bin/true"_s}});
    QTRY_COMPARE(f.latest(id).state, JobState::Queued);
    QTRY_COMPARE(paused.size(), 1);
    QCOMPARE(f.history(id).size(), 1);
    f.supervisor().resumeQueue();
    f.waitUntilFinished(id);
    QCOMPARE(paused.size(), 2);
}

void tst_RuntimeSupervisor::nothingStartsWithoutPermission()
{
    SupervisorFixture f(2, {.firstJobId = 7, .startsNeedPermission = true});
    const JobId first = f.supervisor().submit(sh(u"exit 0"_s));
    const JobId second = f.supervisor().submit(sh(u"exit 0"_s));
    JobSpec urgent = sh(u"exit 0"_s);
    urgent.priority = 5;
    const JobId third = f.supervisor().submit(urgent);
    QCOMPARE(first, JobId{7});

    // A command that takes effect behind the submissions says that all of them were looked at.
    QSignalSpy lookedAt(&f.supervisor(), &RuntimeSupervisor::concurrencyChanged);
    f.supervisor().allowStartsUpTo(second);
    f.supervisor().setConcurrency(1);
    QTRY_COMPARE_WITH_TIMEOUT(lookedAt.count(), 1, patience);
    // The third is next, so the others don't overtake it.
    for (const JobId id : {first, second, third})
        QCOMPARE(f.latest(id).state, JobState::Queued);

    f.supervisor().allowStartsUpTo(third);
    f.supervisor().allowStartsUpTo(first); // takes nothing back
    for (const JobId id : {first, second, third})
        f.waitUntilFinished(id);
    QVERIFY(f.latest(third).started->monotonic < f.latest(first).started->monotonic);

    const JobId cancelled = f.supervisor().submit(sh(u"exit 0"_s));
    f.supervisor().cancel(cancelled);
    f.waitUntilFinished(cancelled);
    QCOMPARE(f.latest(cancelled).outcome, Outcome::Cancelled);
}

void tst_RuntimeSupervisor::idsContinue()
{
    SupervisorFixture f;
    f.supervisor().continueIdsFrom(41);
    QCOMPARE(f.supervisor().submit(sh(u"exit 0"_s)), JobId{41});
    f.supervisor().continueIdsFrom(12);
    QCOMPARE(f.supervisor().submit(sh(u"exit 0"_s)), JobId{42});
}

void tst_RuntimeSupervisor::movesInTheQueue()
{
    SupervisorFixture f(1);
    f.supervisor().pauseQueue();
    QList<JobId> ids;
    for (int i = 0; i < 4; ++i)
        ids.append(f.supervisor().submit({.command = {u"/bin/true"_s}}));
    f.supervisor().moveInQueue(ids[3], QueueMove::Top);
    f.supervisor().moveInQueue(ids[0], QueueMove::Down);
    f.supervisor().moveInQueue(ids[3], QueueMove::Down);
    f.supervisor().resumeQueue();
    QTRY_COMPARE_WITH_TIMEOUT(f.finishedCount(), 4, patience);
    QList<JobId> order = ids;
    std::sort(order.begin(), order.end(),
              [&](JobId a, JobId b) { return f.latest(a).started->monotonic < f.latest(b).started->monotonic; });
    QCOMPARE(order, (QList<JobId>{ids[1], ids[3], ids[0], ids[2]}));
}

void tst_RuntimeSupervisor::timeoutRaisesAndKeepsTheOutput()
{
    SupervisorFixture f;
    const QFuture<JobResult> future = f.supervisor().run(
        {.command = sh(u"echo before; sleep 60"_s).command, .limits = {.timeout = 300ms, .killGrace = 0ms}});
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), patience);
    bool raised = false;
    try {
        future.result();
    } catch (const RuntimeTimeoutError &error) {
        raised = true;
        QCOMPARE(error.result().record().outcome, Outcome::TimedOut);
        QCOMPARE(error.result().standardOutput(), "before\n"_ba);
        QVERIFY2(error.message().startsWith(u"Timed out after 300"_s), qPrintable(error.message()));
    }
    QVERIFY(raised);
}

void tst_RuntimeSupervisor::timeoutIsNeitherEarlyNorLate()
{
    SupervisorFixture f(8);
    QList<JobId> ids;
    for (int i = 0; i < 8; ++i)
        ids.append(
            f.supervisor().submit({.command = {u"sleep"_s, u"60"_s}, .limits = {.timeout = 200ms, .killGrace = 0ms}}));
    for (const JobId id : std::as_const(ids)) {
        f.waitUntilFinished(id);
        QCOMPARE(f.latest(id).outcome, Outcome::TimedOut);
        QVERIFY(*f.latest(id).runTime() >= 200ms);
        QVERIFY(*f.latest(id).runTime() < 5s);
    }
}

void tst_RuntimeSupervisor::deadlineIncludesTheQueueWait()
{
    SupervisorFixture f(1);
    const JobId blocker = f.supervisor().submit(sh(u"sleep 60"_s));
    const JobId expires = f.supervisor().submit({.command = {u"/bin/true"_s}, .limits = {.deadline = 200ms}});
    f.waitUntilFinished(expires);
    const JobRecord record = f.latest(expires);
    QCOMPARE(record.outcome, Outcome::Expired);
    QVERIFY(!record.started);
    QVERIFY(!record.runTime());
    QVERIFY(*record.latency() >= 200ms);
    QVERIFY(record.reason.contains(u"200"_s));
    f.supervisor().cancel(blocker);

    // Running: counted from submitted.
    const JobRecord cut =
        f.runToEnd({.command = {u"sleep"_s, u"60"_s}, .limits = {.deadline = 300ms, .killGrace = 0ms}});
    QCOMPARE(cut.outcome, Outcome::TimedOut);
    QVERIFY(*cut.latency() >= 300ms);
    QVERIFY(cut.reason.contains(u"deadline"_s));
}

void tst_RuntimeSupervisor::deadlinePassesWhileTheQueueIsPaused()
{
    SupervisorFixture f(1);
    f.supervisor().pauseQueue();
    const JobId later = f.supervisor().submit({.command = {u"/bin/true"_s}, .limits = {.deadline = 500ms}});
    const JobId sooner = f.supervisor().submit({.command = {u"/bin/true"_s}, .limits = {.deadline = 100ms}});
    const JobId held =
        f.supervisor().submit({.command = {u"/bin/true"_s}, .limits = {.deadline = 300ms}, .held = true});
    for (const JobId id : {later, sooner, held}) {
        f.waitUntilFinished(id);
        QCOMPARE(f.latest(id).outcome, Outcome::Expired);
        QVERIFY(*f.latest(id).latency() >= *f.latest(id).spec->limits.deadline);
    }
    QVERIFY(f.latest(sooner).completed->monotonic < f.latest(later).completed->monotonic);
}

void tst_RuntimeSupervisor::pausedTimeDoesNotCountAgainstTheTimeout()
{
    SupervisorFixture f;
    const JobId id =
        f.supervisor().submit({.command = {u"sleep"_s, u"0.4"_s}, .limits = {.timeout = 2s, .killGrace = 0ms}});
    QTRY_VERIFY_WITH_TIMEOUT(f.isRunning(id), patience);
    f.supervisor().pauseJob(id);
    QTRY_VERIFY(f.latest(id).paused);
    QTest::qWait(2500); // the pause itself is what is tested
    QVERIFY(f.isRunning(id));
    f.supervisor().resumeJob(id);
    f.waitUntilFinished(id);
    QCOMPARE(f.latest(id).outcome, Outcome::Succeeded);
    QVERIFY(f.latest(id).pausedTime >= 2400ms);
}

void tst_RuntimeSupervisor::cancelQueuedAndRunning()
{
    SupervisorFixture f(1);
    const JobId running = f.supervisor().submit(sh(u"sleep 60"_s));
    const JobId queued = f.supervisor().submit(sh(u"sleep 60"_s));
    QTRY_VERIFY_WITH_TIMEOUT(f.isRunning(running), patience);
    f.supervisor().cancelAll();
    f.waitUntilFinished(running);
    f.waitUntilFinished(queued);
    QCOMPARE(f.latest(running).outcome, Outcome::Cancelled);
    QCOMPARE(f.latest(queued).outcome, Outcome::Cancelled);
    QVERIFY(!f.latest(queued).started);
    f.supervisor().cancel(running); // a finished one is no error
    f.supervisor().cancel(JobId{12345});
    QVERIFY(f.nothingLeft(running));
}

void tst_RuntimeSupervisor::killNowSkipsTheGrace()
{
    SupervisorFixture f;
    JobSpec spec = sh(u"trap '' TERM; while :; do sleep 1; done"_s);
    spec.limits.killGrace = 1h;
    const JobId id = f.supervisor().submit(spec);
    QTRY_VERIFY_WITH_TIMEOUT(f.isRunning(id), patience);
    f.supervisor().cancel(id);
    f.supervisor().killNow(id);
    f.waitUntilFinished(id);
    QCOMPARE(f.latest(id).outcome, Outcome::Cancelled);
    QCOMPARE(f.latest(id).signal, SIGKILL);
}

void tst_RuntimeSupervisor::cancelledFutureCancelsTheJob()
{
    SupervisorFixture f;
    QFuture<JobResult> future = f.supervisor().runCustom({u"sleep"_s, u"60"_s});
    QTRY_VERIFY_WITH_TIMEOUT(f.isRunning(JobId{1}), patience);
    future.cancel();
    f.waitUntilFinished(JobId{1});
    QCOMPARE(f.latest(JobId{1}).outcome, Outcome::Cancelled);
}

void tst_RuntimeSupervisor::interactiveInput()
{
    SupervisorFixture f;
    JobSpec spec{.command = {u"cat"_s}};
    spec.interactive = true;
    const JobId id = f.supervisor().submit(spec);
    QTRY_VERIFY_WITH_TIMEOUT(f.isRunning(id), patience);
    const QByteArray large(3 * 1024 * 1024, 'x');
    f.supervisor().writeInput(id, large);
    f.supervisor().writeInput(id, "end\n"_ba);
    f.supervisor().closeInput(id);
    f.waitUntilFinished(id);
    QCOMPARE(f.latest(id).outcome, Outcome::Succeeded);
    QCOMPARE(JobResult(f.latest(id)).standardOutput(), large + "end\n");
}

void tst_RuntimeSupervisor::inputBeforeTheStart()
{
    SupervisorFixture f;
    JobSpec spec{.command = {u"cat"_s}};
    spec.interactive = true;
    spec.held = true;
    const JobId id = f.supervisor().submit(spec);
    f.supervisor().writeInput(id, "early\n"_ba);
    f.supervisor().closeInput(id);
    f.supervisor().resumeJob(id);
    f.waitUntilFinished(id);
    QCOMPARE(JobResult(f.latest(id)).standardOutput(), "early\n"_ba);
}

void tst_RuntimeSupervisor::signalsToAJob()
{
    SupervisorFixture f;
    const JobId handled =
        f.supervisor().submit(sh(u"trap 'echo interrupted; exit 7' INT; echo ready; while :; do sleep 0.01; done"_s));
    QTRY_VERIFY_WITH_TIMEOUT(f.latest(handled).firstOutput.has_value(), patience);
    f.supervisor().sendSignal(handled, SIGINT);
    f.waitUntilFinished(handled);
    QCOMPARE(f.latest(handled).outcome, Outcome::Failed);
    QCOMPARE(f.latest(handled).exitCode, 7);

    const JobId ended = f.supervisor().submit({.command = {u"sleep"_s, u"60"_s}});
    QTRY_VERIFY_WITH_TIMEOUT(f.isRunning(ended), patience);
    f.supervisor().sendSignal(ended, SIGUSR1);
    f.waitUntilFinished(ended);
    QCOMPARE(f.latest(ended).outcome, Outcome::Cancelled);
    QCOMPARE(f.latest(ended).signal, SIGUSR1);
}

void tst_RuntimeSupervisor::environmentAndWorkingDirectory()
{
    SupervisorFixture f;
    qputenv("BITNET_TEST_INHERITED", "yes");
    qputenv("BITNET_TEST_REMOVED", "yes");
    JobSpec spec = sh(u"pwd; echo \"$BITNET_TEST_INHERITED-$BITNET_TEST_REMOVED-$ADDED\""_s);
    spec.workingDirectory = f.folder();
    spec.environment.overrides = {{u"ADDED"_s, u"a b"_s}, {u"BITNET_TEST_REMOVED"_s, std::nullopt}};
    SupervisorFixture later; // its shims inherit the variables set above
    QCOMPARE(JobResult(later.runToEnd(spec)).standardOutput(), (f.folder() + u"\nyes--a b\n"_s).toUtf8());

    JobSpec clean{.command = {u"/usr/bin/env"_s}};
    clean.environment = {
        .inherit = false, .allowed = {u"BITNET_TEST_INHERITED"_s, u"NOT_SET"_s}, .overrides = {{u"A"_s, u""_s}}};
    QList<QByteArray> lines = JobResult(later.runToEnd(clean)).standardOutput().trimmed().split('\n');
    std::sort(lines.begin(), lines.end());
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines[0], "A="_ba);
    QVERIFY(lines[1].startsWith(jobTagVariable));
    QCOMPARE(lines[2], "BITNET_TEST_INHERITED=yes"_ba);
}

void tst_RuntimeSupervisor::privateFiles()
{
    SupervisorFixture f;
    JobSpec spec{.command = {u"/bin/sh"_s, u"-c"_s, u"stat -c %a \"$0\"; cat \"$0\""_s,
                             PrivateFile::placeholder(u"prompt.txt"_s)}};
    spec.files = {{.name = u"prompt.txt"_s, .content = "a long prompt"_ba}};
    QCOMPARE(JobResult(f.runToEnd(spec)).standardOutput(), "600\na long prompt"_ba);
}

void tst_RuntimeSupervisor::futuresFailWithTheRightError()
{
    SupervisorFixture f;
    QFuture<QString> launch = f.supervisor()
                                  .runCustom({u"/no/such/program"_s})
                                  .then([](const JobResult &) { return u"result"_s; })
                                  .onFailed([](const RuntimeLaunchError &e) { return e.message(); });
    QTRY_VERIFY_WITH_TIMEOUT(launch.isFinished(), patience);
    QVERIFY2(launch.result().contains(u"/no/such/program"_s), qPrintable(launch.result()));

    QFuture<QString> refused = f.supervisor()
                                   .runCustom({})
                                   .then([](const JobResult &) { return QString(); })
                                   .onFailed([](const RuntimeConfigurationError &e) { return e.field(); });
    QCOMPARE(refused.result(), u"command"_s);

    QFuture<int> exitCode =
        f.supervisor().runCustom({u"/bin/false"_s}).then([](const JobResult &r) { return r.exitCode(); });
    QTRY_VERIFY_WITH_TIMEOUT(exitCode.isFinished(), patience);
    QCOMPARE(exitCode.result(), 1);
}

void tst_RuntimeSupervisor::refusedSpecsAreNotQueued()
{
    SupervisorFixture f;
    QString error;
    QVERIFY(!f.supervisor().submit({}, &error).isValid());
    QVERIFY(!error.isEmpty());
    error.clear();
    QVERIFY(!f.supervisor().submit({.command = {u"true"_s}, .limits = {.timeout = 0s}}, &error).isValid());
    QVERIFY(!error.isEmpty());
    const JobId good = f.supervisor().submit({.command = {u"true"_s}}, &error);
    f.waitUntilFinished(good);
    QCOMPARE(f.finishedCount(), 1);
}

void tst_RuntimeSupervisor::drainFinishes()
{
    SupervisorFixture f;
    const QFuture<void> idle = f.supervisor().drain();
    QTRY_VERIFY_WITH_TIMEOUT(idle.isFinished(), patience);
    const JobId id = f.supervisor().submit(sh(u"sleep 0.2"_s));
    const QFuture<void> drained = f.supervisor().drain();
    QVERIFY(!drained.isFinished());
    QTRY_VERIFY_WITH_TIMEOUT(drained.isFinished(), patience);
    QTRY_VERIFY(f.isFinished(id));
}

void tst_RuntimeSupervisor::shutdownDrains()
{
    SupervisorFixture f(1);
    for (int i = 0; i < 3; ++i)
        f.supervisor().submit({.command = {u"/bin/true"_s}});
    const QFuture<void> done = f.supervisor().shutdown(ShutdownMode::Drain);
    QString error;
    QVERIFY(!f.supervisor().submit({.command = {u"/bin/true"_s}}, &error).isValid());
    QVERIFY(error.contains(u"shutting down"_s));
    QTRY_VERIFY_WITH_TIMEOUT(done.isFinished(), patience);
    QTRY_COMPARE(f.finishedCount(), 3);
    for (quint64 id = 1; id <= 3; ++id)
        QCOMPARE(f.latest(JobId{id}).outcome, Outcome::Succeeded);
}

void tst_RuntimeSupervisor::shutdownCancels()
{
    SupervisorFixture f(1);
    const JobId running = f.supervisor().submit({.command = {u"sleep"_s, u"60"_s}});
    const JobId queued = f.supervisor().submit({.command = {u"sleep"_s, u"60"_s}});
    QTRY_VERIFY_WITH_TIMEOUT(f.isRunning(running), patience);
    const QFuture<void> done = f.supervisor().shutdown(ShutdownMode::Cancel);
    QTRY_VERIFY_WITH_TIMEOUT(done.isFinished(), patience);
    QTRY_COMPARE(f.finishedCount(), 2);
    QCOMPARE(f.latest(running).outcome, Outcome::Cancelled);
    QCOMPARE(f.latest(queued).outcome, Outcome::Cancelled);
}

void tst_RuntimeSupervisor::destructionEndsEverything()
{
    SupervisorFixture f(2);
    JobSpec stubborn = sh(u"trap '' TERM; sleep 300 & sleep 300"_s);
    const JobId running = f.supervisor().submit(stubborn);
    const JobId alsoRunning = f.supervisor().submit(stubborn);
    QFuture<JobResult> queued = f.supervisor().runCustom({u"/bin/true"_s});
    QTRY_VERIFY_WITH_TIMEOUT(f.isRunning(running) && f.isRunning(alsoRunning), patience);
    const QByteArray tag = f.tag(running);
    f.destroySupervisor();
    QVERIFY(queued.isFinished());
    QCOMPARE(countTagged(tag), 0);
    QCoreApplication::processEvents(); // the last records wait in this thread's queue
    QCOMPARE(f.latest(running).outcome, Outcome::Interrupted);
    QCOMPARE(f.latest(alsoRunning).outcome, Outcome::Interrupted);
    QCOMPARE(f.latest(JobId{3}).outcome, Outcome::Cancelled);
}

void tst_RuntimeSupervisor::callableFromManyThreads()
{
    SupervisorFixture f(4);
    std::vector<std::unique_ptr<QThread>> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back(QThread::create([&f] {
            for (int i = 0; i < 50; ++i) {
                const JobId id = f.supervisor().submit({.command = {u"/bin/true"_s}, .priority = i % 3});
                f.supervisor().setPriority(id, 1);
                if (i % 5 == 0)
                    f.supervisor().cancel(id);
                f.supervisor().setConcurrency(2 + i % 3);
            }
        }));
        threads.back()->start();
    }
    for (const auto &thread : threads)
        QVERIFY(thread->wait(patience));
    QTRY_COMPARE_WITH_TIMEOUT(f.finishedCount(), 200, patience);
    for (quint64 id = 1; id <= 200; ++id) {
        const auto outcome = f.latest(JobId{id}).outcome;
        QVERIFY(outcome == Outcome::Succeeded || outcome == Outcome::Cancelled);
    }
}

void tst_RuntimeSupervisor::inferenceConfigurationErrors()
{
    SupervisorFixture f;
    QFuture<QString> field = f.supervisor()
                                 .runInference({.model = u"/no/model"_s, .prompt = u"hi"_s, .nPredict = 0})
                                 .then([](const JobResult &) { return QString(); })
                                 .onFailed([](const RuntimeConfigurationError &e) { return e.field(); });
    QTRY_VERIFY_WITH_TIMEOUT(field.isFinished(), patience);
    QCOMPARE(field.result(), u"n_predict"_s);
    QFuture<QString> port = f.supervisor()
                                .runServer({.model = u"/no/model"_s, .port = 0})
                                .then([](const JobResult &) { return QString(); })
                                .onFailed([](const RuntimeConfigurationError &e) { return e.message(); });
    QTRY_VERIFY_WITH_TIMEOUT(port.isFinished(), patience);
    QCOMPARE(port.result(), u"Port must be between 1 and 65535. Got 0."_s);
    QCOMPARE(f.finishedCount(), 0);
}

QTEST_GUILESS_MAIN(tst_RuntimeSupervisor)
#include "tst_runtimesupervisor.moc"
