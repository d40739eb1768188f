// SPDX-License-Identifier: MIT
#include "core/runtime/bitnetruntime.h"

#include "support/enginefixture.h"

#include <QDir>
#include <QFuture>
#include <QTest>

#include <cmath>
#include <functional>
#include <limits>
#include <memory>

using namespace BitNet;
using namespace Qt::StringLiterals;

namespace {

// Makes one item of a request wrong, and says what must be told about it.
template<typename Request>
struct Fault
{
    const char *field;
    std::function<void(Request &)> spoil;
    QString message;
};

using InferenceFault = Fault<InferenceRequest>;
using ServerFault = Fault<ServerRequest>;

const QString missingModel = u"/nowhere/no.gguf"_s;
const QString missingModelMessage = u"Model file not found: /nowhere/no.gguf. Provide a valid --model path (GGUF)."_s;

// In the contract's order; the binary has no member in a request and is tested with its own runtime.
QList<InferenceFault> inferenceFaults()
{
    using R = InferenceRequest;
    return {
        {"n_predict", [](R &r) { r.nPredict = 0; }, u"n_predict must be a positive integer. Got 0."_s},
        {"ctx_size", [](R &r) { r.ctxSize = -1; }, u"ctx_size must be a positive integer. Got -1."_s},
        {"batch_size", [](R &r) { r.batchSize = 0; }, u"batch_size must be a positive integer. Got 0."_s},
        {"temperature", [](R &r) { r.temperature = 0; }, u"Temperature must be positive."_s},
        {"top_k", [](R &r) { r.sampling.topK = -1; }, u"top_k must be zero or a positive integer."_s},
        {"top_p", [](R &r) { r.sampling.topP = 1.5; }, u"top_p must be greater than 0 and at most 1. Got 1.5."_s},
        {"min_p", [](R &r) { r.sampling.minP = -0.1; }, u"min_p must be between 0 and 1. Got -0.1."_s},
        {"repeat_penalty", [](R &r) { r.sampling.repeatPenalty = 0; }, u"repeat_penalty must be positive."_s},
        {"seed", [](R &r) { r.sampling.seed = -2; },
         u"seed must be between 0 and 4294967295, or -1 for another one each time. Got -2."_s},
        {"gpu_layers", [](R &r) { r.gpuLayers = -1; }, u"gpu_layers must be zero or a positive integer."_s},
        {"prompt", [](R &r) { r.prompt = u" \t\n"_s; }, u"Prompt must not be empty."_s},
        {"system_prompt", [](R &r) { r.systemPrompt = u"a\0b"_s; }, u"System prompt must not hold a NUL character."_s},
        {"model", [](R &r) { r.model = missingModel; }, missingModelMessage},
        {"threads", [](R &r) { r.threads = 0; }, u"Thread count must be greater than zero."_s},
    };
}

QList<ServerFault> serverFaults()
{
    using R = ServerRequest;
    return {
        {"n_predict", [](R &r) { r.nPredict = -5; }, u"n_predict must be a positive integer. Got -5."_s},
        {"ctx_size", [](R &r) { r.ctxSize = 0; }, u"ctx_size must be a positive integer. Got 0."_s},
        {"batch_size", [](R &r) { r.batchSize = -2; }, u"batch_size must be a positive integer. Got -2."_s},
        {"temperature", [](R &r) { r.temperature = -0.5; }, u"Temperature must be positive."_s},
        {"port", [](R &r) { r.port = 0; }, u"Port must be between 1 and 65535. Got 0."_s},
        {"host", [](R &r) { r.host = u" "_s; }, u"Host must not be empty."_s},
        {"slots", [](R &r) { r.slotCount = 0; }, u"slots must be a positive integer. Got 0."_s},
        {"gpu_layers", [](R &r) { r.gpuLayers = -3; }, u"gpu_layers must be zero or a positive integer."_s},
        {"model", [](R &r) { r.model = missingModel; }, missingModelMessage},
        {"threads", [](R &r) { r.threads = -4; }, u"Thread count must be greater than zero."_s},
    };
}

ConfigurationIssue issue(const char *field, const QString &message)
{
    return {.field = QLatin1String(field), .message = message};
}

} // namespace

Q_DECLARE_METATYPE(InferenceFault)
Q_DECLARE_METATYPE(ServerFault)
Q_DECLARE_METATYPE(BitNet::SamplingSettings)

class tst_BitNetRuntime : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void defaults();
    void wrongInference_data();
    void wrongInference();
    void wrongServer_data();
    void wrongServer();
    void limits_data();
    void limits();
    void firstFaultIsTold();
    void firstServerFaultIsTold();
    void binaryComesBetweenPromptAndModel();

    void automaticThreads_data();
    void automaticThreads();
    void cpuCountOfTheMachine();
    void automaticGpuLayers_data();
    void automaticGpuLayers();
    void threadsAreClamped();

    void findBinary();
    void binaryMissing_data();
    void binaryMissing();
    void binaryNotUsable();
    void releaseFolderIsUsed();

    void inferenceCommand();
    void inferenceCommandAutomatic();
    void serverCommand();
    void samplingCommand();
    void samplingLimits_data();
    void samplingLimits();
    void systemPrompt_data();
    void systemPrompt();
    void serverSlots();
    void temperatureText_data();
    void temperatureText();
    void modeFlags_data();
    void modeFlags();

    void promptIsTrimmed();
    void promptWithNul();
    void longPromptGoesByFile_data();
    void longPromptGoesByFile();
    void homeIsExpanded();
    void relativePathsBecomeAbsolute();
    void modelProblems();

    void withBuildDir();

