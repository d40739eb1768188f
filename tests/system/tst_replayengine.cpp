// SPDX-License-Identifier: MIT
// bitnet-replay-engine as a program: recordings as they were, and the engine that stands in for a real one.
#include "core/runtime/bitnetruntime.h"
#include "core/supervisor/runtimesupervisor.h"

#include "support/enginefixture.h"
#include "support/supervisorfixture.h"

#include <QElapsedTimer>
#include <QFuture>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <csignal>
#include <memory>

using namespace BitNet;
using namespace BitNet::Replay;
using BitNet::Testing::patience;
using namespace Qt::StringLiterals;

namespace {

const QString program = QStringLiteral(BITNET_BIN_DIR "/bitnet-replay-engine");

} // namespace

class tst_ReplayEngine : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();

    void playsRecordings_data();
    void playsRecordings();
    void keepsTheTiming();
    void badRecordings_data();
    void badRecordings();
    void waitsForRecordedInput();

    void answersProbes_data();
    void answersProbes();
    void runsPreparedPrompts_data();
    void runsPreparedPrompts();
    void promptFromFile();
    void longPromptReachesTheEngine();
    void hidesThePrompt();
    void picksTheRecording_data();
    void picksTheRecording();
    void failures_data();
    void failures();
    void hangsWithoutItsFlag();

    void converses();
    void interruptedTurn();
    void interruptedAnswer();
    void interruptWhileLoading();
    void terminated();
    void floodsAtTheEndOfItsInput();

    void copyFindsItsRecordings();
    void wrongSettings();

private:
    // Starts the engine of the build folder; settings are NAME=value.
    void startEngine(const QStringList &arguments, const QStringList &settings = {})
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"BITNET_REPLAY_SPEED"_s, u"0"_s);
        for (const QString &setting : settings)
            environment.insert(setting.section(u'=', 0, 0), setting.section(u'=', 1));
        start(Testing::replayBuildDir() + u"/bin/llama-cli"_s, arguments, environment);
    }
    void start(const QString &file, const QStringList &arguments,
               const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment())
    {
        m_process = std::make_unique<QProcess>();
        m_process->setProcessEnvironment(environment);
        m_process->start(file, arguments);
        QVERIFY(m_process->waitForStarted(patience));
    }
    // Ends its input and waits for its own end.
    void finish()
    {
        m_process->closeWriteChannel();
        QVERIFY(m_process->state() == QProcess::NotRunning || m_process->waitForFinished(patience));
        m_out += m_process->readAllStandardOutput();
        m_err += m_process->readAllStandardError();
    }
    bool readUntil(const QByteArray &text)
    {
        return QTest::qWaitFor(
            [&] {
                m_out += m_process->readAllStandardOutput();
                return m_out.contains(text);
            },
            patience);
    }
    bool readPrompts(int count)
    {
        return QTest::qWaitFor(
            [&] {
                m_out += m_process->readAllStandardOutput();
                return m_out.count("\n> ") >= count;
            },
            patience);
    }
    void sendSignal(int number) const { QCOMPARE(kill(pid_t(m_process->processId()), number), 0); }

    Testing::EngineFixture m_fixture;
    std::unique_ptr<QProcess> m_process;
    QByteArray m_out;
    QByteArray m_err;
};

void tst_ReplayEngine::init()
{
    m_process.reset();
    m_out.clear();
    m_err.clear();
}

// Every recording without input: the bytes of both streams and the end are exactly the recorded ones.
void tst_ReplayEngine::playsRecordings_data()
{
    QTest::addColumn<QString>("path");
    const QDir folder(QFileInfo(Testing::transcriptPath(u"x"_s)).path());
    const QStringList names = folder.entryList({u"*.jsonl"_s});
    QVERIFY(names.size() >= 20);
    for (const QString &name : names) {
        if (!name.contains("conversation"_L1))
            QTest::newRow(qPrintable(name)) << folder.filePath(name);
    }
}

void tst_ReplayEngine::playsRecordings()
{
    QFETCH(QString, path);
    const Transcript recorded = Testing::transcript(QFileInfo(path).completeBaseName());
    start(program, {path, u"--speed"_s, u"0"_s});
    finish();
    QCOMPARE(m_out, bytesOf(recorded.events, Stream::Stdout));
    QCOMPARE(m_err, bytesOf(recorded.events, Stream::Stderr));
    QCOMPARE(m_process->exitStatus(), recorded.signal ? QProcess::CrashExit : QProcess::NormalExit);
    QCOMPARE(m_process->exitCode(), recorded.signal ? *recorded.signal : *recorded.exitCode);
}

