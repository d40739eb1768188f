// SPDX-License-Identifier: MIT
// Sessions with llama-servers of real engines. Skipped unless BITNET_ENGINES names build folders, see tst_realengines.
#include "core/output/outputlog.h"
#include "core/runtime/localport.h"
#include "core/serving/chatclient.h"
#include "core/serving/serverregistry.h"
#include "core/serving/serversession.h"
#include "support/supervisorfixture.h"

#include <QJsonObject>
#include <QSignalSpy>
#include <QTcpServer>

#include <csignal>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QString modelPath(const QString &name)
{
    return QStringLiteral(BITNET_TEST_DATA "/models/") + name;
}

const QString chatModel = modelPath(u"tiny-llama-chat-f16.gguf"_s);
const QString ternaryModel = modelPath(u"tiny-bitnet-i2_s.gguf"_s);

QByteArray streamOf(const JobRecord &record, OutputStreams streams)
{
    OutputLog log;
    return log.open(record.outputFolder) ? log.readAll(streams) : QByteArray();
}

ChatRequest ask(const QString &prompt, int nPredict)
{
    return {.messages = {{u"user"_s, prompt}}, .nPredict = nPredict};
}

// A slot is busy: A says is_processing, B a state other than 0.
int busySlots(const QJsonArray &serverSlots)
{
    int busy = 0;
    for (const QJsonValue &slot : serverSlots)
        busy += slot["is_processing"_L1].toBool() || slot["state"_L1].toInt() != 0 ? 1 : 0;
    return busy;
}

} // namespace

class TestRealServers : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void twoTurns_data() { eachEngine(); }
    void twoTurns();
    void completion_data() { eachEngine(); }
    void completion();
    void stopFreesTheSlot_data() { eachEngine(); }
    void stopFreesTheSlot();
    void requestsQueue_data() { eachEngine(); }
    void requestsQueue();
    void killedFromOutside_data() { eachEngine(); }
    void killedFromOutside();
    void restartsAfterACrash_data() { eachEngine(); }
    void restartsAfterACrash();
    void portIsTaken_data() { eachEngine(); }
    void portIsTaken();
    void wrongModel_data() { eachEngine(); }
    void wrongModel();
    void bitnetModel_data() { eachEngine(); }
    void bitnetModel();
    void keyIsAskedFor_data() { eachEngine(); }
    void keyIsAskedFor();
    void supervisorGoesServerGoes_data() { eachEngine(); }
    void supervisorGoesServerGoes();

private:
    void eachEngine() const;
    ServerSettings settings(const QString &model = chatModel) const;

    QStringList m_engines;
};

void TestRealServers::initTestCase()
{
    m_engines = qEnvironmentVariable("BITNET_ENGINES").split(u':', Qt::SkipEmptyParts);
    if (m_engines.isEmpty())
        QSKIP("BITNET_ENGINES names no engines");
}

void TestRealServers::eachEngine() const
{
    QTest::addColumn<QString>("engine");
    for (const QString &engine : m_engines)
        QTest::newRow(qPrintable(engine)) << engine;
}

ServerSettings TestRealServers::settings(const QString &model) const
{
    QFETCH(QString, engine);
    // Not the one that every application tries first: another may run on this machine.
    return {.request = {.model = model, .ctxSize = 2048, .gpuLayers = 0},
            .buildDir = engine,
            .port = freePort(),
            .showSlots = true};
}

#define START(session) \
    ServerSession *session = registry.start(settings()); \
    QVERIFY(session); \
    QTRY_VERIFY2_WITH_TIMEOUT(session->snapshot().isRunning(), qPrintable(session->snapshot().reason), patience)

