// SPDX-License-Identifier: MIT
// What is read off real engines. Skipped unless BITNET_ENGINES names build folders of engines, separated by colons, each
// with bin/llama-cli and bin/llama-server.
#include "core/output/answerstart.h"
#include "core/output/enginereport.h"
#include "core/output/outputlog.h"
#include "core/runtime/localport.h"
#include "support/supervisorfixture.h"

#include <QFuture>

#include <csignal>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using Kind = EngineFailure::Kind;
Q_DECLARE_METATYPE(EngineFailure::Kind)

namespace {

QString modelPath(const QString &name)
{
    return QStringLiteral(BITNET_TEST_DATA "/models/") + name;
}

const QString bytesModel = modelPath(u"tiny-llama-bytes-f16.gguf"_s);
const QString chatModel = modelPath(u"tiny-llama-chat-f16.gguf"_s);
const QString bitnetModel = modelPath(u"tiny-bitnet-i2_s.gguf"_s);
const JobLimits limits{.timeout = 60s, .killGrace = 0ms};

QByteArray standardOutput(const JobRecord &record)
{
    OutputLog log;
    return log.open(record.outputFolder) ? log.readAll(OutputStreams::Stdout) : QByteArray();
}

// Holds a port as a program that is no llama-server would.
class TakenPort
{
public:
    TakenPort()
        : m_descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
        , port(freePort().value_or(0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(m_descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address);
        ::listen(m_descriptor, 1);
    }
    ~TakenPort() { ::close(m_descriptor); }
    TakenPort(const TakenPort &) = delete;
    TakenPort &operator=(const TakenPort &) = delete;

private:
    int m_descriptor;

public:
    const quint16 port;
};

} // namespace

class TestRealEngines : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void oneShot_data();
    void oneShot();
    void conversation_data();
    void conversation();
    void interrupted_data();
    void interrupted();
    void bitnetModelOnAnyEngine_data();
    void bitnetModelOnAnyEngine();
    void failures_data();
    void failures();
    void memory_data();
    void memory();
    void portIsTaken_data();
    void portIsTaken();
    void serversShareAPort_data();
    void serversShareAPort();
    void killedFromOutside_data();
    void killedFromOutside();

private:
    void eachEngine() const;
    JobSpec inference(const InferenceRequest &request) const;
    QString program(const QString &name) const;

    QStringList m_engines;
    QTemporaryDir m_folder;
};

void TestRealEngines::initTestCase()
{
    m_engines = qEnvironmentVariable("BITNET_ENGINES").split(u':', Qt::SkipEmptyParts);
    if (m_engines.isEmpty())
        QSKIP("BITNET_ENGINES names no engines");
}

void TestRealEngines::eachEngine() const
{
    QTest::addColumn<QString>("engine");
    for (const QString &engine : m_engines)
        QTest::newRow(qPrintable(engine)) << engine;
}

QString TestRealEngines::program(const QString &name) const
{
    QFETCH(QString, engine);
    return engine + u"/bin/"_s + name;
}

JobSpec TestRealEngines::inference(const InferenceRequest &request) const
{
    QFETCH(QString, engine);
    const Invocation invocation =
        BitNetRuntime({.buildDir = engine, .gpuMemoryGiB = 0}).prepareInference(request).result();
    JobSpec job = invocation.job;
    job.limits = limits;
    return job;
}

void TestRealEngines::oneShot_data()
{
    eachEngine();
}