private:
    BitNetRuntime runtime(int cpuCount = 4, double gpuMemoryGiB = 0) const
    {
        return BitNetRuntime({.buildDir = m_fixture->buildDir(), .cpuCount = cpuCount, .gpuMemoryGiB = gpuMemoryGiB});
    }
    InferenceRequest inferenceRequest() const { return {.model = m_model, .prompt = u"Hello"_s}; }
    ServerRequest serverRequest() const { return {.model = m_model}; }
    Invocation inference(const InferenceRequest &request) const { return runtime().inference(request, {}); }

    std::unique_ptr<Testing::EngineFixture> m_fixture;
    QString m_cli;
    QString m_server;
    QString m_model;
};

void tst_BitNetRuntime::init()
{
    m_fixture = std::make_unique<Testing::EngineFixture>();
    m_cli = m_fixture->writeProgram(u"llama-cli"_s);
    m_server = m_fixture->writeProgram(u"llama-server"_s);
    m_model = m_fixture->writeModel();
}

void tst_BitNetRuntime::cleanup()
{
    m_fixture.reset();
}

void tst_BitNetRuntime::defaults()
{
    const InferenceRequest inference;
    QCOMPARE(inference.nPredict, 128);
    QCOMPARE(inference.ctxSize, 2048);
    QCOMPARE(inference.batchSize, 1);
    QCOMPARE(inference.temperature, 0.8);
    QVERIFY(!inference.threads && !inference.gpuLayers && !inference.conversation);
    const ServerRequest server;
    QCOMPARE(server.nPredict, 4096);
    QCOMPARE(server.ctxSize, 2048);
    QCOMPARE(server.batchSize, 1);
    QCOMPARE(server.temperature, 0.8);
    QCOMPARE(server.host, u"127.0.0.1"_s);
    QCOMPARE(server.port, 8080);
    QVERIFY(!server.threads && !server.gpuLayers);
    QCOMPARE(RuntimeOptions().buildDir, u"build"_s);
}

void tst_BitNetRuntime::wrongInference_data()
{
    QTest::addColumn<InferenceFault>("fault");
    const QList<InferenceFault> faults = inferenceFaults();
    for (const InferenceFault &fault : faults)
        QTest::newRow(fault.field) << fault;
}

void tst_BitNetRuntime::wrongInference()
{
    QFETCH(InferenceFault, fault);
    InferenceRequest request = inferenceRequest();
    QVERIFY(inference(request).isValid());
    fault.spoil(request);
    const Invocation invocation = inference(request);
    QCOMPARE(invocation.error, std::optional(issue(fault.field, fault.message)));
    QVERIFY(invocation.job.command.isEmpty());

    // The error is there at once, without an engine being asked.
    const QFuture<Invocation> prepared = runtime().prepareInference(request);
    QVERIFY(prepared.isFinished());
    QCOMPARE(prepared.result().error, invocation.error);
}

void tst_BitNetRuntime::wrongServer_data()
{
    QTest::addColumn<ServerFault>("fault");
    const QList<ServerFault> faults = serverFaults();
    for (const ServerFault &fault : faults)
        QTest::newRow(fault.field) << fault;
}

void tst_BitNetRuntime::wrongServer()
{
    QFETCH(ServerFault, fault);
    ServerRequest request = serverRequest();
    QVERIFY(runtime().server(request).isValid());
    fault.spoil(request);
    const Invocation invocation = runtime().server(request);
    QCOMPARE(invocation.error, std::optional(issue(fault.field, fault.message)));
    QVERIFY(invocation.job.command.isEmpty());
    QCOMPARE(runtime().prepareServer(request).result().error, invocation.error);
}