void tst_ReplayEngine::keepsTheTiming()
{
    const QString path = m_fixture.write(u"timed.jsonl"_s, R"({"command": ["x"], "note": ""}
{"t": 200, "stream": "stdout", "text": "a"}
{"t": 400, "stream": "stdout", "text": "b"}
{"t": 800, "exit": 3}
)");
    const auto duration = [&](const QString &speed) {
        QElapsedTimer timer;
        timer.start();
        start(program, {path, u"--speed"_s, speed});
        finish();
        return timer.elapsed();
    };
    const qint64 normal = duration(u"1"_s);
    QVERIFY2(normal >= 800, qPrintable(QString::number(normal)));
    QCOMPARE(m_out, "ab");
    QCOMPARE(m_process->exitCode(), 3);
    const qint64 slow = duration(u"0.5"_s);
    QVERIFY2(slow >= 1600, qPrintable(QString::number(slow)));
    // How fast it is beyond that is the machine's matter; that it does not wait at all shows in a long recording.
    const QString endless = m_fixture.write(
        u"endless.jsonl"_s,
        "{\"command\": []}\n{\"t\": 1e9, \"stream\": \"stdout\", \"text\": \"c\"}\n{\"t\": 2e9, \"exit\": 0}\n");
    start(program, {endless, u"--speed"_s, u"0"_s});
    finish();
    QCOMPARE(m_process->exitCode(), 0);
    start(program, {endless, u"--speed"_s, u"1e9"_s});
    finish();
    QCOMPARE(m_process->exitCode(), 0);
}

void tst_ReplayEngine::badRecordings_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("message");
    const QByteArray head = "{\"command\": [\"x\"]}\n";
    QTest::newRow("empty") << QByteArray() << QByteArray("the recording has no end");
    QTest::newRow("no JSON") << QByteArray("hello\n") << QByteArray("line 1: ");
    QTest::newRow("no object") << QByteArray("[1]\n") << QByteArray("line 1: not a JSON object");
    QTest::newRow("no header") << QByteArray("{\"t\": 1, \"exit\": 0}\n")
                               << QByteArray("line 1: \"command\" is missing");
    QTest::newRow("no time") << QByteArray(head + "{\"stream\": \"stdout\", \"text\": \"\"}\n")
                             << QByteArray("line 2: \"t\" is missing");
    QTest::newRow("unknown stream") << QByteArray(head + "{\"t\": 1, \"stream\": \"log\", \"text\": \"\"}\n")
                                    << QByteArray("line 2: \"stream\" is none of stdout, stderr and stdin");
    QTest::newRow("no bytes") << QByteArray(head + "{\"t\": 1, \"stream\": \"stdout\"}\n")
                              << QByteArray("line 2: neither \"text\" nor \"base64\" is there");
    QTest::newRow("wrong base64") << QByteArray(head + "{\"t\": 1, \"stream\": \"stdout\", \"base64\": \"?!\"}\n")
                                  << QByteArray("line 2: neither \"text\" nor \"base64\" is there");
    QTest::newRow("no end") << head << QByteArray("the recording has no end");
    QTest::newRow("more after the end") << QByteArray(head + "{\"t\": 1, \"exit\": 0}\n\n{\"t\": 2, \"exit\": 0}\n")
                                        << QByteArray("line 4: something follows the end");
}

void tst_ReplayEngine::badRecordings()
{
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, message);
    start(program, {m_fixture.write(u"bad.jsonl"_s, content), u"--speed"_s, u"0"_s});
    finish();
    QCOMPARE(m_process->exitCode(), 2);
    QVERIFY2(m_err.contains(message), m_err.constData());
    QVERIFY(m_out.isEmpty());
}

// A recorded conversation stops at each line of input, and plays its end by itself.
void tst_ReplayEngine::waitsForRecordedInput()
{
    const Transcript recorded = Testing::transcript(u"bitnet-cli-conversation"_s);
    start(program, {Testing::transcriptPath(recorded.name), u"--speed"_s, u"0"_s});
    QVERIFY(readPrompts(1));
    QVERIFY(!m_process->waitForFinished(100));
    m_process->write("first\n");
    QVERIFY(readPrompts(2));
    m_process->write("second\n");
    QVERIFY(readPrompts(3));
    finish();
    QCOMPARE(m_out, bytesOf(recorded.events, Stream::Stdout));
    QCOMPARE(m_err, bytesOf(recorded.events, Stream::Stderr));
    QCOMPARE(m_process->exitCode(), 130);
}