// The answer is what the same run prints when it does not echo the prompt.
void TestRealEngines::oneShot()
{
    SupervisorFixture f;
    for (const QString &prompt : {u"Tell me of the queue"_s, u"a\\tb <|im_start|> \"x\" < y"_s, u"é🐈 ünï"_s}) {
        for (const QString &model : {bytesModel, chatModel}) {
            const InferenceRequest request{
                .model = model, .prompt = prompt, .nPredict = 24, .extraArguments = {u"--seed"_s, u"7"_s}};
            const JobRecord echoing = f.runToEnd(inference(request));
            QCOMPARE(echoing.outcome, Outcome::Succeeded);
            InferenceRequest silentRequest = request;
            silentRequest.extraArguments += u"--no-display-prompt"_s;
            const JobRecord silent = f.runToEnd(inference(silentRequest));

            OutputLog log;
            QVERIFY(log.open(echoing.outputFolder));
            const AnswerStart start = findAnswerStart(log, PromptEcho::of(*echoing.spec), true);
            const QByteArray answer = standardOutput(silent);
            QCOMPARE(start.state, AnswerStart::State::Found);
            QCOMPARE(standardOutput(echoing).sliced(start.position), answer);

            for (const JobRecord &record : {echoing, silent}) {
                const EngineReport report = readEngineReport(record);
                QVERIFY(!report.failure);
                QVERIFY(report.firstAnswer && *report.firstAnswer > 0ns
                        && *report.firstAnswer < record.runTime().value());
                const EngineTimings timings = report.timings;
                QVERIFY(timings.loadMs && timings.prefillMs && timings.prefillTps);
                QVERIFY(timings.promptTokens && *timings.promptTokens > 5);
                QVERIFY(timings.outputTokens && *timings.outputTokens <= 24);
                if (!answer.contains("[end of text]"))
                    QCOMPARE(timings.outputTokens, 24);
            }
        }
    }
}

void TestRealEngines::conversation_data()
{
    eachEngine();
}

void TestRealEngines::conversation()
{
    SupervisorFixture f;
    const JobSpec job = inference({.model = chatModel,
                                   .prompt = u"You are terse"_s,
                                   .nPredict = 200, // less the tokens of what is typed
                                   .conversation = true,
                                   .extraArguments = {u"--ignore-eos"_s}});
    const JobId id = f.supervisor().submit(job);
    const auto output = [&] { return standardOutput(f.latest(id)); };
    QTRY_VERIFY_WITH_TIMEOUT(output().endsWith("\n> "), patience);
    OutputLog log;
    QVERIFY(log.open(f.latest(id).outputFolder));
    const PromptEcho echo = PromptEcho::of(job);
    QCOMPARE(findAnswerStart(log, echo, false).state, AnswerStart::State::NotYet);
    const qint64 before = log.size(OutputStreams::Stdout);

    f.supervisor().writeInput(id, "hi\n");
    QTRY_VERIFY_WITH_TIMEOUT(output().size() > before && output().endsWith("\n> "), patience);
    log.refresh();
    const AnswerStart start = findAnswerStart(log, echo, false);
    QCOMPARE(start.state, AnswerStart::State::Found);
    QCOMPARE(start.position, before);

    f.supervisor().sendSignal(id, SIGINT);
    f.waitUntilFinished(id);
    const EngineReport report = readEngineReport(f.latest(id));
    QCOMPARE(report.firstAnswer, start.elapsed);
    QVERIFY(report.timings.promptTokens > 5);
    QVERIFY(report.timings.outputTokens > 50);
}

void TestRealEngines::interrupted_data()
{
    eachEngine();
}

void TestRealEngines::interrupted()
{
    SupervisorFixture f;
    const JobId id = f.supervisor().submit(inference(
        {.model = bytesModel, .prompt = u"hello"_s, .nPredict = 1'000'000, .extraArguments = {u"--ignore-eos"_s}}));
    QTRY_VERIFY_WITH_TIMEOUT(standardOutput(f.latest(id)).size() > 200, patience);
    f.supervisor().sendSignal(id, SIGINT);
    f.waitUntilFinished(id);
    const EngineReport report = readEngineReport(f.latest(id));
    QVERIFY(report.firstAnswer);
    QVERIFY(report.timings.promptTokens > 5);
    QVERIFY(report.timings.outputTokens > 50);
    QVERIFY(report.timings.decodeMs && report.timings.decodeTps);
}

void TestRealEngines::bitnetModelOnAnyEngine_data()
{
    eachEngine();
}

