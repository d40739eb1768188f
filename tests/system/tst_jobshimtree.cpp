// SPDX-License-Identifier: MIT
// How the jobshim ends a job: the ladder, leftovers, limits, stop, pause, signals. Every test leaves nothing behind.
#include "support/shimdriver.h"

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <vector>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using Wire::EndCause;
using Wire::Type;

class tst_JobShimTree : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void fault01_shellWithTwoSleepers();
    void fault02_daemons_data();
    void fault02_daemons();
    void fault03_chains_data();
    void fault03_chains();
    void forkingTree();
    void fault04_ignoresSigterm();
    void fault05_stopped();
    void fault06_stragglers();
    void stragglersThatObey();
    void manyChildren();
    void threadsWithChildren();
    void eachProcessGetsSigtermOnce();
    void graceIsShortenedByASecondStop();
    void stopAtOnce();
    void stopOfAnEndedProgramIsNotItsCause();
    void limitDuringCleanUpIsNotTheCause();
    void timeout();
    void deadline();
    void earlierLimitIsTheCause();
    void expired();
    void longLimits();
    void pauseStopsTheClock();
    void pausedJobDiesAtItsDeadline();
    void pausedJobIsStopped();
    void signalToTheProgram();
    void signalToTheTree();
    void killedByAStranger();
    void noneIsEarly();
    void killsWithoutDescriptors();
    void unkillable();

private:
    std::unique_ptr<ShimDriver> m_shim;
};

static constexpr qint64 ms = 1'000'000; // in ns

void tst_JobShimTree::init()
{
    m_shim = std::make_unique<ShimDriver>();
    QVERIFY(m_shim->start());
}

void tst_JobShimTree::cleanup()
{
    if (m_shim->job() > 0)
        QVERIFY(m_shim->nothingLeft());
    m_shim.reset();
}

static qint64 runTime(const ShimDriver &shim)
{
    return shim.ended()->at.monotonicNs - shim.started()->at.monotonicNs;
}

void tst_JobShimTree::fault01_shellWithTwoSleepers()
{
    m_shim->run(ShimDriver::command({"/bin/sh", "-c", "sleep 300 & sleep 300"}));
    QVERIFY(m_shim->waitUntil([&] { return countTagged(m_shim->tag()) == 3; }));
    m_shim->stop(1000 * ms);
    const Wire::EndedStatus end = m_shim->waitForEnd();
    QCOMPARE(end.cause, EndCause::Stop);
    QCOMPARE(end.signalled, 1);
    QCOMPARE(end.status, std::uint32_t(SIGTERM));
    QCOMPARE(end.treeKilled, 3U);
    QVERIFY(runTime(*m_shim) < 1000 * ms); // they obeyed
}

void tst_JobShimTree::fault02_daemons_data()
{
    QTest::addColumn<QString>("daemon");
    QTest::addColumn<qint64>("grace");
    for (const qint64 grace : {0 * ms, 100 * ms}) {
        for (const char *daemon : {"setsid-daemon", "double-fork-daemon"})
            QTest::addRow("%s, grace %lld ms", daemon, grace / ms) << QString::fromLatin1(daemon) << grace;
    }
}

void tst_JobShimTree::fault02_daemons()
{
    QFETCH(QString, daemon);
    QFETCH(qint64, grace);
    m_shim->run(ShimDriver::command(child({"ignore", "TERM", daemon.toStdString(), "text", "ready", "forever"})));
    QVERIFY(m_shim->waitForOutput("ready"));
    QCOMPARE(countTagged(m_shim->tag()), 2);
    m_shim->stop(grace);
    QCOMPARE(m_shim->waitForEnd().status, std::uint32_t(SIGKILL));
    QCOMPARE(m_shim->ended()->treeKilled, 2U);
    QCOMPARE(countTagged(m_shim->tag()), 0); // at once, not within half a second
}

void tst_JobShimTree::fault03_chains_data()
{
    QTest::addColumn<QStringList>("chain");
    QTest::newRow("fork") << QStringList{u"fork-chain"_s, u"0"_s};
    QTest::newRow("fork, a session each") << QStringList{u"fork-chain"_s, u"0"_s, u"setsid"_s};
    QTest::newRow("exec") << QStringList{u"exec-chain"_s, u"0"_s};
    QTest::newRow("exec, a session each") << QStringList{u"exec-chain"_s, u"0"_s, u"setsid"_s};
}