void TestRealServers::twoTurns()
{
    SupervisorFixture f(1);
    ServerRegistry registry(f.supervisor());
    START(session);
    QCOMPARE(session->snapshot().slotCount, 1);
    QVERIFY(session->snapshot().contextSize.value_or(0) > 0);
    QVERIFY(session->snapshot().hasChatTemplate.value_or(false));
    QVERIFY(session->snapshot().loadTime.value_or(0ns) > 0ns);

    ChatRequest request = ask(u"Tell me of the queue"_s, 24);
    for (int turn = 0; turn < 2; ++turn) {
        QString error;
        const JobId id = session->submitChat(request, JobLimits{.timeout = 60s}, &error);
        QVERIFY2(id.isValid(), qPrintable(error));
        f.waitUntilFinished(id);
        const JobRecord record = f.latest(id);
        QVERIFY2(record.outcome == Outcome::Succeeded, qPrintable(record.reason));
        const QByteArray answer = streamOf(record, OutputStreams::Stdout);
        QVERIFY(!answer.isEmpty());
        QCOMPARE(record.stdoutBytes, answer.size());
        QCOMPARE(streamOf(record, OutputStreams::Stderr), QByteArray());
        QVERIFY(record.ttft.value_or(0ns) > 0ns);
        QVERIFY(*record.ttft <= record.latency().value());
        QVERIFY(record.timings.promptTokens.value_or(0) > 0);
        QVERIFY(record.timings.outputTokens.value_or(0) > 0 && *record.timings.outputTokens <= 24);
        QVERIFY(record.stopReason == "limit"_L1 || record.stopReason == "eos"_L1);

        // Each piece has its time, and none is later than the end.
        OutputLog log;
        QVERIFY(log.open(record.outputFolder));
        QVERIFY(log.chunkCount() > 1);
        QVERIFY(log.chunk(log.chunkCount() - 1).elapsed <= record.runTime().value());
        // An engine that tells no times is measured here, unless all came at once.
        const auto taken = log.chunk(log.chunkCount() - 1).elapsed - log.chunk(0).elapsed;
        const bool cameAtOnce = taken < 100us * *record.timings.outputTokens;
        QVERIFY(record.timings.decodeMs.value_or(0) > 0 || cameAtOnce);
        QVERIFY(record.timings.decodeTps.value_or(0) > 0 || cameAtOnce);
        request.messages += {{u"assistant"_s, QString::fromUtf8(answer)}, {u"user"_s, u"And then?"_s}};
    }
    QTRY_COMPARE(session->snapshot().answeredRequests, 2);

    const JobId server = session->snapshot().job;
    session->stop();
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Stopped, patience);
    // A aborts after its clean-up, B dies of the signal itself: both were asked to.
    QCOMPARE(f.latest(server).outcome, Outcome::Cancelled);
    QVERIFY(f.nothingLeft(server));
}

void TestRealServers::completion()
{
    SupervisorFixture f(1);
    ServerRegistry registry(f.supervisor());
    START(session);
    const JobId id = session->submitChat({.text = u"Summarise the release notes"_s, .nPredict = 8});
    f.waitUntilFinished(id);
    const JobRecord record = f.latest(id);
    QVERIFY2(record.outcome == Outcome::Succeeded, qPrintable(record.reason));
    QVERIFY(!streamOf(record, OutputStreams::Stdout).isEmpty());
    QVERIFY(record.timings.prefillMs.value_or(0) > 0);
    QVERIFY(record.timings.promptTokens.value_or(0) > 0);
    QVERIFY(record.stopReason == "limit"_L1 || record.stopReason == "eos"_L1);
}