// Where right ends and wrong begins.
void tst_BitNetRuntime::limits_data()
{
    QTest::addColumn<ServerFault>("fault"); // an empty message: right
    using R = ServerRequest;
    const auto row = [](const char *name, const char *field, const std::function<void(R &)> &change,
                        const QString &message) {
        QTest::newRow(name) << ServerFault{field, change, message};
    };
    row("n_predict 1", "n_predict", [](R &r) { r.nPredict = 1; }, {});
    row("ctx_size 1", "ctx_size", [](R &r) { r.ctxSize = 1; }, {});
    row("batch_size 1", "batch_size", [](R &r) { r.batchSize = 1; }, {});
    row("batch_size, the largest", "batch_size", [](R &r) { r.batchSize = std::numeric_limits<int>::max(); }, {});
    row("temperature, the smallest", "temperature", [](R &r) { r.temperature = 5e-324; }, {});
    row(
        "temperature, not a number", "temperature", [](R &r) { r.temperature = std::nan(""); },
        u"Temperature must be positive."_s);
    row(
        "temperature, infinite", "temperature", [](R &r) { r.temperature = HUGE_VAL; },
        u"Temperature must be a finite number."_s);
    row(
        "temperature, minus infinite", "temperature", [](R &r) { r.temperature = -HUGE_VAL; },
        u"Temperature must be positive."_s);
    row("port 1", "port", [](R &r) { r.port = 1; }, {});
    row("port 65535", "port", [](R &r) { r.port = 65535; }, {});
    row(
        "port 65536", "port", [](R &r) { r.port = 65536; }, u"Port must be between 1 and 65535. Got 65536."_s);
    row(
        "port -1", "port", [](R &r) { r.port = -1; }, u"Port must be between 1 and 65535. Got -1."_s);
    row("gpu_layers 0", "gpu_layers", [](R &r) { r.gpuLayers = 0; }, {});
    row("threads 1", "threads", [](R &r) { r.threads = 1; }, {});
}

void tst_BitNetRuntime::limits()
{
    QFETCH(ServerFault, fault);
    ServerRequest request = serverRequest();
    fault.spoil(request);
    const auto expected = fault.message.isEmpty() ? std::nullopt : std::optional(issue(fault.field, fault.message));
    QCOMPARE(runtime().server(request).error, expected);
}

// Of any two faults the one that the contract checks first is told.
void tst_BitNetRuntime::firstFaultIsTold()
{
    const QList<InferenceFault> faults = inferenceFaults();
    for (qsizetype first = 0; first < faults.size(); ++first) {
        for (qsizetype second = first + 1; second < faults.size(); ++second) {
            InferenceRequest request = inferenceRequest();
            faults[second].spoil(request);
            faults[first].spoil(request);
            QCOMPARE(inference(request).error, std::optional(issue(faults[first].field, faults[first].message)));
        }
    }
}

void tst_BitNetRuntime::firstServerFaultIsTold()
{
    const QList<ServerFault> faults = serverFaults();
    for (qsizetype first = 0; first < faults.size(); ++first) {
        for (qsizetype second = first + 1; second < faults.size(); ++second) {
            ServerRequest request = serverRequest();
            faults[second].spoil(request);
            faults[first].spoil(request);
            QCOMPARE(runtime().server(request).error, std::optional(issue(faults[first].field, faults[first].message)));
        }
    }
}

void tst_BitNetRuntime::binaryComesBetweenPromptAndModel()
{
    const BitNetRuntime empty({.buildDir = m_fixture->path(u"nothing"_s), .cpuCount = 4, .gpuMemoryGiB = 0});
    const QList<InferenceFault> faults = inferenceFaults();
    for (const InferenceFault &fault : faults) {
        InferenceRequest request = inferenceRequest();
        fault.spoil(request);
        const QByteArray field = fault.field;
        const bool later = field == "model" || field == "threads";
        QCOMPARE(empty.inference(request, {}).error->field, later ? u"binary"_s : QString::fromLatin1(field));
    }
    ServerRequest request = serverRequest();
    request.model = missingModel;
    request.threads = 0;
    QCOMPARE(empty.server(request).error->field, u"binary"_s);
    request.gpuLayers = -1;
    QCOMPARE(empty.server(request).error->field, u"gpu_layers"_s);
}

void tst_BitNetRuntime::automaticThreads_data()
{
    QTest::addColumn<int>("processors");
    QTest::addColumn<int>("threads");
    const QList<std::pair<int, int>> table{{1, 1}, {2, 2},  {3, 2},  {4, 3},  {5, 4},  {7, 6},   {8, 7},
                                           {9, 4}, {10, 5}, {11, 5}, {16, 8}, {17, 8}, {64, 32}, {255, 127}};
    for (const auto &[processors, threads] : table)
        QTest::addRow("%d", processors) << processors << threads;
}

void tst_BitNetRuntime::automaticThreads()
{
    QFETCH(int, processors);
    QFETCH(int, threads);
    QCOMPARE(runtime(processors).cpuCount(), processors);
    QCOMPARE(runtime(processors).automaticThreads(), threads);
    const QStringList command = runtime(processors).inference(inferenceRequest(), {}).job.command;
    QCOMPARE(command.value(command.indexOf("-t"_L1) + 1), QString::number(threads));
}

void tst_BitNetRuntime::cpuCountOfTheMachine()
{
    const int count = BitNetRuntime({.gpuMemoryGiB = 0}).cpuCount();
    QVERIFY(count >= 1);
    QVERIFY(count <= sysconf(_SC_NPROCESSORS_CONF));
}

void tst_BitNetRuntime::automaticGpuLayers_data()
{
    QTest::addColumn<double>("gibibytes");
    QTest::addColumn<int>("layers");
    QTest::newRow("none") << 0.0 << 0;
    QTest::newRow("unknown") << std::nan("") << 0;
    QTest::newRow("tiny") << 0.1 << 1;
    QTest::newRow("a quarter") << 0.25 << 1;
    QTest::newRow("rounded down") << 1.99 << 7;
    QTest::newRow("8") << 8.0 << 32;
    QTest::newRow("just below the limit") << 14.99 << 59;
    QTest::newRow("the limit") << 15.0 << 60;
    QTest::newRow("24") << 24.0 << 60;
    QTest::newRow("huge") << 1e300 << 60;
}