void tst_ReplayEngine::answersProbes_data()
{
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("recording");
    for (const QString &engine : {u"bitnet"_s, u"llamacpp"_s}) {
        const auto row = [&](const QStringList &arguments, const QString &what) {
            QTest::addRow("%s %s", qPrintable(engine), qPrintable(arguments.join(u' ')))
                << engine << arguments << QString(engine + "-cli-"_L1 + what);
        };
        row({u"--help"_s}, u"help"_s);
        row({u"-h"_s}, u"help"_s);
        row({u"--version"_s}, u"version"_s);
    }
}

void tst_ReplayEngine::answersProbes()
{
    QFETCH(QString, engine);
    QFETCH(QStringList, arguments);
    QFETCH(QString, recording);
    const Transcript recorded = Testing::transcript(recording);
    startEngine(arguments, {u"BITNET_REPLAY_ENGINE="_s + engine});
    finish();
    QCOMPARE(m_out, bytesOf(recorded.events, Stream::Stdout));
    QVERIFY(m_err.endsWith(bytesOf(recorded.events, Stream::Stderr)));
    QCOMPARE(m_process->exitCode(), 0);
}

// What the runtime prepares for each engine is accepted by it and ends by itself, also with a model that has a template.
void tst_ReplayEngine::runsPreparedPrompts_data()
{
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QString>("recording");
    const QByteArray plain = "GGUF plain";
    const QByteArray chat = "GGUF ... tokenizer.chat_template ...";
    QTest::newRow("bitnet, plain model") << u"bitnet"_s << plain << u"bitnet-cli-oneshot"_s;
    QTest::newRow("bitnet, chat model") << u"bitnet"_s << chat << u"bitnet-cli-oneshot"_s;
    QTest::newRow("llamacpp, plain model") << u"llamacpp"_s << plain << u"llamacpp-cli-oneshot"_s;
    QTest::newRow("llamacpp, chat model") << u"llamacpp"_s << chat << u"llamacpp-cli-oneshot"_s;
}

void tst_ReplayEngine::runsPreparedPrompts()
{
    QFETCH(QString, engine);
    QFETCH(QByteArray, model);
    QFETCH(QString, recording);
    qputenv("BITNET_REPLAY_ENGINE", engine.toLatin1()); // for the probe, which has this process's environment
    const BitNetRuntime runtime({.buildDir = Testing::replayBuildDir(), .cpuCount = 4, .gpuMemoryGiB = 0});
    const Invocation invocation =
        runtime
            .prepareInference({.model = m_fixture.writeModel(u"m.gguf"_s, model), .prompt = u"Where is the queue?"_s})
            .result();
    qunsetenv("BITNET_REPLAY_ENGINE");
    QVERIFY2(invocation.isValid(), qPrintable(invocation.error.value_or(ConfigurationIssue()).message));
    QVERIFY(invocation.warnings.isEmpty());

    startEngine(invocation.job.command.sliced(1), {u"BITNET_REPLAY_ENGINE="_s + engine});
    finish();
    QCOMPARE(m_process->exitCode(), 0);
    const Transcript recorded = Testing::transcript(recording);
    QByteArray expected = bytesOf(recorded.events, Stream::Stdout);
    const QByteArray recordedPrompt = recorded.option(u"-p"_s).toUtf8();
    QCOMPARE(expected.indexOf(recordedPrompt), 1);
    expected.replace(1, recordedPrompt.size(), "Where is the queue?");
    QCOMPARE(m_out, expected);
    QCOMPARE(m_err,
             QByteArray("replay: this is the recording " + recording.toLatin1() + "; no model is at work\n"
                        + bytesOf(recorded.events, Stream::Stderr)));
}

void tst_ReplayEngine::promptFromFile()
{
    const QString prompt = m_fixture.write(u"prompt.txt"_s, "From a file\n");
    startEngine({u"-m"_s, m_fixture.writeModel(), u"-f"_s, prompt});
    finish();
    QVERIFY2(m_out.startsWith(" From a file"), m_out.left(60).constData());
    QVERIFY(!m_out.contains("From a file\n"));
    init();
    startEngine({u"-m"_s, m_fixture.writeModel(), u"-f"_s, u"/nowhere/prompt.txt"_s});
    finish();
    QCOMPARE(m_process->exitCode(), 1);
    QVERIFY(m_err.contains("failed to open file '/nowhere/prompt.txt'"));
}