// Endless chains of processes that fork and exit, twenty at once; the program itself stays.
void tst_JobShimTree::fault03_chains()
{
    QFETCH(QStringList, chain);
    constexpr int chains = 20;
    std::vector<std::string> actions = {"fork", "["};
    for (const QString &word : chain)
        actions.push_back(word.toStdString());
    actions.insert(actions.end(), {"]", "forever"});
    Wire::RunCommand command = ShimDriver::command(child(actions));
    command.timeoutNs = 400 * ms;

    std::vector<std::unique_ptr<ShimDriver>> shims;
    for (int i = 0; i < chains; ++i) {
        shims.push_back(std::make_unique<ShimDriver>());
        QVERIFY(shims.back()->start());
    }
    for (int i = 0; i < chains; ++i) {
        command.killGraceNs = i % 2 == 0 ? 0 : 100 * ms;
        shims.at(size_t(i))->run(command);
    }
    for (const auto &shim : shims) {
        const Wire::EndedStatus end = shim->waitForEnd();
        QCOMPARE(end.cause, EndCause::Timeout);
        QCOMPARE(end.unkillable, 0);
        QCOMPARE(countTagged(shim->tag()), 0);
    }
    m_shim->run(command); // what cleanup() looks at
    m_shim->waitForEnd();
}

void tst_JobShimTree::forkingTree()
{
    Wire::RunCommand command = ShimDriver::command(child({"bomb", "64", "1"}));
    command.timeoutNs = 300 * ms;
    command.killGraceNs = 100 * ms;
    QCOMPARE(m_shim->runToEnd(command).unkillable, 0);
    QVERIFY(m_shim->ended()->treeKilled >= 10);
    QCOMPARE(countTagged(m_shim->tag()), 0);
}

void tst_JobShimTree::fault04_ignoresSigterm()
{
    Wire::RunCommand command = ShimDriver::command(child({"ignore-term"}));
    command.timeoutNs = 200 * ms;
    command.killGraceNs = 300 * ms;
    const Wire::EndedStatus end = m_shim->runToEnd(command);
    QCOMPARE(end.cause, EndCause::Timeout);
    QCOMPARE(end.signalled, 1);
    QCOMPARE(end.status, std::uint32_t(SIGKILL));
    QVERIFY(runTime(*m_shim) >= 500 * ms);
    QVERIFY2(runTime(*m_shim) < 550 * ms || sanitized, qPrintable(QString::number(runTime(*m_shim))));
}

void tst_JobShimTree::fault05_stopped()
{
    Wire::RunCommand command = ShimDriver::command(child({"stop-self", "exit", "1"}));
    command.deadlineNs = monotonicNs() + 300 * ms;
    const Wire::EndedStatus end = m_shim->runToEnd(command);
    QCOMPARE(end.cause, EndCause::Deadline);
    QCOMPARE(end.status, std::uint32_t(SIGTERM));
    QVERIFY(end.at.monotonicNs >= command.deadlineNs);
    // One that ignores SIGTERM goes on when it is continued, and is killed.
    command = ShimDriver::command(child({"ignore", "TERM", "stop-self", "text", "continued", "forever"}));
    command.deadlineNs = monotonicNs() + 300 * ms;
    command.killGraceNs = 200 * ms;
    QCOMPARE(m_shim->runToEnd(command).status, std::uint32_t(SIGKILL));
    QCOMPARE(m_shim->output(), "continued\n");
}

void tst_JobShimTree::fault06_stragglers()
{
    Wire::RunCommand command = ShimDriver::command(
        child({"ignore", "TERM", "children", "3", "double-fork-daemon", "setsid-daemon", "text", "x", "exit", "7"}));
    command.killGraceNs = 200 * ms;
    const Wire::EndedStatus end = m_shim->runToEnd(command);
    QCOMPARE(end.cause, EndCause::Itself);
    QCOMPARE(end.signalled, 0);
    QCOMPARE(end.status, 7U);
    QCOMPARE(end.leftovers, 5U);
    QCOMPARE(end.treeKilled, 5U);
    QVERIFY(runTime(*m_shim) < 200 * ms); // the program's own end, not that of its children
    QCOMPARE(countTagged(m_shim->tag()), 0);
}