void tst_BitNetRuntime::automaticGpuLayers()
{
    QFETCH(double, gibibytes);
    QFETCH(int, layers);
    const BitNetRuntime runtime = this->runtime(4, gibibytes);
    QCOMPARE(runtime.automaticGpuLayers(), layers);
    const QStringList inference = runtime.inference(inferenceRequest(), {}).job.command;
    QCOMPARE(inference.value(inference.indexOf("-ngl"_L1) + 1), QString::number(layers));
    const QStringList server = runtime.server(serverRequest()).job.command;
    QCOMPARE(server.value(server.indexOf("-ngl"_L1) + 1), QString::number(layers));
}

void tst_BitNetRuntime::threadsAreClamped()
{
    InferenceRequest request = inferenceRequest();
    request.threads = 4;
    QVERIFY(inference(request).warnings.isEmpty());
    request.threads = 5;
    const Invocation invocation = inference(request);
    QCOMPARE(invocation.warnings,
             QList{issue("threads", u"Requested 5 threads but only 4 CPU cores detected. Clamping value."_s)});
    QCOMPARE(invocation.job.command.value(6), u"4"_s);

    ServerRequest server = serverRequest();
    server.threads = 1000;
    QCOMPARE(runtime().server(server).warnings,
             QList{issue("threads", u"Requested 1000 threads but only 4 CPU cores detected. Clamping value."_s)});
}

void tst_BitNetRuntime::findBinary()
{
    QStringList tried;
    QCOMPARE(runtime().findBinary(u"llama-cli"_s, &tried), std::optional(m_cli));
    QCOMPARE(tried, (QStringList{m_cli, m_fixture->path(u"build/bin/Release/llama-cli"_s)}));
    QCOMPARE(runtime().findBinary(u"llama-server"_s), std::optional(m_server));
    QCOMPARE(runtime().findBinary(u"llama-bench"_s, &tried), std::nullopt);
    QCOMPARE(tried.size(), 2);
}

void tst_BitNetRuntime::binaryMissing_data()
{
    QTest::addColumn<QString>("buildDir");
    QTest::addColumn<QString>("shown");
    QTest::newRow("absolute") << u"/nowhere/build"_s << u"/nowhere/build"_s;
    QTest::newRow("relative") << u"no-such-build"_s << u"no-such-build"_s;
    QTest::newRow("trailing slash") << u"/nowhere/build/"_s << u"/nowhere/build"_s;
    QTest::newRow("home") << u"~/no-such-build"_s << QString(QDir::homePath() + "/no-such-build"_L1);
}

void tst_BitNetRuntime::binaryMissing()
{
    QFETCH(QString, buildDir);
    QFETCH(QString, shown);
    const BitNetRuntime runtime({.buildDir = buildDir, .cpuCount = 4, .gpuMemoryGiB = 0});
    const auto message = [&](const QString &name) {
        return u"Unable to locate the %1 executable. Expected to find one of:\n"
               "%2/bin/%1\n"
               "%2/bin/Release/%1\n"
               "Build the project with cmake --build build -j before running this command."_s.arg(name, shown);
    };
    QCOMPARE(runtime.inference(inferenceRequest(), {}).error, std::optional(issue("binary", message(u"llama-cli"_s))));
    QCOMPARE(runtime.server(serverRequest()).error, std::optional(issue("binary", message(u"llama-server"_s))));
}

void tst_BitNetRuntime::binaryNotUsable()
{
    m_fixture->write(u"build/bin/llama-cli"_s, "#!/bin/sh\n");
    QCOMPARE(inference(inferenceRequest()).error,
             std::optional(issue("binary",
                                 u"The llama-cli executable may not be executed: %1. Allow it with chmod +x, or "
                                 "build it again."_s.arg(m_cli))));
    QVERIFY(!runtime().findBinary(u"llama-cli"_s));

    QVERIFY(QFile::remove(m_cli));
    QVERIFY(QDir().mkpath(m_cli));
    QCOMPARE(inference(inferenceRequest()).error,
             std::optional(
                 issue("binary", u"The llama-cli executable must be a file, but this is a folder: %1"_s.arg(m_cli))));
}

void tst_BitNetRuntime::releaseFolderIsUsed()
{
    const QString release = m_fixture->write(u"build/bin/Release/llama-cli"_s, "#!/bin/sh\n", true);
    QCOMPARE(inference(inferenceRequest()).job.command.constFirst(), m_cli);
    // What can't be executed is no reason to refuse what can.
    m_fixture->write(u"build/bin/llama-cli"_s, "#!/bin/sh\n");
    QCOMPARE(inference(inferenceRequest()).job.command.constFirst(), release);
    QVERIFY(QFile::remove(m_cli));
    QCOMPARE(inference(inferenceRequest()).job.command.constFirst(), release);
}