void TestRealServers::stopFreesTheSlot()
{
    SupervisorFixture f(1);
    ServerRegistry registry(f.supervisor());
    START(session);
    QSignalSpy read(session, &ServerSession::slotsRead);
    const auto busy = [&]() -> int {
        read.clear();
        session->readSlots();
        return read.wait(patience) ? busySlots(read.constFirst().constFirst().toJsonArray()) : -1;
    };
    ChatRequest endless = ask(u"Count for ever"_s, 100'000);
    endless.sampling.seed = 7;
    const JobId id = session->submitChat(endless);
    QTRY_VERIFY_WITH_TIMEOUT(f.latest(id).firstOutput, patience);
    QTRY_COMPARE(session->snapshot().state, ServerState::Busy);
    if (f.isFinished(id))
        QSKIP("the model ended its answer by itself before it could be stopped");
    QElapsedTimer timer;
    timer.start();
    f.supervisor().cancel(id);
    f.waitUntilFinished(id);
    const JobRecord record = f.latest(id);
    QCOMPARE(record.outcome, Outcome::Cancelled);
    QVERIFY(!streamOf(record, OutputStreams::Stdout).isEmpty());
    QTRY_VERIFY_WITH_TIMEOUT(busy() == 0, patience);
    qInfo() << "slot free after" << timer.elapsed() << "ms;" << record.timings.outputTokens.value_or(-1)
            << "tokens were told";
    QTRY_COMPARE(session->snapshot().state, ServerState::Ready);
}

void TestRealServers::requestsQueue()
{
    SupervisorFixture f(1);
    ServerRegistry registry(f.supervisor());
    ServerSession *session = registry.start(settings());
    QVERIFY(session);
    // While the model is loaded, they wait.
    QList<JobId> ids;
    for (int i = 0; i < 3; ++i)
        ids += session->submitChat(ask(u"One"_s, 8));
    for (const JobId id : ids) {
        f.waitUntilFinished(id);
        QVERIFY2(f.latest(id).outcome == Outcome::Succeeded, qPrintable(f.latest(id).reason));
    }
    QCOMPARE(f.history(ids.last()).constFirst().pendingReason, PendingReason::WaitingForServer);
    QVERIFY(f.latest(ids[1]).started->monotonic >= f.latest(ids[0]).completed->monotonic);
}

void TestRealServers::killedFromOutside()
{
    SupervisorFixture f(1);
    ServerRegistry registry(f.supervisor());
    START(session);
    const JobId answering = session->submitChat(ask(u"Count for ever"_s, 100'000));
    const JobId waiting = session->submitChat(ask(u"Then me"_s, 8));
    QTRY_VERIFY_WITH_TIMEOUT(f.latest(answering).firstOutput, patience);
    const JobId server = session->snapshot().job;
    ::kill(pid_t(session->snapshot().pid), SIGKILL);
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Failed, patience);
    QVERIFY2(session->snapshot().reason.contains(u"by a signal from outside"_s),
             qPrintable(session->snapshot().reason));
    f.waitUntilFinished(answering);
    f.waitUntilFinished(waiting);
    if (f.latest(answering).outcome != Outcome::Succeeded) // it may have come to its end before
        QCOMPARE(f.latest(answering).outcome, Outcome::Failed);
    QVERIFY(f.latest(waiting).isFinished());
    QVERIFY(!f.latest(waiting).reason.isEmpty());
    QVERIFY(f.nothingLeft(server));
    qInfo().noquote() << session->snapshot().reason << "|" << f.latest(answering).reason << "|"
                      << f.latest(waiting).reason;
    // And again.
    session->start();
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Ready, patience);
    const JobId after = session->submitChat(ask(u"Again"_s, 4));
    f.waitUntilFinished(after);
    QCOMPARE(f.latest(after).outcome, Outcome::Succeeded);
}

void TestRealServers::restartsAfterACrash()
{
    SupervisorFixture f(1);
    ServerRegistry registry(f.supervisor());
    START(session);
    session->setRestartOnCrash(true);
    // One is being answered, and one waits behind it.
    const JobId answering = session->submitChat(ask(u"Count for ever"_s, 100'000));
    const JobId behind = session->submitChat(ask(u"Then me"_s, 4));
    QTRY_VERIFY_WITH_TIMEOUT(f.latest(answering).firstOutput, patience);
    ::kill(pid_t(session->snapshot().pid), SIGSEGV);
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().restarts, 1, patience);
    f.waitUntilFinished(behind);
    QVERIFY2(f.latest(behind).outcome == Outcome::Succeeded, qPrintable(f.latest(behind).reason));
    const JobId waiting = session->submitChat(ask(u"I wait"_s, 4));
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Ready, patience);
    f.waitUntilFinished(waiting);
    QVERIFY2(f.latest(waiting).outcome == Outcome::Succeeded, qPrintable(f.latest(waiting).reason));
}

void TestRealServers::portIsTaken()
{
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost));
    SupervisorFixture f(1);
    ServerRegistry registry(f.supervisor());
    ServerSettings wanted = settings();
    wanted.port = taken.serverPort();
    ConfigurationIssue issue;
    QVERIFY(!registry.start(wanted, &issue));
    QCOMPARE(issue.field, u"port"_s);
    QVERIFY2(issue.message.contains("is free"_L1), qPrintable(issue.message));
}

