// SPDX-License-Identifier: MIT
// Sessions and requests against a stand-in for llama-server, which does wrong what it is told to.
#include "core/runtime/localport.h"
#include "core/serving/chatclient.h"
#include "support/standintest.h"

#include <QJsonObject>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestServerSession : public StandinTest
{
    Q_OBJECT
private Q_SLOTS:
    void answers_data();
    void answers();
    void failures_data();
    void failures();
    void stopsByLimits_data();
    void stopsByLimits();
    void stallEndsTheAnswer();
    void cancelFreesTheSlot();
    void cancelledBeforeItIsSent();
    void requestsWaitForSlots();
    void heldAndPausedRequests();
    void programsAndServersShareNoPlace();
    void fault37();
    void argumentsThatTakeItOffItsKey();
    void secretsStayOut();
    void unknownServer();
    void metricsAreReadWhileShown();

private:
    // Whether the server itself says that its first slot is at work.
    static bool isServerBusy(ServerSession *session);
};

void TestServerSession::answers_data()
{
    QTest::addColumn<QStringList>("faults");
    QTest::addColumn<ChatRequest>("request");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("stopReason");

    const ChatRequest completion{.text = u"Once upon a time"_s, .nPredict = -1};
    for (const QString &dialect : {u"dialect=llamacpp"_s, u"dialect=bitnet"_s}) {
        const auto row = [&](const QString &name, const QStringList &more, const ChatRequest &request,
                             const QByteArray &answer = sixPieces, const QString &reason = u"eos"_s) {
            QTest::newRow(qPrintable(dialect + u", "_s + name))
                << QStringList(QStringList{dialect} + more) << request << answer << reason;
        };
        row(u"chat"_s, {}, ask());
        row(u"completion"_s, {}, completion);
        row(u"token limit"_s, {}, ask(u"Hello"_s, 2), sixPieces.first(sixPieces.size() / 3), u"limit"_s);
        row(u"byte by byte"_s, {u"cut=1"_s}, ask());
        row(u"in pieces of 7"_s, {u"cut=7"_s}, completion);
        row(u"CRLF and comments, cut"_s, {u"crlf=1"_s, u"cut=3"_s}, ask());
        row(u"no [DONE]"_s, {u"no-done=1"_s}, ask());
        row(u"503 first"_s, {u"load-ms=300"_s}, ask());
    }
}

void TestServerSession::answers()
{
    QFETCH(QStringList, faults);
    QFETCH(ChatRequest, request);
    QFETCH(QByteArray, answer);
    QFETCH(QString, stopReason);
    ServerSession *session = start(standin(faults));
    const JobRecord record = run(session, request);
    QVERIFY2(record.outcome == Outcome::Succeeded, qPrintable(record.reason));
    QCOMPARE(streamOf(record, OutputStreams::Stdout), answer);
    QCOMPARE(streamOf(record, OutputStreams::Stderr), QByteArray());
    QCOMPARE(record.stdoutBytes, answer.size());
    QCOMPARE(record.stopReason, stopReason);
    QCOMPARE(record.spec->server, session->name());
    QVERIFY(record.timings.promptTokens.value_or(0) > 0);
    QCOMPARE(record.timings.outputTokens, qint64(request.nPredict > 0 ? request.nPredict : 6));
    QVERIFY(record.ttft.value_or(0ns) > 0ns && *record.ttft <= *record.latency());
    QVERIFY(!record.exitCode && !record.signal && record.pid == 0);
    // A chunk a token.
    OutputLog log;
    QVERIFY(log.open(record.outputFolder));
    QCOMPARE(log.chunkCount(), *record.timings.outputTokens);
}