void tst_JobShimTree::stragglersThatObey()
{
    Wire::RunCommand command = ShimDriver::command(child({"children", "2", "exit", "0"}));
    command.killGraceNs = 3600'000 * ms;
    const Wire::EndedStatus end = m_shim->runToEnd(command);
    QCOMPARE(end.leftovers, 2U);
    QCOMPARE(end.status, 0U);
    // Children that have ended, reaped or not, are no stragglers.
    QCOMPARE(m_shim->runChild({"fork", "[", "exit", "0", "]", "sleep", "100ms"}).leftovers, 0U);
}

void tst_JobShimTree::manyChildren()
{
    constexpr int count = 300;
    m_shim->run(
        ShimDriver::command(child({"ignore", "TERM", "children", std::to_string(count), "text", "ready", "forever"})));
    QVERIFY(m_shim->waitForOutput("ready"));
    m_shim->stop(1);
    const Wire::EndedStatus end = m_shim->waitForEnd();
    QCOMPARE(end.treeKilled, std::uint32_t(count + 1));
}

// A child is listed with the thread that started it, which need not be the first.
void tst_JobShimTree::threadsWithChildren()
{
    const char script[] = "import os, signal, threading, time\n"
                          "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                          "def spawn():\n"
                          "    if os.fork() == 0:\n"
                          "        os.setsid()\n"
                          "        time.sleep(300)\n"
                          "    time.sleep(300)\n"
                          "for i in range(3):\n"
                          "    threading.Thread(target=spawn).start()\n"
                          "time.sleep(300)\n";
    QProcess python;
    python.start(u"python3"_s, {u"--version"_s});
    if (!python.waitForFinished() || python.exitCode() != 0)
        QSKIP("needs python3 for a program whose threads start processes");
    Wire::RunCommand command = ShimDriver::command({"python3", "-c", script});
    command.killGraceNs = 3600'000 * ms;
    m_shim->run(command);
    QVERIFY(m_shim->waitUntil([&] { return countTagged(m_shim->tag()) == 4; }));
    m_shim->signal(SIGUSR1, true); // one that it misses would stay for an hour
    const Wire::EndedStatus end = m_shim->waitForEnd();
    QCOMPARE(end.cause, EndCause::SignalCommand);
    QCOMPARE(end.status, std::uint32_t(SIGUSR1));
}

// Many programs take a second SIGTERM as "now, without cleaning up".
void tst_JobShimTree::eachProcessGetsSigtermOnce()
{
    m_shim->run(ShimDriver::command(child(
        {"trap", "TERM", "children", "1", "fork", "[", "forever", "]", "setsid-daemon", "text", "ready", "forever"})));
    QVERIFY(m_shim->waitForOutput("ready"));
    m_shim->stop(300 * ms);
    m_shim->stop(300 * ms);
    const Wire::EndedStatus end = m_shim->waitForEnd();
    QCOMPARE(end.status, std::uint32_t(SIGKILL));
    QCOMPARE(m_shim->output().count("got 15\n"), 4);
}