// Too long for an argument: it goes through the job's private folder, and the engine reads it from there.
void tst_ReplayEngine::longPromptReachesTheEngine()
{
    const QTemporaryDir folder;
    RuntimeSupervisor supervisor(
        BitNetRuntime({.buildDir = Testing::replayBuildDir(), .cpuCount = 4, .gpuMemoryGiB = 0}),
        {.concurrency = 1, .outputRoot = folder.path(), .shimPath = Testing::binaryPath(u"bitnet-jobshim"_s)});
    const QString prompt = QString(QString(u"Wörter "_s).repeated(30'000) + u"end"_s);
    QFuture<JobResult> future = supervisor.runInference({.model = m_fixture.writeModel(), .prompt = prompt});
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), patience);
    const JobResult result = future.result();
    QCOMPARE(result.record().outcome, Outcome::Succeeded);
    QVERIFY(result.standardOutput().startsWith(QByteArray(' ' + prompt.toUtf8())));
}

void tst_ReplayEngine::hidesThePrompt()
{
    const QString recordedPrompt = Testing::transcript(u"bitnet-cli-oneshot"_s).option(u"-p"_s);
    const QByteArray recorded =
        bytesOf(Testing::transcript(u"bitnet-cli-oneshot"_s).events, Stream::Stdout).mid(recordedPrompt.size() + 1);
    startEngine({u"-m"_s, m_fixture.writeModel(), u"-p"_s, u"Hidden"_s, u"--no-display-prompt"_s});
    finish();
    QCOMPARE(m_out, recorded);
}

void tst_ReplayEngine::picksTheRecording_data()
{
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("tokens");
    QTest::addColumn<QByteArray>("recording");
    QTest::newRow("bitnet") << u"bitnet"_s << u"m-i2_s.gguf"_s << u"9999"_s << QByteArray("bitnet-cli-oneshot");
    QTest::newRow("bitnet, f16") << u"bitnet"_s << u"m-F16.gguf"_s << u"1"_s << QByteArray("bitnet-cli-f16-oneshot");
    QTest::newRow("llamacpp, few") << u"llamacpp"_s << u"m.gguf"_s << u"255"_s << QByteArray("llamacpp-cli-oneshot");
    QTest::newRow("llamacpp, many") << u"llamacpp"_s << u"m.gguf"_s << u"256"_s << QByteArray("llamacpp-cli-eos");
    QTest::newRow("llamacpp, no limit") << u"llamacpp"_s << u"m.gguf"_s << u"-1"_s << QByteArray("llamacpp-cli-eos");
}

void tst_ReplayEngine::picksTheRecording()
{
    QFETCH(QString, engine);
    QFETCH(QString, model);
    QFETCH(QString, tokens);
    QFETCH(QByteArray, recording);
    startEngine({u"-m"_s, m_fixture.writeModel(model), u"-n"_s, tokens, u"-p"_s, u"x"_s},
                {u"BITNET_REPLAY_ENGINE="_s + engine});
    finish();
    QVERIFY2(m_err.startsWith(QByteArray("replay: this is the recording " + recording + ';')),
             m_err.left(80).constData());
    QVERIFY(m_out.startsWith(" x"));
}

void tst_ReplayEngine::failures_data()
{
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("message");
    const QString notModel = m_fixture.writeModel(u"not.gguf"_s,
                                                  "\x7f"
                                                  "ELF");
    for (const QString &engine : {u"bitnet"_s, u"llamacpp"_s}) {
        const auto row = [&](const char *name, const QStringList &arguments, const QByteArray &message) {
            QTest::addRow("%s: %s", qPrintable(engine), name) << engine << arguments << message;
        };
        row("missing model", {u"-m"_s, u"/nowhere/m.gguf"_s, u"-p"_s, u"x"_s}, "'/nowhere/m.gguf'");
        row("no model", {u"-p"_s, u"x"_s}, "models/7B/ggml-model-f16.gguf");
        row("not GGUF", {u"-m"_s, notModel, u"-p"_s, u"x"_s}, "invalid magic characters: '?ELF', expected 'GGUF'");
        row("a folder", {u"-m"_s, u"/"_s, u"-p"_s, u"x"_s},
            "invalid magic characters: '?"
            "?"
            "?"
            "?'");
        row("unknown flag", {u"--nope"_s}, "error: invalid argument: --nope\n");
        row("no flag", {u"word"_s}, "error: invalid argument: word\n");
        row("missing value", {u"-m"_s}, "error while handling argument \"-m\": expected value for argument");
        row("one of two values", {u"--lora-scaled"_s, u"a"_s}, "argument \"--lora-scaled\": expected value");
    }
    QTest::newRow("bitnet: -no-cnv") << u"bitnet"_s << QStringList{u"-no-cnv"_s}
                                     << QByteArray("error: invalid argument: -no-cnv\n");
}