void tst_BitNetRuntime::inferenceCommand()
{
    const InferenceRequest request{.model = m_model,
                                   .prompt = u"-p isn't \"quoted\"\nat $HOME"_s,
                                   .nPredict = 7,
                                   .ctxSize = 512,
                                   .batchSize = 3,
                                   .temperature = 0.25,
                                   .threads = 2,
                                   .gpuLayers = 9,
                                   .extraArguments = {u"--seed"_s, u"1"_s}};
    const Invocation invocation = inference(request);
    QVERIFY(invocation.isValid());
    QVERIFY(invocation.warnings.isEmpty());
    const QStringList expected{m_cli,   u"-m"_s,        m_model, u"-n"_s,     u"7"_s,      u"-t"_s,   u"2"_s,
                               u"-p"_s, request.prompt, u"-c"_s, u"512"_s,    u"--temp"_s, u"0.25"_s, u"-b"_s,
                               u"3"_s,  u"-ngl"_s,      u"9"_s,  u"--seed"_s, u"1"_s};
    QCOMPARE(invocation.job.command, expected);
    QCOMPARE(invocation.job.kind, JobKind::Inference);
    QCOMPARE(invocation.job.model, m_model);
    QCOMPARE(invocation.job.prompt, request.prompt);
    QCOMPARE(invocation.job.engine, m_cli);
    QVERIFY(!invocation.job.interactive);
    QVERIFY(invocation.job.files.isEmpty());
    QCOMPARE(validate(invocation.job), std::nullopt);
}

void tst_BitNetRuntime::inferenceCommandAutomatic()
{
    const QStringList expected{m_cli,    u"-m"_s, m_model,    u"-n"_s,   u"128"_s,  u"-t"_s,
                               u"7"_s,   u"-p"_s, u"Hello"_s, u"-c"_s,   u"2048"_s, u"--temp"_s,
                               u"0.8"_s, u"-b"_s, u"1"_s,     u"-ngl"_s, u"32"_s};
    QCOMPARE(runtime(8, 8.0).inference(inferenceRequest(), {}).job.command, expected);
}

void tst_BitNetRuntime::serverCommand()
{
    ServerRequest request = serverRequest();
    request.extraArguments = {u"--metrics"_s};
    const QStringList expected{m_server,       u"-m"_s,     m_model,       u"-c"_s,     u"2048"_s, u"-t"_s,
                               u"3"_s,         u"-n"_s,     u"4096"_s,     u"--temp"_s, u"0.8"_s,  u"--host"_s,
                               u"127.0.0.1"_s, u"--port"_s, u"8080"_s,     u"-cb"_s,    u"-b"_s,   u"1"_s,
                               u"-ngl"_s,      u"0"_s,      u"--metrics"_s};
    const Invocation invocation = runtime().server(request);
    QCOMPARE(invocation.job.command, expected);
    QCOMPARE(invocation.job.kind, JobKind::Server);
    QCOMPARE(invocation.job.model, m_model);
    QCOMPARE(invocation.job.engine, m_server);
    QVERIFY(!invocation.job.interactive);

    const QFuture<Invocation> prepared = runtime().prepareServer(request);
    QVERIFY(prepared.isFinished());
    QCOMPARE(prepared.result().job, invocation.job);
}

// Only what is set becomes a flag, before the mode flags and the extra arguments.
void tst_BitNetRuntime::samplingCommand()
{
    InferenceRequest request = inferenceRequest();
    request.extraArguments = {u"--extra"_s};
    const QStringList plain = inference(request).job.command;
    request.sampling = {
        .topK = 0, .topP = 0.95, .minP = 0.05, .repeatPenalty = 1.1, .seed = std::numeric_limits<quint32>::max()};
    QStringList expected = plain;
    expected.removeLast();
    expected += {u"--top-k"_s,          u"0"_s,   u"--top-p"_s, u"0.95"_s,       u"--min-p"_s, u"0.05"_s,
                 u"--repeat-penalty"_s, u"1.1"_s, u"--seed"_s,  u"4294967295"_s, u"--extra"_s};
    QCOMPARE(inference(request).job.command, expected);

    request.sampling = {.seed = -1};
    expected = plain;
    expected.removeLast();
    expected += {u"--seed"_s, u"-1"_s, u"--extra"_s};
    QCOMPARE(inference(request).job.command, expected);
    // Every known engine has these flags.
    for (const QString &engine : {u"bitnet"_s, u"llamacpp"_s}) {
        const EngineFlags flags = Testing::recordedFlags(engine);
        for (const QString &flag : {u"--top-k"_s, u"--top-p"_s, u"--min-p"_s, u"--repeat-penalty"_s, u"--seed"_s})
            QVERIFY2(flags.contains(flag), qPrintable(engine + flag));
    }
}

