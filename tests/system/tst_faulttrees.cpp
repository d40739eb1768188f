// SPDX-License-Identifier: MIT
// Faults around process trees and their end. Each test is named after its row in the list of faults.
#include "support/supervisorfixture.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>

#include <csignal>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_FaultTrees : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fault01_shellWithTwoSleepersIsCancelled();
    void fault02_daemonsUnderTheJob_data();
    void fault02_daemonsUnderTheJob();
    void fault03_forkAndExitChains_data();
    void fault03_forkAndExitChains();
    void fault04_jobIgnoresSigterm();
    void fault05_stoppedJobDiesAtItsDeadline();
    void fault06_stragglersAreKilledAndCounted();
    void fault07_grandchildWritesAfterTheExit();
    void fault09_shimIsKilled();
    void fault11_hostileSignalSetup();
};

static JobSpec sh(const QString &script)
{
    return {.command = {u"/bin/sh"_s, u"-c"_s, script}};
}

void tst_FaultTrees::fault01_shellWithTwoSleepersIsCancelled()
{
    SupervisorFixture f;
    const JobId id = f.supervisor().submit(sh(u"sleep 300 & sleep 300"_s));
    QTRY_VERIFY_WITH_TIMEOUT(countTagged(f.tag(id)) == 3, patience);
    f.supervisor().cancel(id);
    f.waitUntilFinished(id);
    QCOMPARE(f.latest(id).outcome, Outcome::Cancelled);
    QVERIFY(f.nothingLeft(id));
}

void tst_FaultTrees::fault02_daemonsUnderTheJob_data()
{
    QTest::addColumn<QStringList>("child");
    QTest::newRow("setsid") << QStringList{u"setsid-fork"_s, u"["_s, u"forever"_s, u"]"_s, u"forever"_s};
    QTest::newRow("double fork") << QStringList{u"daemon"_s, u"["_s, u"forever"_s, u"]"_s, u"forever"_s};
}

void tst_FaultTrees::fault02_daemonsUnderTheJob()
{
    QFETCH(QStringList, child);
    SupervisorFixture f;
    // The program stays, its daemon beside it.
    const JobId id = f.supervisor().submit({.command = testChild(child)});
    QTRY_COMPARE_WITH_TIMEOUT(countTagged(f.tag(id)), 2, patience);
    f.supervisor().cancel(id);
    f.waitUntilFinished(id);
    QVERIFY(f.nothingLeft(id));
}

void tst_FaultTrees::fault03_forkAndExitChains_data()
{
    QTest::addColumn<QStringList>("child");
    QTest::newRow("in the group") << QStringList{u"ignore"_s, u"TERM"_s, u"fork-chain"_s, u"0"_s};
    QTest::newRow("a new program each") << QStringList{u"ignore"_s, u"TERM"_s, u"exec-chain"_s, u"0"_s, u"setsid"_s};
    QTest::newRow("a session each") << QStringList{u"ignore"_s, u"TERM"_s, u"fork-chain"_s, u"0"_s, u"setsid"_s};
}

void tst_FaultTrees::fault03_forkAndExitChains()
{
    QFETCH(QStringList, child);
    SupervisorFixture f(20);
    QList<JobId> ids;
    for (int i = 0; i < 20; ++i)
        ids.append(f.supervisor().submit({.command = testChild(child), .limits = {.killGrace = 500ms}}));
    QTRY_COMPARE_WITH_TIMEOUT(f.finishedCount(), 20, patience);
    for (const JobId id : std::as_const(ids)) {
        QVERIFY(f.nothingLeft(id));
        QVERIFY(!f.latest(id).unkillable);
        // The program itself ends at once; what is left of it goes through thousands of generations until its grace is over.
        QCOMPARE(f.latest(id).outcome, Outcome::Succeeded);
        QVERIFY(f.latest(id).leftoverProcesses > 0);
    }
}

void tst_FaultTrees::fault04_jobIgnoresSigterm()
{
    SupervisorFixture f;
    JobSpec spec{.command = testChild({u"ignore-term"_s})};
    spec.limits = {.timeout = 300ms, .killGrace = 400ms};
    const JobRecord record = f.runToEnd(spec);
    QCOMPARE(record.outcome, Outcome::TimedOut);
    QCOMPARE(record.signal, SIGKILL);
    QVERIFY(*record.runTime() >= 700ms);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY2(*record.runTime() <= 750ms, qPrintable(QString::number(record.runTime()->count())));
#endif
    QVERIFY(f.nothingLeft(record.id));
}

void tst_FaultTrees::fault05_stoppedJobDiesAtItsDeadline()
{
    SupervisorFixture f;
    const JobRecord record = f.runToEnd({.command = testChild({u"stop-self"_s}), .limits = {.deadline = 400ms}});
    QCOMPARE(record.outcome, Outcome::TimedOut);
    QVERIFY(*record.latency() >= 400ms);
    QVERIFY(f.nothingLeft(record.id));
}