void tst_ReplayEngine::failures()
{
    QFETCH(QString, engine);
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, message);
    startEngine(arguments, {u"BITNET_REPLAY_ENGINE="_s + engine});
    finish();
    QCOMPARE(m_process->exitCode(), 1);
    QVERIFY2(m_err.contains(message), m_err.constData());
    QVERIFY(m_err.startsWith("replay: "));
    QVERIFY(m_out.isEmpty());
}

// The trap that the runtime's probe is for: without -no-cnv llama.cpp waits for the next turn.
void tst_ReplayEngine::hangsWithoutItsFlag()
{
    const QString chat = m_fixture.writeModel(u"chat.gguf"_s, "GGUF tokenizer.chat_template");
    startEngine({u"-m"_s, chat, u"-p"_s, u"x"_s}, {u"BITNET_REPLAY_ENGINE=llamacpp"_s});
    QVERIFY(readPrompts(1));
    QVERIFY(!m_process->waitForFinished(100));
    sendSignal(SIGINT);
    finish();
    QCOMPARE(m_process->exitCode(), 130);
}

// Turns go on for as long as lines come: the two recorded ones over and over.
void tst_ReplayEngine::converses()
{
    startEngine({u"-m"_s, m_fixture.writeModel(), u"-cnv"_s, u"--simple-io"_s, u"-p"_s, u"Be kind"_s},
                {u"BITNET_REPLAY_ENGINE=llamacpp"_s});
    QVERIFY(readPrompts(1));
    QVERIFY(m_out.contains("<|im_start|>system\nBe kind<|im_end|>"));
    QList<QByteArray> turns;
    const QList<QByteArray> inputs{"one\n", "two \\\ntwo and a half\n", "\n", "four\n"};
    for (qsizetype i = 0; i < inputs.size(); ++i) {
        const qsizetype before = m_out.size();
        m_process->write(inputs[i]);
        QVERIFY(readPrompts(int(i) + 2));
        turns += m_out.mid(before);
        QVERIFY(turns.constLast().endsWith("\n> "));
    }
    QVERIFY(turns[0] != turns[1]);
    QCOMPARE(turns[2], turns[0]);
    QCOMPARE(turns[3], turns[1]);

    sendSignal(SIGINT);
    finish();
    QCOMPARE(m_process->exitStatus(), QProcess::NormalExit);
    QCOMPARE(m_process->exitCode(), 130);
    QVERIFY(m_out.endsWith("Interrupted by user\n"));
    QVERIFY(m_err.contains("llama_perf_context_print:        eval time ="));
}

void tst_ReplayEngine::interruptedTurn()
{
    startEngine({u"-m"_s, m_fixture.writeModel(), u"-cnv"_s, u"-p"_s, u"x"_s}, {u"BITNET_REPLAY_SPEED=0.2"_s});
    m_process->write("go\n");
    QVERIFY(readPrompts(1));
    const qsizetype before = m_out.size();
    QVERIFY(QTest::qWaitFor(
        [&] {
            m_out += m_process->readAllStandardOutput();
            return m_out.size() > before;
        },
        patience));
    sendSignal(SIGINT);
    QVERIFY(readPrompts(2));
    QCOMPARE(m_process->state(), QProcess::Running);
    sendSignal(SIGINT);
    finish();
    QCOMPARE(m_process->exitCode(), 130);
}

void tst_ReplayEngine::interruptedAnswer()
{
    startEngine({u"-m"_s, m_fixture.writeModel(u"m-f16.gguf"_s), u"-p"_s, u"x"_s}, {u"BITNET_REPLAY_SPEED=0.1"_s});
    QVERIFY(readUntil(" x"));
    sendSignal(SIGINT);
    finish();
    QCOMPARE(m_process->exitStatus(), QProcess::NormalExit);
    QCOMPARE(m_process->exitCode(), 130);
    QVERIFY(m_out.endsWith("\nInterrupted by user\n"));
    QVERIFY(m_err.contains("llama_perf_context_print:       total time ="));
}