void TestRealServers::wrongModel()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"broken.gguf"_s);
    QFile source(chatModel);
    QFile target(path);
    QVERIFY(source.open(QIODevice::ReadOnly) && target.open(QIODevice::WriteOnly));
    target.write(source.read(source.size() / 2));
    target.close();

    SupervisorFixture f(1);
    ServerRegistry registry(f.supervisor());
    ServerSession *session = registry.start(settings(path));
    QVERIFY(session);
    const JobId waiting = session->submitChat(ask(u"I wait"_s, 4));
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Failed, patience);
    QVERIFY2(session->snapshot().failure, qPrintable(session->snapshot().reason));
    QCOMPARE(session->snapshot().failure->kind, EngineFailure::Kind::ModelIncomplete);
    f.waitUntilFinished(waiting);
    QCOMPARE(f.latest(waiting).outcome, Outcome::FailedToStart);
    qInfo().noquote() << session->snapshot().reason << "|" << f.latest(waiting).reason;
}

// The engine that knows I2_S answers, the other one says that it doesn't.
void TestRealServers::bitnetModel()
{
    SupervisorFixture f(1);
    ServerRegistry registry(f.supervisor());
    ServerSession *session = registry.start(settings(ternaryModel));
    QVERIFY(session);
    QTRY_VERIFY_WITH_TIMEOUT(session->snapshot().isRunning() || !session->snapshot().isActive(), patience);
    if (session->snapshot().isRunning()) {
        const JobId id = session->submitChat(ask(u"Hello"_s, 8));
        f.waitUntilFinished(id);
        QVERIFY2(f.latest(id).outcome == Outcome::Succeeded, qPrintable(f.latest(id).reason));
        return;
    }
    QCOMPARE(session->snapshot().state, ServerState::Failed);
    QVERIFY(session->snapshot().failure);
    QCOMPARE(session->snapshot().failure->kind, EngineFailure::Kind::ModelUnsupported);
}

void TestRealServers::keyIsAskedFor()
{
    SupervisorFixture f(1);
    ServerRegistry registry(f.supervisor());
    START(session);
    const QFileInfo keyFile(session->snapshot().keyFile);
    QCOMPARE(keyFile.permissions() & ~(QFile::ReadUser | QFile::WriteUser), QFile::ReadOwner | QFile::WriteOwner);

    ChatClient stranger({.url = session->snapshot().url, .apiKey = "not the key"});
    ChatStream *stream = stranger.send(ask(u"Hello"_s, 4));
    QSignalSpy finished(stream, &ChatStream::finished);
    std::optional<ChatEnding> ending;
    connect(stream, &ChatStream::finished, this, [&](const ChatEnding &end) { ending = end; });
    QTRY_VERIFY_WITH_TIMEOUT(ending, patience);
    QCOMPARE(ending->kind, ChatEnding::Kind::Refused);
    QCOMPARE(ending->httpStatus, 401);
}

void TestRealServers::supervisorGoesServerGoes()
{
    SupervisorFixture f(1);
    auto registry = std::make_unique<ServerRegistry>(f.supervisor());
    ServerSession *session = registry->start(settings());
    QVERIFY(session);
    QTRY_COMPARE_WITH_TIMEOUT(session->snapshot().state, ServerState::Ready, patience);
    const QByteArray tag = f.tag(session->snapshot().job);
    QVERIFY(countTagged(tag) > 0);
    registry.reset();
    f.destroySupervisor();
    QCOMPARE(countTagged(tag), 0);
}

QTEST_GUILESS_MAIN(TestRealServers)
#include "tst_realservers.moc"
