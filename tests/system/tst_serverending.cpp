// SPDX-License-Identifier: MIT
// How a session ends and is restarted, against a stand-in for llama-server: what it says, and what becomes of the requests.
#include "support/standintest.h"

#include <csignal>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace std::chrono_literals;

class TestServerEnding : public StandinTest
{
    Q_OBJECT
private Q_SLOTS:
    void diesWhileItLoads();
    void diesUnasked();
    void waitsLongerBeforeEachRestart();
    void stopFailsWhatWaits();
    void supervisorIsDestroyed();
};

void TestServerEnding::diesWhileItLoads()
{
    ServerSession *session = start(standin({u"exit=1"_s, u"words=error: invalid argument: --frobnicate"_s}), false);
    const JobId waiting = session->submitChat(ask());
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Failed, patience);
    QVERIFY2(session->snapshot().reason.contains(u"--frobnicate"_s), qPrintable(session->snapshot().reason));
    QVERIFY(session->snapshot().failure);
    m_fixture->waitUntilFinished(waiting);
    QCOMPARE(m_fixture->latest(waiting).outcome, Outcome::FailedToStart);
    QVERIFY(m_fixture->latest(waiting).reason.contains(u"--frobnicate"_s));
    QString error;
    QVERIFY(!session->submitChat(ask(), JobLimits(), &error).isValid());
    QVERIFY(error.contains(u"not running"_s));
    QVERIFY(m_registry->remove(session->name()));
}

void TestServerEnding::diesUnasked()
{
    ServerSession *session = start(standin({u"pieces=100000"_s, u"piece-ms=5"_s}));
    const JobId server = session->snapshot().job;
    ::kill(pid_t(session->snapshot().pid), SIGKILL);
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Failed, patience);
    QVERIFY2(session->snapshot().reason.contains(u"by a signal from outside"_s),
             qPrintable(session->snapshot().reason));
    QVERIFY(m_fixture->nothingLeft(server));

    // Restarted when asked for, with what waits for it.
    session->setRestartOnCrash(true);
    session->start();
    QTRY_VERIFY_WITH_TIMEOUT(session->snapshot().isRunning(), patience);
    const JobId answering = session->submitChat(ask());
    const JobId behind = session->submitChat(ask(u"Then me"_s, 2));
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture->latest(answering).firstOutput, patience);
    ::kill(pid_t(session->snapshot().pid), SIGKILL);
    m_fixture->waitUntilFinished(answering);
    QCOMPARE(m_fixture->latest(answering).outcome, Outcome::Failed);
    m_fixture->waitUntilFinished(behind);
    QVERIFY2(m_fixture->latest(behind).outcome == Outcome::Succeeded, qPrintable(m_fixture->latest(behind).reason));
    QCOMPARE(session->snapshot().restarts, 1);
}

// Seen while it waits: how long, why, and the log of the one that crashed. Stopped meanwhile, it is not started again.
void TestServerEnding::waitsLongerBeforeEachRestart()
{
    ServerSession *session = start(standin());
    session->setRestartOnCrash(true);
    for (const auto delay : {1s, 2s}) {
        QTRY_VERIFY_WITH_TIMEOUT(session->snapshot().isRunning(), patience);
        const JobId crashed = session->snapshot().job;
        ::kill(pid_t(session->snapshot().pid), SIGABRT);
        QTRY_VERIFY_WITH_TIMEOUT(session->snapshot().restartIn, patience);
        const ServerSnapshot waiting = session->snapshot();
        QCOMPARE(waiting.state, ServerState::Starting);
        QCOMPARE(*waiting.restartIn, std::chrono::milliseconds(delay));
        QCOMPARE(waiting.logJob, crashed);
        QVERIFY2(waiting.reason.contains(u"SIGABRT"_s) && waiting.reason.contains(u"started again in"_s),
                 qPrintable(waiting.reason));
    }
    QCOMPARE(session->snapshot().restarts, 2);
    session->stop();
    QCOMPARE(session->snapshot().state, ServerState::Stopped);
}

void TestServerEnding::stopFailsWhatWaits()
{
    ServerSession *session = start(standin({u"pieces=100000"_s, u"piece-ms=5"_s, u"abort-on-term=1"_s}));
    const JobId server = session->snapshot().job;
    const JobId answering = session->submitChat(ask());
    const JobId waiting = session->submitChat(ask());
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture->latest(answering).firstOutput, patience);
    session->stop();
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Stopped, patience);
    QVERIFY(session->snapshot().reason.isEmpty());
    // SIGABRT after a stop that was asked for is no crash.
    QCOMPARE(m_fixture->latest(server).outcome, Outcome::Cancelled);
    m_fixture->waitUntilFinished(answering);
    m_fixture->waitUntilFinished(waiting);
    QCOMPARE(m_fixture->latest(answering).outcome, Outcome::Failed);
    QCOMPARE(m_fixture->latest(waiting).outcome, Outcome::FailedToStart);
    for (const JobId id : {answering, waiting})
        QVERIFY2(m_fixture->latest(id).reason.contains(u"was stopped"_s), qPrintable(m_fixture->latest(id).reason));
}

void TestServerEnding::supervisorIsDestroyed()
{
    ServerSession *session = start(standin({u"pieces=100000"_s, u"piece-ms=5"_s}));
    const JobId answering = session->submitChat(ask());
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture->latest(answering).firstOutput, patience);
    const QByteArray tag = m_fixture->tag(session->snapshot().job);
    m_registry.reset();
    m_fixture->destroySupervisor();
    QCOMPARE(countTagged(tag), 0);
}

QTEST_GUILESS_MAIN(TestServerEnding)
#include "tst_serverending.moc"