void tst_ReplayEngine::interruptWhileLoading()
{
    startEngine({u"-m"_s, m_fixture.writeModel(), u"-p"_s, u"x"_s}, {u"BITNET_REPLAY_SPEED=0.0001"_s});
    QVERIFY(QTest::qWaitFor([&] { return m_process->readAllStandardError().contains("replay: "); }, patience));
    sendSignal(SIGINT);
    finish();
    QCOMPARE(m_process->exitStatus(), QProcess::CrashExit);
    QCOMPARE(m_process->exitCode(), SIGINT);
    QVERIFY(m_out.isEmpty());
}

void tst_ReplayEngine::terminated()
{
    startEngine({u"-m"_s, m_fixture.writeModel(), u"-cnv"_s, u"-p"_s, u"x"_s});
    QVERIFY(readPrompts(1));
    sendSignal(SIGTERM);
    finish();
    QCOMPARE(m_process->exitStatus(), QProcess::CrashExit);
    QCOMPARE(m_process->exitCode(), SIGTERM);
    QVERIFY(!m_err.contains("llama_perf"));
}

void tst_ReplayEngine::floodsAtTheEndOfItsInput()
{
    startEngine({u"-m"_s, m_fixture.writeModel(), u"-cnv"_s, u"-p"_s, u"x"_s});
    m_process->closeWriteChannel();
    QVERIFY(readPrompts(1000));
    QCOMPARE(m_process->state(), QProcess::Running);
    sendSignal(SIGTERM);
    QVERIFY(m_process->waitForFinished(patience));
    QCOMPARE(m_process->exitCode(), SIGTERM);
}

// A copy of the program elsewhere, as in a folder that stands in for an engine's build.
void tst_ReplayEngine::copyFindsItsRecordings()
{
    QVERIFY(QDir().mkpath(m_fixture.path(u"copy/bin"_s)));
    const QString copy = m_fixture.path(u"copy/bin/llama-cli"_s);
    QVERIFY(QFile::copy(program, copy));
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    start(copy, {u"--version"_s}, environment);
    finish();
    QCOMPARE(m_process->exitCode(), 2);
    QVERIFY2(m_err.contains("set BITNET_REPLAY_TRANSCRIPTS"), m_err.constData());

    init();
    environment.insert(u"BITNET_REPLAY_TRANSCRIPTS"_s, QFileInfo(Testing::transcriptPath(u"x"_s)).path());
    start(copy, {u"--version"_s}, environment);
    finish();
    QCOMPARE(m_process->exitCode(), 0);
    QVERIFY(m_err.contains("version: 3947"));
}

void tst_ReplayEngine::wrongSettings()
{
    const QList<QPair<QString, QByteArray>> settings{
        {u"BITNET_REPLAY_ENGINE=vllm"_s, "neither bitnet nor llamacpp: \"vllm\""},
        {u"BITNET_REPLAY_SPEED=fast"_s, "not a speed: \"fast\""},
        {u"BITNET_REPLAY_SPEED=-1"_s, "not a speed: \"-1\""},
        {u"BITNET_REPLAY_SPEED=inf"_s, "not a speed: \"inf\""},
        {u"BITNET_REPLAY_TRANSCRIPTS=/nowhere"_s, "/nowhere/"},
    };
    for (const auto &[setting, message] : settings) {
        init();
        startEngine({u"--version"_s}, {setting});
        finish();
        QVERIFY(m_process->exitCode() != 0);
        QVERIFY2(m_err.contains(message), m_err.constData());
    }
    for (const QStringList &arguments :
         {QStringList{}, QStringList{u"--what"_s}, QStringList{u"a"_s, u"b"_s}, QStringList{u"/nowhere/a.jsonl"_s}}) {
        init();
        start(program, arguments);
        finish();
        QCOMPARE(m_process->exitCode(), 2);
        QVERIFY(m_err.startsWith("bitnet-replay-engine: "));
    }
    init();
    start(program, {u"--help"_s});
    finish();
    QCOMPARE(m_process->exitCode(), 0);
    QVERIFY(m_out.startsWith("usage: "));
}

QTEST_GUILESS_MAIN(tst_ReplayEngine)
#include "tst_replayengine.moc"