void tst_BitNetRuntime::samplingLimits_data()
{
    QTest::addColumn<SamplingSettings>("sampling");
    QTest::addColumn<QString>("field"); // empty: right
    QTest::newRow("top_p 1") << SamplingSettings{.topP = 1} << QString();
    QTest::newRow("top_p 0") << SamplingSettings{.topP = 0} << u"top_p"_s;
    QTest::newRow("top_p, not a number") << SamplingSettings{.topP = std::nan("")} << u"top_p"_s;
    QTest::newRow("min_p 0") << SamplingSettings{.minP = 0} << QString();
    QTest::newRow("min_p 1") << SamplingSettings{.minP = 1} << QString();
    QTest::newRow("min_p 1.01") << SamplingSettings{.minP = 1.01} << u"min_p"_s;
    QTest::newRow("min_p, not a number") << SamplingSettings{.minP = std::nan("")} << u"min_p"_s;
    QTest::newRow("repeat_penalty, infinite") << SamplingSettings{.repeatPenalty = HUGE_VAL} << u"repeat_penalty"_s;
    QTest::newRow("repeat_penalty, not a number")
        << SamplingSettings{.repeatPenalty = std::nan("")} << u"repeat_penalty"_s;
    QTest::newRow("repeat_penalty, small") << SamplingSettings{.repeatPenalty = 0.01} << QString();
    QTest::newRow("seed 0") << SamplingSettings{.seed = 0} << QString();
    QTest::newRow("seed of 33 bits") << SamplingSettings{.seed = 4294967296} << u"seed"_s;
    QTest::newRow("top_k, the largest") << SamplingSettings{.topK = std::numeric_limits<int>::max()} << QString();
}

void tst_BitNetRuntime::samplingLimits()
{
    QFETCH(SamplingSettings, sampling);
    QFETCH(QString, field);
    InferenceRequest request = inferenceRequest();
    request.sampling = sampling;
    const Invocation invocation = inference(request);
    QCOMPARE(invocation.error ? invocation.error->field : QString(), field);
}

void tst_BitNetRuntime::systemPrompt_data()
{
    QTest::addColumn<EngineFlags>("flags");
    QTest::addColumn<QStringList>("expected"); // the arguments; none: left out with a warning
    QTest::newRow("bitnet.cpp") << Testing::recordedFlags(u"bitnet"_s) << QStringList();
    QTest::newRow("llama.cpp") << Testing::recordedFlags(u"llamacpp"_s) << QStringList();
    QTest::newRow("newer llama.cpp") << EngineFlags::fromHelp("-sys,  --system-prompt PROMPT\n-st, --single-turn\n")
                                     << QStringList{u"--system-prompt"_s, u"Be brief."_s};
}

void tst_BitNetRuntime::systemPrompt()
{
    QFETCH(EngineFlags, flags);
    QFETCH(QStringList, expected);
    InferenceRequest request = inferenceRequest();
    const QStringList plain = runtime().inference(request, flags).job.command;
    request.systemPrompt = u" Be brief.\n"_s;
    const Invocation invocation = runtime().inference(request, flags);
    if (expected.isEmpty()) {
        QCOMPARE(invocation.job.command, plain);
        QCOMPARE(invocation.warnings.size(), 1);
        QCOMPARE(invocation.warnings.constFirst().field, u"system_prompt"_s);
    } else {
        QVERIFY(invocation.warnings.isEmpty());
        const qsizetype at = invocation.job.command.indexOf(expected.constFirst());
        QCOMPARE(invocation.job.command.mid(at, 2), expected);
    }
    request.systemPrompt = QString(maximumArgumentBytes + 1, u'x');
    QCOMPARE(runtime().inference(request, flags).error->field, u"system_prompt"_s);
}

void tst_BitNetRuntime::serverSlots()
{
    ServerRequest request = serverRequest();
    QVERIFY(!runtime().server(request).job.command.contains(u"--parallel"_s));
    request.slotCount = 4;
    request.extraArguments = {u"--metrics"_s};
    const QStringList command = runtime().server(request).job.command;
    QCOMPARE(command.last(3), (QStringList{u"--parallel"_s, u"4"_s, u"--metrics"_s}));
}

void tst_BitNetRuntime::temperatureText_data()
{
    QTest::addColumn<double>("temperature");
    QTest::addColumn<QString>("text");
    QTest::newRow("0.8") << 0.8 << u"0.8"_s;
    QTest::newRow("1") << 1.0 << u"1"_s;
    QTest::newRow("a third is exact") << 1.0 / 3 << u"0.3333333333333333"_s;
    QTest::newRow("small") << 1e-5 << u"1e-05"_s;
}

// The decimal point is a point whatever the locale.
void tst_BitNetRuntime::temperatureText()
{
    QFETCH(double, temperature);
    QFETCH(QString, text);
    const QLocale before;
    QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
    InferenceRequest request = inferenceRequest();
    request.temperature = temperature;
    const QStringList command = inference(request).job.command;
    QLocale::setDefault(before);
    QCOMPARE(command.value(command.indexOf("--temp"_L1) + 1), text);
}