void tst_FaultTrees::fault06_stragglersAreKilledAndCounted()
{
    SupervisorFixture f;
    const JobRecord record = f.runToEnd(sh(u"sleep 300 & sleep 300 & sleep 300 & exit 0"_s));
    QCOMPARE(record.outcome, Outcome::Succeeded);
    QCOMPARE(record.leftoverProcesses, 3);
    QVERIFY2(record.reason.contains(u"3 processes"_s), qPrintable(record.reason));
    QVERIFY(*record.runTime() < 60s);
    QVERIFY(f.nothingLeft(record.id));
}

void tst_FaultTrees::fault07_grandchildWritesAfterTheExit()
{
    SupervisorFixture f;
    const JobRecord record =
        f.runToEnd(sh(u"(trap '' TERM; echo one; sleep 0.5; echo late; sleep 300) & sleep 0.2; exit 0"_s));
    QCOMPARE(record.outcome, Outcome::Succeeded);
    const QByteArray output = JobResult(record).standardOutput();
    QCOMPARE(output.size() + record.droppedBytes, record.stdoutBytes);
    QCOMPARE(output, "one\nlate\n"_ba); // written within the grace of its SIGTERM
    QVERIFY(f.nothingLeft(record.id));
}

void tst_FaultTrees::fault09_shimIsKilled()
{
    SupervisorFixture f(1);
    const JobId id = f.supervisor().submit(sh(u"setsid sleep 300 & sleep 300"_s));
    QTRY_VERIFY_WITH_TIMEOUT(countTagged(f.tag(id)) == 3, patience);
    QFile status(u"/proc/%1/stat"_s.arg(f.latest(id).pid));
    QVERIFY(status.open(QIODevice::ReadOnly));
    const QByteArray fields = status.readAll();
    const pid_t shim = fields.mid(fields.lastIndexOf(')') + 2).split(' ').at(1).toInt();
    QCOMPARE(::kill(shim, SIGKILL), 0);
    f.waitUntilFinished(id);
    QCOMPARE(f.latest(id).outcome, Outcome::Lost);
    QVERIFY(!f.latest(id).reason.isEmpty());
    QVERIFY(f.nothingLeft(id));
    QCOMPARE(f.runToEnd({.command = {u"/bin/true"_s}}).outcome, Outcome::Succeeded);
}

void tst_FaultTrees::fault11_hostileSignalSetup()
{
    // What a careless parent leaves to all that it starts.
    struct sigaction ignore
    {
    };
    struct sigaction before
    {
    };
    ignore.sa_handler = SIG_IGN;
    sigset_t blocked;
    sigset_t mask;
    ::sigemptyset(&blocked);
    for (const int signal : {SIGTERM, SIGCHLD, SIGALRM})
        ::sigaddset(&blocked, signal);

    // QProcess needs SIGCHLD itself, so it is the shim's own parent that is hostile: a wrapper in between.
    QTemporaryDir place;
    const QString wrapper = place.filePath(u"hostile"_s);
    QFile script(wrapper);
    QVERIFY(script.open(QIODevice::WriteOnly));
    script.write("#!/bin/sh\ntrap '' CHLD HUP PIPE USR1 TERM\nexec " + binaryPath(u"bitnet-jobshim"_s).toUtf8() + "\n");
    script.close();
    QVERIFY(script.setPermissions(QFile::ReadOwner | QFile::ExeOwner));

    // The mask is inherited by the supervisor thread and, through it, by the shim.
    QCOMPARE(::pthread_sigmask(SIG_BLOCK, &blocked, &mask), 0);
    QCOMPARE(::sigaction(SIGUSR2, &ignore, &before), 0);
    {
        SupervisorFixture f(1, {.shimPath = wrapper});
        QCOMPARE(f.runToEnd({.command = testChild({u"exit"_s, u"77"_s})}).exitCode, 77);
        QCOMPARE(f.runToEnd({.command = testChild({u"signal"_s, QString::number(SIGTERM)})}).signal, SIGTERM);
        QCOMPARE(f.runToEnd({.command = testChild({u"signal"_s, QString::number(SIGUSR2)})}).signal, SIGUSR2);
        const JobRecord timedOut =
            f.runToEnd({.command = {u"sleep"_s, u"60"_s}, .limits = {.timeout = 200ms, .killGrace = 20s}});
        QCOMPARE(timedOut.outcome, Outcome::TimedOut);
        QCOMPARE(timedOut.signal, SIGTERM);
    }
    QCOMPARE(::sigaction(SIGUSR2, &before, nullptr), 0);
    QCOMPARE(::pthread_sigmask(SIG_SETMASK, &mask, nullptr), 0);
}

QTEST_GUILESS_MAIN(tst_FaultTrees)
#include "tst_faulttrees.moc"