void TestServerSession::failures_data()
{
    QTest::addColumn<QStringList>("faults");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<QString>("reason");

    const QByteArray two = sixPieces.first(sixPieces.size() / 3);
    QTest::newRow("dies in mid-frame") << QStringList{u"die-at=2"_s} << two << u"ended in mid-answer"_s;
    QTest::newRow("error frame") << QStringList{u"error-at=2"_s} << two << u"the slot is lost"_s;
    QTest::newRow("400") << QStringList{u"refuse=400"_s, u"words=\"stop\" must be a list"_s} << QByteArray()
                         << u"\"stop\" must be a list"_s;
    QTest::newRow("context") << QStringList{u"refuse=400"_s, u"words=the request exceeds the available context size"_s}
                             << QByteArray() << u"longer than the server's context"_s;
    QTest::newRow("503 again") << QStringList{u"refuse=503"_s, u"words=Loading model"_s} << QByteArray()
                               << u"still loading"_s;
    QTest::newRow("401") << QStringList{u"refuse=401"_s, u"words=Invalid API Key"_s} << QByteArray()
                         << u"refused the API key"_s;
}

// What came until then is kept, and why it ended is in the record and on standard error.
void TestServerSession::failures()
{
    QFETCH(QStringList, faults);
    QFETCH(QByteArray, answer);
    QFETCH(QString, reason);
    ServerSession *session = start(standin(faults));
    const JobRecord record = run(session, ask());
    QCOMPARE(record.outcome, Outcome::Failed);
    QVERIFY2(record.reason.contains(reason), qPrintable(record.reason));
    QCOMPARE(streamOf(record, OutputStreams::Stdout), answer);
    QVERIFY(QString::fromUtf8(streamOf(record, OutputStreams::Stderr)).contains(reason));
    if (answer.isEmpty()) {
        QVERIFY(!record.ttft);
        QVERIFY(!record.timings.outputTokens);
    }
}

void TestServerSession::stopsByLimits_data()
{
    QTest::addColumn<JobLimits>("limits");
    QTest::addColumn<QString>("reason");

    QTest::newRow("timeout") << JobLimits{.timeout = 300ms} << u"Timed out after 300 ms"_s;
    QTest::newRow("deadline") << JobLimits{.deadline = 300ms} << u"Its deadline of 300 ms passed while it ran"_s;
}

void TestServerSession::stopsByLimits()
{
    QFETCH(JobLimits, limits);
    QFETCH(QString, reason);
    ServerSession *session = start(standin({u"stall-at=2"_s}));
    const JobRecord record = run(session, ask(), limits);
    QCOMPARE(record.outcome, Outcome::TimedOut);
    QVERIFY2(record.reason.startsWith(reason), qPrintable(record.reason));
    QVERIFY(*record.latency() >= 300ms);
    QVERIFY(!streamOf(record, OutputStreams::Stdout).isEmpty());
}

bool TestServerSession::isServerBusy(ServerSession *session)
{
    QSignalSpy read(session, &ServerSession::slotsRead);
    session->readSlots();
    return read.wait(patience) && read.constFirst().constFirst().toJsonArray().at(0)["is_processing"_L1].toBool();
}

// A server that begins to answer and then says nothing: the request fails in words, what came is kept, and its slot is free
// for the next.
void TestServerSession::stallEndsTheAnswer()
{
    ServerSettings settings = standin({u"stall-at=2"_s});
    settings.stall = 300ms;
    ServerSession *session = start(settings);
    const JobRecord record = run(session, ask());
    QCOMPARE(record.outcome, Outcome::Failed);
    QVERIFY2(record.reason.startsWith(u"The server stopped in mid-answer: nothing has come for 300 ms."_s),
             qPrintable(record.reason));
    QVERIFY(*record.latency() >= 300ms);
    QCOMPARE(streamOf(record, OutputStreams::Stdout), sixPieces.first(sixPieces.size() / 3));
    QTRY_VERIFY_WITH_TIMEOUT(!isServerBusy(session), patience);
    QCOMPARE(session->snapshot().state, ServerState::Ready);
    // The next one gets that slot: one token comes before this server stalls.
    QCOMPARE(run(session, ask(u"Then me"_s, 1)).outcome, Outcome::Succeeded);
}

