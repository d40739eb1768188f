// SPDX-License-Identifier: MIT
// Faults around time and number. Each test is named after its row in the list of faults.
#include "core/jobs/duration.h"
#include "support/supervisorfixture.h"

#include <QProcess>
#include <QScopeGuard>
#include <QThread>

#include <malloc.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_FaultClocks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fault21_wallClockIsSet();
    void fault22_deadlineOfThirtyDays();
    void fault22_limitsThatNoTimerHolds();
    void fault23_callersThreadIsBlocked();
    void fault38_hundredThousandQueuedJobs();
};

void tst_FaultClocks::fault21_wallClockIsSet()
{
    // The clock of the test machine can't be set: the shim and the jobs see a shifted one instead, by a library that is
    // preloaded into them and moves the wall clock by two hours, forward and back, at every other look.
    const QByteArray asanOptions = qgetenv("ASAN_OPTIONS");
    const auto restore = qScopeGuard([&] {
        qunsetenv("LD_PRELOAD");
        qputenv("ASAN_OPTIONS", asanOptions);
    });
    // A sanitizer wants to be the first library of all; here it isn't.
    qputenv("ASAN_OPTIONS", asanOptions + ":verify_asan_link_order=0");
    qputenv("LD_PRELOAD", binaryPath(u"libbitnet-jumpingclock.so"_s).toUtf8());

    SupervisorFixture f(2);
    const JobRecord timedOut =
        f.runToEnd({.command = {u"sleep"_s, u"60"_s}, .limits = {.timeout = 300ms, .killGrace = 0ms}});
    QCOMPARE(timedOut.outcome, Outcome::TimedOut);
    QVERIFY(*timedOut.runTime() >= 300ms);
    QVERIFY(*timedOut.runTime() < 10s);
    const JobRecord plain =
        f.runToEnd({.command = {u"sleep"_s, u"0.1"_s}, .limits = {.timeout = 60s, .deadline = 60s}});
    QCOMPARE(plain.outcome, Outcome::Succeeded);
    QVERIFY(*plain.runTime() >= 100ms);
    QVERIFY(*plain.runTime() < 10s);
    QVERIFY(*plain.latency() < 10s);
    // The shim did see a jumping clock.
    const auto wall = plain.completed->wall - plain.started->wall;
    QVERIFY(wall > 1h || wall < -1h);
}

void tst_FaultClocks::fault22_deadlineOfThirtyDays()
{
    SupervisorFixture f(1);
    const JobId blocker = f.supervisor().submit({.command = {u"sleep"_s, u"60"_s}});
    const JobId queued =
        f.supervisor().submit({.command = {u"/bin/true"_s}, .limits = {.timeout = 30 * 24h, .deadline = 30 * 24h}});
    const JobId soon = f.supervisor().submit({.command = {u"/bin/true"_s}, .limits = {.deadline = 300ms}});
    f.waitUntilFinished(soon);
    QCOMPARE(f.latest(soon).outcome, Outcome::Expired);
    QCOMPARE(f.latest(queued).state, JobState::Queued); // not early
    f.supervisor().cancel(blocker);
    f.waitUntilFinished(queued);
    QCOMPARE(f.latest(queued).outcome, Outcome::Succeeded);
}

void tst_FaultClocks::fault22_limitsThatNoTimerHolds()
{
    SupervisorFixture f;
    QString error;
    QVERIFY(!f.supervisor()
                 .submit({.command = {u"true"_s}, .limits = {.timeout = maximumDuration + 1ns}}, &error)
                 .isValid());
    QVERIFY(!error.isEmpty());
    const JobRecord record =
        f.runToEnd({.command = {u"/bin/true"_s}, .limits = {.timeout = maximumDuration, .deadline = maximumDuration}});
    QCOMPARE(record.outcome, Outcome::Succeeded);
}

void tst_FaultClocks::fault23_callersThreadIsBlocked()
{
    constexpr int jobs = 120;
    constexpr auto limit = 500ms;
    SupervisorFixture f(jobs);
    QList<JobId> ids;
    for (int i = 0; i < jobs; ++i)
        ids.append(
            f.supervisor().submit({.command = {u"sleep"_s, u"60"_s}, .limits = {.timeout = limit, .killGrace = 0ms}}));
    QTRY_VERIFY_WITH_TIMEOUT(f.isRunning(ids.constLast()) || f.isFinished(ids.constLast()), patience);
    QThread::sleep(1); // the fault itself: this thread serves no events
    QTRY_COMPARE_WITH_TIMEOUT(f.finishedCount(), jobs, patience);
    std::vector<std::chrono::nanoseconds> late;
    for (const JobId id : std::as_const(ids)) {
        QCOMPARE(f.latest(id).outcome, Outcome::TimedOut);
        late.push_back(*f.latest(id).runTime() - limit);
    }
    std::sort(late.begin(), late.end());
    QVERIFY(late.front() >= 0ns);
    const auto p99 = late[size_t(jobs * 99 / 100)];
    qInfo("p99 %.2f ms late, at most %.2f ms", double(p99.count()) / 1e6, double(late.back().count()) / 1e6);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY(p99 < 50ms);
#endif
}

void tst_FaultClocks::fault38_hundredThousandQueuedJobs()
{
    constexpr int jobs = 100'000;
    QTemporaryDir folder;
    RuntimeSupervisor supervisor(
        BitNetRuntime(), {.concurrency = 2, .outputRoot = folder.path(), .shimPath = binaryPath(u"bitnet-jobshim"_s)});
    std::atomic<int> ends = 0;
    std::atomic<int> cancelled = 0;
    connect(
        &supervisor, &RuntimeSupervisor::jobChanged, this,
        [&](const JobRecord &record) {
            if (record.isFinished()) {
                ++ends;
                cancelled += record.outcome == Outcome::Cancelled ? 1 : 0;
            }
        },
        Qt::DirectConnection);
    supervisor.pauseQueue();
    const struct mallinfo2 before = ::mallinfo2();
    for (int i = 0; i < jobs; ++i)
        QVERIFY(
            supervisor
                .submit(
                    {.command = {u"sleep"_s, u"60"_s}, .limits = {.timeout = 60s, .deadline = 24h}, .priority = i % 7})
                .isValid());
    // A command after the submissions: when it is done, so are they.
    const JobId last = supervisor.submit({.command = {u"/bin/true"_s}});
    supervisor.cancel(last);
    QTRY_COMPARE_WITH_TIMEOUT(ends.load(), 1, patience);
    const struct mallinfo2 after = ::mallinfo2();
    const double bytesEach = double(after.uordblks - before.uordblks) / jobs;
    qInfo("%.0f bytes a queued job", bytesEach);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY2(bytesEach <= 2048, qPrintable(QString::number(bytesEach)));
#else
    Q_UNUSED(bytesEach);
#endif
    supervisor.resumeQueue();
    supervisor.cancelAll();
    const QFuture<void> idle = supervisor.drain();
    QTRY_VERIFY_WITH_TIMEOUT(idle.isFinished(), patience);
    QCOMPARE(ends.load(), jobs + 1);
    QCOMPARE(cancelled.load(), jobs + 1);
}

QTEST_GUILESS_MAIN(tst_FaultClocks)
#include "tst_faultclocks.moc"