void tst_BitNetRuntime::modeFlags_data()
{
    QTest::addColumn<EngineFlags>("flags");
    QTest::addColumn<bool>("conversation");
    QTest::addColumn<QStringList>("extra");
    QTest::addColumn<QStringList>("expected"); // what follows -ngl N
    QTest::addColumn<bool>("interactive");

    const EngineFlags bitnet = Testing::recordedFlags(u"bitnet"_s);
    const EngineFlags llamacpp = Testing::recordedFlags(u"llamacpp"_s);
    const EngineFlags both = EngineFlags::fromHelp("-cnv, --conversation\n-no-cnv, --no-conversation\n"
                                                   "-st, --single-turn\n--simple-io\n");
    const EngineFlags newest = EngineFlags::fromHelp("-cnv, --conversation\n-st, --single-turn\n--simple-io\n");
    const QStringList none;

    QTest::newRow("bitnet.cpp, one-shot") << bitnet << false << none << none << false;
    QTest::newRow("llama.cpp, one-shot") << llamacpp << false << none << QStringList{u"-no-cnv"_s} << false;
    QTest::newRow("newer llama.cpp, one-shot") << both << false << none << QStringList{u"-st"_s} << false;
    QTest::newRow("newest llama.cpp, one-shot") << newest << false << none << QStringList{u"-st"_s} << false;
    QTest::newRow("long names only, single turn") << EngineFlags::fromHelp("--single-turn\n--no-conversation\n")
                                                  << false << none << QStringList{u"--single-turn"_s} << false;
    QTest::newRow("long names only, no conversation") << EngineFlags::fromHelp("--no-conversation\n") << false << none
                                                      << QStringList{u"--no-conversation"_s} << false;
    QTest::newRow("unknown engine, one-shot") << EngineFlags() << false << none << none << false;
    QTest::newRow("before the extra arguments") << llamacpp << false << QStringList{u"--seed"_s, u"1"_s}
                                                << QStringList{u"-no-cnv"_s, u"--seed"_s, u"1"_s} << false;
    for (const QString &own : {u"-no-cnv"_s, u"--no-conversation"_s, u"-st"_s, u"--single-turn"_s}) {
        QTest::addRow("not twice: %s, llama.cpp", qPrintable(own))
            << llamacpp << false << QStringList{own} << QStringList{own} << false;
        QTest::addRow("not twice: %s, newer", qPrintable(own))
            << both << false << QStringList{own} << QStringList{own} << false;
    }
    QTest::newRow("bitnet.cpp, conversation")
        << bitnet << true << none << QStringList{u"-cnv"_s, u"--simple-io"_s} << true;
    QTest::newRow("llama.cpp, conversation")
        << llamacpp << true << none << QStringList{u"-cnv"_s, u"--simple-io"_s} << true;
    QTest::newRow("newest llama.cpp, conversation")
        << newest << true << none << QStringList{u"-cnv"_s, u"--simple-io"_s} << true;
    QTest::newRow("unknown engine, conversation") << EngineFlags() << true << none << QStringList{u"-cnv"_s} << true;
    QTest::newRow("--simple-io not twice")
        << bitnet << true << QStringList{u"--simple-io"_s} << QStringList{u"-cnv"_s, u"--simple-io"_s} << true;
    for (const QString &own :
         {u"-cnv"_s, u"--conversation"_s, u"-i"_s, u"--interactive"_s, u"-if"_s, u"--interactive-first"_s}) {
        QTest::addRow("asked for by an extra argument: %s", qPrintable(own))
            << llamacpp << false << QStringList{own} << QStringList{u"--simple-io"_s, own} << true;
        QTest::addRow("asked for twice: %s", qPrintable(own))
            << llamacpp << true << QStringList{own} << QStringList{u"--simple-io"_s, own} << true;
    }
}

void tst_BitNetRuntime::modeFlags()
{
    QFETCH(EngineFlags, flags);
    QFETCH(bool, conversation);
    QFETCH(QStringList, extra);
    QFETCH(QStringList, expected);
    QFETCH(bool, interactive);
    InferenceRequest request = inferenceRequest();
    request.conversation = conversation;
    request.extraArguments = extra;
    const Invocation invocation = runtime().inference(request, flags);
    QVERIFY(invocation.isValid());
    const QStringList command = invocation.job.command;
    QCOMPARE(command.sliced(command.indexOf("-ngl"_L1) + 2), expected);
    QCOMPARE(invocation.job.interactive, interactive);
}

void tst_BitNetRuntime::promptIsTrimmed()
{
    InferenceRequest request = inferenceRequest();
    request.prompt = u" \n\t two  words \u00a0\r\n"_s;
    const Invocation invocation = inference(request);
    QCOMPARE(invocation.job.prompt, u"two  words"_s);
    QCOMPARE(invocation.job.command.value(8), u"two  words"_s);
}

void tst_BitNetRuntime::promptWithNul()
{
    InferenceRequest request = inferenceRequest();
    request.prompt = u"a\0b"_s;
    QCOMPARE(
        inference(request).error,
        std::optional(issue("prompt", u"Prompt must not hold a NUL character: an engine would stop reading there."_s)));
}