void TestServerSession::cancelFreesTheSlot()
{
    ServerSession *session = start(standin({u"pieces=100000"_s, u"piece-ms=5"_s}));
    const JobId id = session->submitChat(ask());
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture->latest(id).firstOutput, patience);
    QVERIFY(isServerBusy(session));
    m_fixture->supervisor().cancel(id);
    m_fixture->waitUntilFinished(id);
    const JobRecord record = m_fixture->latest(id);
    QCOMPARE(record.outcome, Outcome::Cancelled);
    QVERIFY(!streamOf(record, OutputStreams::Stdout).isEmpty());
    // The figures of what there was came with each token.
    QVERIFY(record.timings.outputTokens.value_or(0) > 0);
    QTRY_VERIFY_WITH_TIMEOUT(!isServerBusy(session), patience);
}

// Qt 6.4 sends a request from the event loop, also when it was aborted by then, and complains.
void TestServerSession::cancelledBeforeItIsSent()
{
    QTest::failOnWarning(QRegularExpression(u"Internal problem"_s));
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    {
        ChatClient client({.url = QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()))});
        ChatStream *stream = client.send(ask());
        QSignalSpy finished(stream, &ChatStream::finished);
        stream->cancel();
        QCOMPARE(finished.size(), 1);
        QCOMPARE(finished[0][0].value<ChatEnding>().kind, ChatEnding::Kind::Cancelled);
        delete client.send(ask());
        // Whatever was to be sent has been by then.
        bool isAnswered = false;
        client.get(
            u"/health"_s, &client, [&isAnswered](const ChatClient::Answer &) { isAnswered = true; }, 200ms);
        QTRY_VERIFY_WITH_TIMEOUT(isAnswered, patience);
        QCOMPARE(finished.size(), 1);
    }
    QTcpSocket *socket = nullptr;
    QByteArray sent;
    while ((socket = server.nextPendingConnection()))
        sent += socket->readAll();
    QVERIFY2(!sent.contains("POST"), sent.constData());
}

void TestServerSession::requestsWaitForSlots()
{
    ServerSession *session = start(standin({u"pieces=100000"_s, u"piece-ms=5"_s}, 2));
    QCOMPARE(session->snapshot().slotCount, 2);
    const JobId first = session->submitChat(ask());
    const JobId second = session->submitChat(ask());
    const JobId third = session->submitChat(ask());
    const JobId urgent = session->submitChat(ask(), JobSpec{.name = u"urgent"_s, .priority = 5});
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().busySlots, 2, patience);
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().waitingRequests, 2, patience);
    QCOMPARE(session->snapshot().state, ServerState::Busy);
    QCOMPARE(m_fixture->latest(third).pendingReason, PendingReason::WaitingForServer);
    QVERIFY(m_fixture->latest(third).reason.contains(session->name()));
    m_fixture->supervisor().cancel(first);
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture->isRunning(urgent), patience);
    QCOMPARE(m_fixture->latest(third).state, JobState::Queued);
    for (const JobId id : {third, urgent, second})
        m_fixture->supervisor().cancel(id);
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Ready, patience);
    QCOMPARE(session->snapshot().answeredRequests, 4);
}

void TestServerSession::heldAndPausedRequests()
{
    ServerSession *session = start(standin());
    const JobId held = session->submitChat(ask(), JobSpec{.held = true});
    QTRY_COMPARE_WITH_TIMEOUT(m_fixture->latest(held).pendingReason, PendingReason::Held, patience);
    m_fixture->supervisor().pauseQueue();
    m_fixture->supervisor().resumeJob(held);
    QTRY_COMPARE_WITH_TIMEOUT(m_fixture->latest(held).pendingReason, PendingReason::WaitingForServer, patience);
    QCOMPARE(m_fixture->latest(held).state, JobState::Queued);
    m_fixture->supervisor().resumeQueue();
    m_fixture->waitUntilFinished(held);
    QCOMPARE(m_fixture->latest(held).outcome, Outcome::Succeeded);
}