void tst_JobShimTree::graceIsShortenedByASecondStop()
{
    m_shim->run(ShimDriver::command(child({"ignore", "TERM", "text", "ready", "forever"})));
    QVERIFY(m_shim->waitForOutput("ready"));
    m_shim->stop(3600'000 * ms);
    m_shim->stop(7200'000 * ms);
    m_shim->stop(0);
    QCOMPARE(m_shim->waitForEnd().status, std::uint32_t(SIGKILL));
    QCOMPARE(m_shim->ended()->cause, EndCause::Stop);
}

void tst_JobShimTree::stopAtOnce()
{
    m_shim->run(ShimDriver::command(child({"trap", "TERM", "text", "ready", "forever"})));
    QVERIFY(m_shim->waitForOutput("ready"));
    m_shim->stop(0);
    const Wire::EndedStatus end = m_shim->waitForEnd();
    QCOMPARE(end.status, std::uint32_t(SIGKILL));
    QCOMPARE(m_shim->output(), "ready\n"); // no SIGTERM came
    // A grace that is negative is none.
    m_shim->run(ShimDriver::command(child({"forever"})));
    m_shim->stop(-1);
    QCOMPARE(m_shim->waitForEnd().status, std::uint32_t(SIGKILL));
}

void tst_JobShimTree::stopOfAnEndedProgramIsNotItsCause()
{
    Wire::RunCommand command =
        ShimDriver::command(child({"ignore", "TERM", "children", "1", "text", "ready", "exit", "4"}));
    command.killGraceNs = 3600'000 * ms;
    m_shim->run(command);
    QVERIFY(m_shim->waitForOutput("ready"));
    const QString program = u"/proc/%1"_s.arg(m_shim->started()->pid);
    QVERIFY(m_shim->waitUntil([&] { return !QFileInfo::exists(program); })); // reaped
    QVERIFY(!m_shim->ended());
    m_shim->stop(0); // but it makes the cleaning up short
    const Wire::EndedStatus end = m_shim->waitForEnd();
    QCOMPARE(end.cause, EndCause::Itself);
    QCOMPARE(end.status, 4U);
    QCOMPARE(end.leftovers, 1U);
}

void tst_JobShimTree::limitDuringCleanUpIsNotTheCause()
{
    Wire::RunCommand command = ShimDriver::command(child({"ignore", "TERM", "children", "1", "sleep", "100ms"}));
    command.killGraceNs = 600 * ms;
    command.timeoutNs = 300 * ms;
    const Wire::EndedStatus end = m_shim->runToEnd(command);
    QCOMPARE(end.cause, EndCause::Itself);
    QCOMPARE(end.signalled, 0);
    QCOMPARE(end.leftovers, 1U);
}

void tst_JobShimTree::timeout()
{
    Wire::RunCommand command = ShimDriver::command(child({"text", "kept", "forever"}));
    command.timeoutNs = 150 * ms;
    Wire::EndedStatus end = m_shim->runToEnd(command);
    QCOMPARE(end.cause, EndCause::Timeout);
    QCOMPARE(end.status, std::uint32_t(SIGTERM));
    QCOMPARE(m_shim->output(), "kept\n");
    QVERIFY(runTime(*m_shim) >= 150 * ms);
    // Ends by itself in its grace: it was the limit all the same.
    command.arguments = {"/bin/sh", "-c", "trap 'exit 5' TERM; while :; do sleep 0.01; done"};
    end = m_shim->runToEnd(command);
    QCOMPARE(end.cause, EndCause::Timeout);
    QCOMPARE(end.signalled, 0);
    QCOMPARE(end.status, 5U);
    // In time.
    command.arguments = child({"sleep", "20ms", "exit", "6"});
    command.timeoutNs = 10'000 * ms;
    end = m_shim->runToEnd(command);
    QCOMPARE(end.cause, EndCause::Itself);
    QCOMPARE(end.status, 6U);
}

void tst_JobShimTree::deadline()
{
    Wire::RunCommand command = ShimDriver::command(child({"forever"}));
    command.deadlineNs = monotonicNs() + 200 * ms;
    const Wire::EndedStatus end = m_shim->runToEnd(command);
    QCOMPARE(end.cause, EndCause::Deadline);
    QVERIFY(end.at.monotonicNs >= command.deadlineNs);
}

void tst_JobShimTree::earlierLimitIsTheCause()
{
    Wire::RunCommand command = ShimDriver::command(child({"forever"}));
    command.timeoutNs = 100 * ms;
    command.deadlineNs = monotonicNs() + 10'000 * ms;
    QCOMPARE(m_shim->runToEnd(command).cause, EndCause::Timeout);
    command.timeoutNs = 10'000 * ms;
    command.deadlineNs = monotonicNs() + 100 * ms;
    QCOMPARE(m_shim->runToEnd(command).cause, EndCause::Deadline);
}

void tst_JobShimTree::expired()
{
    Wire::RunCommand command = ShimDriver::command(child({"forever"}));
    command.deadlineNs = monotonicNs() - 1;
    const Wire::EndedStatus end = m_shim->runToEnd(command);
    QCOMPARE(end.cause, EndCause::Expired);
    QVERIFY(end.at.monotonicNs >= command.deadlineNs);
    QVERIFY(!m_shim->started());
    QVERIFY(!QFileInfo::exists(m_shim->folder()));
    // Limits that the library refuses are over at once rather than lost.
    command.deadlineNs = -1;
    QCOMPARE(m_shim->runToEnd(command).cause, EndCause::Expired);
    command.deadlineNs = 0;
    command.timeoutNs = -1;
    QCOMPARE(m_shim->runToEnd(command).cause, EndCause::Timeout);
}

// Thirty days, three hundred years: honoured, which for a test means that they don't come early or break the shorter.
void tst_JobShimTree::longLimits()
{
    Wire::RunCommand command = ShimDriver::command(child({"sleep", "50ms", "exit", "3"}));
    for (const qint64 limit : {30LL * 24 * 3600 * 1000 * ms, std::numeric_limits<qint64>::max()}) {
        command.timeoutNs = limit;
        command.deadlineNs = limit;
        command.killGraceNs = limit;
        const Wire::EndedStatus end = m_shim->runToEnd(command);
        QCOMPARE(end.cause, EndCause::Itself);
        QCOMPARE(end.status, 3U);
    }
    command.deadlineNs = monotonicNs() + 100 * ms;
    command.arguments = child({"forever"});
    QCOMPARE(m_shim->runToEnd(command).cause, EndCause::Deadline);
}

static QByteArray stateOf(qint64 pid)
{
    const QByteArray stat = contentOf(u"/proc/%1/stat"_s.arg(pid));
    return stat.mid(stat.lastIndexOf(')') + 2, 1);
}

void tst_JobShimTree::pauseStopsTheClock()
{
    Wire::RunCommand command = ShimDriver::command(child({"setsid-daemon", "tick", "10ms", "1000000"}));
    command.timeoutNs = 400 * ms;
    m_shim->run(command);
    QVERIFY(m_shim->waitForOutput("tick 3\n"));
    m_shim->sendRaw(Type::Pause);
    const qint64 pid = m_shim->started()->pid;
    QVERIFY(m_shim->waitUntil([&] { return stateOf(pid) == "T"; }));
    const qint64 pausedAt = monotonicNs();
    m_shim->sendRaw(Type::Pause); // twice is once
    m_shim->waitUntil([] { return false; }, 600); // longer than the timeout
    QVERIFY(!m_shim->ended());
    QCOMPARE(stateOf(pid), "T");
    const QByteArray before = m_shim->log();
    m_shim->sendRaw(Type::Resume);
    m_shim->sendRaw(Type::Resume);
    const qint64 pausedNs = monotonicNs() - pausedAt;
    QVERIFY(m_shim->waitUntil([&] { return m_shim->log().size() > before.size(); }));
    const Wire::EndedStatus end = m_shim->waitForEnd();
    QCOMPARE(end.cause, EndCause::Timeout);
    QVERIFY(end.pausedNs >= 590 * ms);
    QVERIFY(end.pausedNs <= pausedNs + 2000 * ms);
    QVERIFY(runTime(*m_shim) >= 400 * ms + end.pausedNs);
}

void tst_JobShimTree::pausedJobDiesAtItsDeadline()
{
    Wire::RunCommand command = ShimDriver::command(child({"children", "2", "text", "ready", "forever"}));
    command.deadlineNs = monotonicNs() + 500 * ms;
    m_shim->run(command);
    QVERIFY(m_shim->waitForOutput("ready"));
    m_shim->sendRaw(Type::Pause);
    const Wire::EndedStatus end = m_shim->waitForEnd();
    QCOMPARE(end.cause, EndCause::Deadline);
    QCOMPARE(end.status, std::uint32_t(SIGTERM)); // it was continued, so that it could obey
    QVERIFY(end.pausedNs > 0);
}

void tst_JobShimTree::pausedJobIsStopped()
{
    for (const qint64 grace : {0 * ms, 10'000 * ms}) {
        m_shim->run(ShimDriver::command(child({"text", "ready", "forever"})));
        QVERIFY(m_shim->waitForOutput("ready"));
        m_shim->sendRaw(Type::Pause);
        m_shim->stop(grace);
        m_shim->sendRaw(Type::Pause); // too late, it is being ended
        QCOMPARE(m_shim->waitForEnd().cause, EndCause::Stop);
    }
}

void tst_JobShimTree::signalToTheProgram()
{
    m_shim->run(ShimDriver::command(
        child({"trap", "INT", "fork", "[", "trap", "INT", "forever", "]", "text", "ready", "forever"})));
    QVERIFY(m_shim->waitForOutput("ready"));
    m_shim->signal(SIGINT);
    QVERIFY(m_shim->waitForOutput("got 02\n"));
    m_shim->signal(SIGINT, true);
    QVERIFY(m_shim->waitUntil([&] { return m_shim->log().count("got 02\n") == 3; }));
    m_shim->signal(SIGUSR2);
    Wire::EndedStatus end = m_shim->waitForEnd();
    QCOMPARE(end.cause, EndCause::SignalCommand);
    QCOMPARE(end.signalled, 1);
    QCOMPARE(end.status, std::uint32_t(SIGUSR2));
    QCOMPARE(end.leftovers, 1U);
    // Another signal than the one that was sent, or an exit, is the program's own doing.
    m_shim->run(ShimDriver::command(child({"trap", "INT", "text", "ready", "read", "1", "signal", "QUIT"})));
    m_shim->signal(SIGCONT);
    end = m_shim->waitForEnd();
    QCOMPARE(end.cause, EndCause::Itself);
    QCOMPARE(end.status, 97U); // its standard input is empty
}

void tst_JobShimTree::signalToTheTree()
{
    m_shim->run(ShimDriver::command(child({"children", "3", "setsid-daemon", "text", "ready", "forever"})));
    QVERIFY(m_shim->waitForOutput("ready"));
    m_shim->signal(SIGKILL, true);
    const Wire::EndedStatus end = m_shim->waitForEnd();
    QCOMPARE(end.cause, EndCause::SignalCommand);
    QCOMPARE(end.status, std::uint32_t(SIGKILL));
}

void tst_JobShimTree::killedByAStranger()
{
    m_shim->run(ShimDriver::command(child({"children", "2", "text", "ready", "forever"})));
    QVERIFY(m_shim->waitForOutput("ready"));
    ::kill(pid_t(m_shim->started()->pid), SIGKILL);
    const Wire::EndedStatus end = m_shim->waitForEnd();
    QCOMPARE(end.cause, EndCause::Itself);
    QCOMPARE(end.status, std::uint32_t(SIGKILL));
    QCOMPARE(end.leftovers, 2U);
}

void tst_JobShimTree::noneIsEarly()
{
    Wire::RunCommand command = ShimDriver::command({"/bin/sleep", "60"});
    command.killGraceNs = 0;
    for (int i = 1; i <= 40; ++i) {
        command.timeoutNs = i * ms + i * 37'123;
        QCOMPARE(m_shim->runToEnd(command).cause, EndCause::Timeout);
        QVERIFY(runTime(*m_shim) >= command.timeoutNs);
    }
}

// No descriptor is left to look into /proc with: whoever loses its parent is still found.
void tst_JobShimTree::killsWithoutDescriptors()
{
    Wire::RunCommand command =
        ShimDriver::command(child({"ignore", "TERM", "setsid-fork", "[", "setsid-daemon", "children", "2", "forever",
                                   "]", "double-fork-daemon", "text", "ready", "forever"}));
    command.killGraceNs = 50 * ms;
    m_shim->run(command);
    QVERIFY(m_shim->waitForOutput("ready"));
    QVERIFY(m_shim->waitUntil([&] { return countTagged(m_shim->tag()) == 6; }));
    QVERIFY(m_shim->limitDescriptors(4));
    m_shim->stop(50 * ms);
    QCOMPARE(m_shim->waitForEnd().status, std::uint32_t(SIGKILL));
    QCOMPARE(countTagged(m_shim->tag()), 0);
}

// A debugger that doesn't wait for its victim keeps it from being reaped: as near as a test gets to one that can't die.
void tst_JobShimTree::unkillable()
{
    Wire::RunCommand command = ShimDriver::command(child({"text", "ready", "forever"}));
    m_shim->run(command);
    QVERIFY(m_shim->waitForOutput("ready"));
    const auto pid = pid_t(m_shim->started()->pid);
    if (::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) != 0)
        QSKIP("this system does not let one process trace another that isn't its child");
    m_shim->stop(0);
    const Wire::EndedStatus end = m_shim->waitForEnd();
    const qint64 afterNs = end.at.monotonicNs - m_shim->started()->at.monotonicNs;
    QCOMPARE(end.unkillable, 1);
    QCOMPARE(end.cause, EndCause::Stop);
    QVERIFY(afterNs >= 5000 * ms);
    QCOMPARE(m_shim->output(), "ready\n");
    int status = 0;
    QCOMPARE(::waitpid(pid, &status, __WALL), pid);
    QVERIFY(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

QTEST_GUILESS_MAIN(tst_JobShimTree)
#include "tst_jobshimtree.moc"