void tst_BitNetRuntime::longPromptGoesByFile_data()
{
    QTest::addColumn<QString>("prompt");
    QTest::addColumn<bool>("byFile");
    QTest::newRow("fits exactly") << QString(maximumArgumentBytes, u'a') << false;
    QTest::newRow("a byte too long") << QString(maximumArgumentBytes + 1, u'a') << true;
    QTest::newRow("fits after trimming") << QString(QString(maximumArgumentBytes, u'a') + u'\n') << false;
    QTest::newRow("bytes count, not characters") << QString(maximumArgumentBytes / 2 + 1, u'ä') << true;
    QTest::newRow("a megabyte") << QString(1024 * 1024, u'€') << true;
}

void tst_BitNetRuntime::longPromptGoesByFile()
{
    QFETCH(QString, prompt);
    QFETCH(bool, byFile);
    InferenceRequest request = inferenceRequest();
    request.prompt = prompt;
    const Invocation invocation = inference(request);
    QVERIFY(invocation.isValid());
    QCOMPARE(validate(invocation.job), std::nullopt);
    const QStringList &command = invocation.job.command;
    if (!byFile) {
        QCOMPARE(command.value(7), u"-p"_s);
        QCOMPARE(command.value(8), prompt.trimmed());
        QVERIFY(invocation.job.files.isEmpty());
        return;
    }
    QCOMPARE(command.value(7), u"-f"_s);
    QVERIFY(!command.contains("-p"_L1));
    QCOMPARE(invocation.job.files.size(), 1);
    const PrivateFile &file = invocation.job.files.constFirst();
    QCOMPARE(command.value(8), PrivateFile::placeholder(file.name));
    QCOMPARE(file.content, prompt.toUtf8());
    QCOMPARE(invocation.job.prompt, prompt);
}

void tst_BitNetRuntime::homeIsExpanded()
{
    const QByteArray before = qgetenv("HOME");
    qputenv("HOME", QFile::encodeName(m_fixture->path(u"."_s)));
    const BitNetRuntime runtime({.buildDir = u"~/build"_s, .cpuCount = 4, .gpuMemoryGiB = 0});
    InferenceRequest request = inferenceRequest();
    request.model = u"~/model.gguf"_s;
    const Invocation found = runtime.inference(request, {});
    request.model = u"~/other.gguf"_s;
    const Invocation missing = runtime.inference(request, {});
    const QString home = QDir::homePath();
    qputenv("HOME", before);

    QVERIFY2(found.isValid(), qPrintable(found.error.value_or(ConfigurationIssue()).message));
    QCOMPARE(QFileInfo(found.job.command.value(0)).canonicalFilePath(), QFileInfo(m_cli).canonicalFilePath());
    QCOMPARE(QFileInfo(found.job.command.value(2)).canonicalFilePath(), QFileInfo(m_model).canonicalFilePath());
    QCOMPARE(missing.error,
             std::optional(issue(
                 "model", u"Model file not found: %1/other.gguf. Provide a valid --model path (GGUF)."_s.arg(home))));
}

// The job may run in another folder than the application.
void tst_BitNetRuntime::relativePathsBecomeAbsolute()
{
    const QString before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(m_fixture->path(u"."_s)));
    InferenceRequest request = inferenceRequest();
    request.model = u"model.gguf"_s;
    const Invocation invocation =
        BitNetRuntime({.buildDir = u"build"_s, .cpuCount = 4, .gpuMemoryGiB = 0}).inference(request, {});
    const QString folder = QDir::currentPath();
    QVERIFY(QDir::setCurrent(before));
    QVERIFY(invocation.isValid());
    QCOMPARE(invocation.job.command.value(0), QString(folder + "/build/bin/llama-cli"_L1));
    QCOMPARE(invocation.job.command.value(2), QString(folder + "/model.gguf"_L1));
}

void tst_BitNetRuntime::modelProblems()
{
    InferenceRequest request = inferenceRequest();
    request.model = m_fixture->path(u"build"_s);
    QCOMPARE(inference(request).error,
             std::optional(issue("model", u"Model path must be a file: %1"_s.arg(request.model))));
    request.model = m_fixture->writeModel(u"empty.gguf"_s, {});
    QCOMPARE(inference(request).error,
             std::optional(issue("model", u"Not a GGUF model: %1. It is empty."_s.arg(request.model))));
    request.model.clear();
    QCOMPARE(inference(request).error,
             std::optional(issue("model", u"Model file not found: . Provide a valid --model path (GGUF)."_s)));
}

void tst_BitNetRuntime::withBuildDir()
{
    const BitNetRuntime here = runtime(6, 2.0);
    const BitNetRuntime there = here.withBuildDir(m_fixture->path(u"nothing"_s));
    QCOMPARE(there.options().buildDir, m_fixture->path(u"nothing"_s));
    QCOMPARE(there.cpuCount(), 6);
    QCOMPARE(there.automaticGpuLayers(), 8);
    QVERIFY(here.findBinary(u"llama-cli"_s));
    QVERIFY(!there.findBinary(u"llama-cli"_s));
}

QTEST_GUILESS_MAIN(tst_BitNetRuntime)
#include "tst_bitnetruntime.moc"