void TestRealEngines::bitnetModelOnAnyEngine()
{
    SupervisorFixture f;
    const JobRecord record = f.runToEnd(inference({.model = bitnetModel, .prompt = u"hello"_s, .nPredict = 8}));
    const EngineReport report = readEngineReport(record);
    if (record.outcome == Outcome::Succeeded) {
        QCOMPARE(report.timings.outputTokens, 8);
        return;
    }
    QVERIFY(report.failure);
    QCOMPARE(report.failure->kind, Kind::ModelUnsupported);
    QVERIFY2(report.failure->sentence.contains(u"I2_S, which only a BitNet engine"_s),
             qPrintable(report.failure->sentence));
}

void TestRealEngines::failures_data()
{
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QString>("programName");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<Kind>("kind");

    const auto write = [&](const QString &name, const QByteArray &bytes) {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? file.fileName() : QString();
    };
    QFile whole(bytesModel);
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    QByteArray strange = bytes;
    strange.replace("general.architecture\x08\0\0\0\x05\0\0\0\0\0\0\0llama"_ba,
                    "general.architecture\x08\0\0\0\x05\0\0\0\0\0\0\0glama"_ba);
    const QString incomplete = write(u"incomplete.gguf"_s, bytes.first(200'000));
    const QString torn = write(u"torn.gguf"_s, bytes.first(3000));
    const QString noModel = write(u"no.gguf"_s, "GGML and so on, long enough");
    const QString unknown = write(u"unknown.gguf"_s, strange);
    QVERIFY(strange != bytes);

    const QString cli = u"llama-cli"_s;
    const QString server = u"llama-server"_s;
    const QStringList hi{u"-p"_s, u"hi"_s, u"-n"_s, u"2"_s};
    for (const QString &engine : m_engines) {
        const auto row = [&](const char *name, const QString &programName, const QStringList &arguments, Kind kind) {
            QTest::addRow("%s, %s", name, qPrintable(engine)) << engine << programName << arguments << kind;
        };
        row("missing", cli, QStringList{u"-m"_s, u"none.gguf"_s} + hi, Kind::ModelNotFound);
        row("missing, server", server, {u"-m"_s, u"none.gguf"_s}, Kind::ModelNotFound);
        row("incomplete", cli, QStringList{u"-m"_s, incomplete} + hi, Kind::ModelIncomplete);
        row("torn header", cli, QStringList{u"-m"_s, torn} + hi, Kind::ModelIncomplete);
        row("no model", cli, QStringList{u"-m"_s, noModel} + hi, Kind::NotAModel);
        row("architecture", cli, QStringList{u"-m"_s, unknown} + hi, Kind::ModelUnsupported);
        row("flag", cli, {u"-m"_s, bytesModel, u"--no-such-flag"_s}, Kind::InvalidArgument);
        row("number", cli, {u"-m"_s, bytesModel, u"-c"_s, u"many"_s}, Kind::InvalidArgument);
        row("prompt file", cli, {u"-m"_s, bytesModel, u"-f"_s, u"/none"_s}, Kind::FileNotFound);
        row("long prompt", cli, {u"-m"_s, bytesModel, u"-c"_s, u"64"_s, u"-p"_s, QString(1000, u'x'), u"-n"_s, u"2"_s},
            Kind::PromptTooLong);
        row("address", server, {u"-m"_s, bytesModel, u"--host"_s, u"203.0.113.7"_s}, Kind::AddressUnusable);
    }
}

void TestRealEngines::failures()
{
    QFETCH(QString, programName);
    QFETCH(QStringList, arguments);
    SupervisorFixture f;
    const JobRecord record = f.runToEnd({.command = QStringList{program(programName)} + arguments,
                                         .kind = programName == "llama-cli"_L1 ? JobKind::Inference : JobKind::Server,
                                         .limits = limits});
    QVERIFY2(record.outcome == Outcome::Failed || record.outcome == Outcome::Crashed, qPrintable(record.reason));
    const EngineReport report = readEngineReport(record);
    QVERIFY(report.failure);
    QTEST(report.failure->kind, "kind");
    QVERIFY(!report.failure->engineLine.isEmpty());
    QCOMPARE(report.timings, EngineTimings());
    QVERIFY(!report.firstAnswer);
}

void TestRealEngines::memory_data()
{
    eachEngine();
}

void TestRealEngines::memory()
{
    SupervisorFixture f;
    // The address space is limited: the machine is not to be brought to its limits.
    for (const QString &context : {u"20000000"_s, u"2000000000"_s}) {
        const JobRecord record =
            f.runToEnd({.command = {u"/bin/sh"_s, u"-c"_s, u"ulimit -v 2000000; exec \"$@\""_s, u"sh"_s,
                                    program(u"llama-cli"_s), u"-m"_s, bytesModel, u"-p"_s, u"hi"_s, u"-c"_s, context},
                        .kind = JobKind::Inference,
                        .limits = limits});
        const EngineReport report = readEngineReport(record);
        QVERIFY(report.failure);
        // The engine logs in a thread of its own: when it aborts, the lines that name the context may be lost.
        if (record.outcome == Outcome::Crashed && report.failure->kind == Kind::OutOfMemory) {
            QVERIFY(report.failure->engineLine.contains(u"std::bad_alloc"_s));
            continue;
        }
        QCOMPARE(report.failure->kind, Kind::ContextTooLarge);
        QVERIFY2(report.failure->sentence.contains(u"a context of %1 tokens"_s.arg(context)),
                 qPrintable(report.failure->sentence));
    }
}

void TestRealEngines::portIsTaken_data()
{
    eachEngine();
}

void TestRealEngines::portIsTaken()
{
    SupervisorFixture f;
    const TakenPort taken;
    const JobRecord record = f.runToEnd(
        {.command = {program(u"llama-server"_s), u"-m"_s, bytesModel, u"--port"_s, QString::number(taken.port)},
         .kind = JobKind::Server,
         .limits = limits});
    QCOMPARE(record.outcome, Outcome::Failed);
    const EngineReport report = readEngineReport(record);
    QVERIFY(report.failure);
    QCOMPARE(report.failure->kind, Kind::PortTaken);
    QVERIFY(report.failure->freePort && *report.failure->freePort != taken.port);
}

void TestRealEngines::serversShareAPort_data()
{
    eachEngine();
}

// A second server on the port would start without complaint: it has to be asked before.
void TestRealEngines::serversShareAPort()
{
    SupervisorFixture f;
    const quint16 port = freePort().value();
    const JobId id = f.supervisor().submit({.command = {program(u"llama-server"_s), u"-m"_s, bytesModel, u"-c"_s,
                                                        u"256"_s, u"--port"_s, QString::number(port)},
                                            .kind = JobKind::Server,
                                            .limits = limits});
    QTRY_COMPARE_WITH_TIMEOUT(portState(u"127.0.0.1"_s, port), PortState::Taken, patience);
    f.supervisor().cancel(id);
    f.waitUntilFinished(id);
    QTRY_COMPARE(portState(u"127.0.0.1"_s, port), PortState::Free);
}

void TestRealEngines::killedFromOutside_data()
{
    eachEngine();
}

void TestRealEngines::killedFromOutside()
{
    SupervisorFixture f;
    const JobId id = f.supervisor().submit(inference(
        {.model = bytesModel, .prompt = u"hello"_s, .nPredict = 1'000'000, .extraArguments = {u"--ignore-eos"_s}}));
    QTRY_VERIFY_WITH_TIMEOUT(standardOutput(f.latest(id)).size() > 200, patience);
    QCOMPARE(::kill(pid_t(f.latest(id).pid), SIGKILL), 0);
    f.waitUntilFinished(id);
    QCOMPARE(f.latest(id).outcome, Outcome::Crashed);
    const EngineReport report = readEngineReport(f.latest(id));
    QVERIFY(report.failure);
    QCOMPARE(report.failure->kind, Kind::KilledFromOutside);
    QVERIFY(report.firstAnswer);
}

QTEST_GUILESS_MAIN(TestRealEngines)
#include "tst_realengines.moc"