// One program at a time, and still a server, its answer and a program run side by side.
void TestServerSession::programsAndServersShareNoPlace()
{
    const JobId sleeper = m_fixture->supervisor().submit({.command = {u"sleep"_s, u"300"_s}});
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture->isRunning(sleeper), patience);
    ServerSession *session = start(standin());
    QCOMPARE(run(session, ask()).outcome, Outcome::Succeeded);
    QVERIFY(m_fixture->isRunning(sleeper));
    m_fixture->supervisor().killNow(sleeper);
    m_fixture->waitUntilFinished(sleeper);
    // And the other way round.
    QCOMPARE(m_fixture->runToEnd({.command = {u"true"_s}}).outcome, Outcome::Succeeded);
}

// llama-server's port is taken: said beforehand, with one that is free; and when it is taken meanwhile.
void TestServerSession::fault37()
{
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost));
    ServerSettings settings = standin();
    settings.port = taken.serverPort();
    ConfigurationIssue issue;
    QVERIFY(!m_registry->start(settings, &issue));
    QCOMPARE(issue.field, u"port"_s);
    QVERIFY2(issue.message.contains(u"is free"_s), qPrintable(issue.message));

    ServerSession session(m_fixture->supervisor(), u"late"_s, settings, taken.serverPort());
    session.start();
    QTRY_COMPARE_WITH_TIMEOUT(session.snapshot().state, ServerState::Failed, patience);
    QVERIFY(session.snapshot().issue);
    QCOMPARE(session.snapshot().issue->field, u"port"_s);
}

void TestServerSession::argumentsThatTakeItOffItsKey()
{
    ServerSettings settings = standin();
    settings.request.extraArguments = {u"--api_key_file"_s, u"/dev/null"_s};
    ConfigurationIssue issue;
    QVERIFY(!m_registry->start(settings, &issue));
    QCOMPARE(issue.field, u"extra"_s);
    QVERIFY(m_registry->sessions().isEmpty());
}

// The key is in a file that only this user can read, and in no argument.
void TestServerSession::secretsStayOut()
{
    ServerSession *session = start(standin());
    const JobSpec &spec = *m_fixture->latest(session->snapshot().job).spec;
    QVERIFY(!session->apiKey().isEmpty());
    for (const QString &argument : spec.command)
        QVERIFY(!argument.contains(QString::fromLatin1(session->apiKey())));
    QVERIFY(spec.files.constFirst().secret);
    QFile key(session->snapshot().keyFile);
    QCOMPARE(key.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    QVERIFY(key.open(QIODevice::ReadOnly));
    QCOMPARE(key.readAll().trimmed(), session->apiKey());

    ChatClient stranger({.url = session->snapshot().url});
    std::optional<ChatEnding> ending;
    ChatStream *stream = stranger.send(ask());
    connect(stream, &ChatStream::finished, this, [&](const ChatEnding &end) { ending = end; });
    QTRY_VERIFY_WITH_TIMEOUT(ending, patience);
    QCOMPARE(ending->httpStatus, 401);
}

void TestServerSession::unknownServer()
{
    const JobRecord record = m_fixture->runToEnd({.command = {u"POST"_s, u"nowhere"_s},
                                                  .files = {{.name = u"request.json"_s, .content = "{}"}},
                                                  .server = u"nobody"_s});
    QCOMPARE(record.outcome, Outcome::FailedToStart);
    QVERIFY(record.reason.contains(u"nobody"_s));
}

void TestServerSession::metricsAreReadWhileShown()
{
    ServerSession *session = start(standin());
    QCOMPARE(run(session, ask()).outcome, Outcome::Succeeded);
    std::optional<ServerMetrics> metrics;
    connect(session, &ServerSession::metricsChanged, this, [&](const ServerMetrics &read) { metrics = read; });
    session->setMetricsShown(true);
    QTRY_VERIFY_WITH_TIMEOUT(metrics, patience);
    QCOMPARE(metrics->predictedTokens, 6);
    session->setMetricsShown(false);
}

QTEST_GUILESS_MAIN(TestServerSession)
#include "tst_serversession.moc"
