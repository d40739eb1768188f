// SPDX-License-Identifier: MIT
// What BitNetRuntime asks of the engine and the machine: prepareInference, prepareServer, diagnostics.
#include "core/runtime/bitnetruntime.h"
#include "core/runtime/engineprobe.h"
#include "core/runtime/machine.h"

#include "support/enginefixture.h"

#include <QElapsedTimer>
#include <QFuture>
#include <QTest>

#include <memory>
#include <thread>

using namespace BitNet;
using namespace Qt::StringLiterals;

class tst_PrepareInvocation : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void engineIsAskedOnce();
    void needsNoEventLoop();
    void copiesShareWhatIsKnown();
    void brokenEngineWarns();
    void runtimeMayGo();

    void nvidiaSmi_data();
    void nvidiaSmi();
    void gpuDecidesLayers();
    void givenLayersDontWaitForTheGpu();
    void brokenNvidiaSmi();

    void diagnosticsOfAGoodMachine();
    void diagnosticsOfProblems();
    void diagnosticsOfSilentEngine();
    void diagnosticsDisk();

private:
    BitNetRuntime runtime(double gpuMemoryGiB = 0) const
    {
        return BitNetRuntime({.buildDir = m_fixture->buildDir(), .cpuCount = 4, .gpuMemoryGiB = gpuMemoryGiB});
    }
    InferenceRequest request() const { return {.model = m_model, .prompt = u"Hello"_s}; }
    // A llama-cli with this help that notes its starts.
    void writeEngine(const QByteArray &help) const
    {
        m_fixture->write(u"build/bin/help.txt"_s, help);
        m_fixture->writeProgram(u"llama-cli"_s, "echo x >> \"$0.starts\"; cat \"$(dirname \"$0\")/help.txt\"\n");
    }
    int starts() const { return int(m_fixture->read(u"build/bin/llama-cli.starts"_s).count('\n')); }
    // Puts a program before all others in PATH until the test's end.
    void writeNvidiaSmi(const QByteArray &script) const
    {
        m_fixture->write(u"path/nvidia-smi"_s, "#!/bin/sh\n" + script, true);
        qputenv("PATH", QFile::encodeName(m_fixture->path(u"path"_s)) + ':' + m_path);
    }

    std::unique_ptr<Testing::EngineFixture> m_fixture;
    QString m_model;
    QByteArray m_path;
};

void tst_PrepareInvocation::init()
{
    m_fixture = std::make_unique<Testing::EngineFixture>();
    m_model = m_fixture->writeModel();
    m_path = qgetenv("PATH");
}

void tst_PrepareInvocation::cleanup()
{
    qputenv("PATH", m_path);
    m_fixture.reset();
}

void tst_PrepareInvocation::engineIsAskedOnce()
{
    writeEngine(Testing::recordedHelp(u"llamacpp"_s));
    const BitNetRuntime runtime = this->runtime();
    for (int i = 0; i < 3; ++i) {
        QFuture<Invocation> future = runtime.prepareInference(request());
        QVERIFY(i == 0 || future.isFinished());
        const Invocation invocation = future.result();
        QVERIFY(invocation.isValid());
        QVERIFY(invocation.warnings.isEmpty());
        QCOMPARE(invocation.job.command.constLast(), u"-no-cnv"_s);
        QCOMPARE(invocation.job, runtime.inference(request(), Testing::recordedFlags(u"llamacpp"_s)).job);
    }
    QCOMPARE(starts(), 1);

    // The engine is built anew, as another version.
    writeEngine(Testing::recordedHelp(u"bitnet"_s));
    QFile binary(m_fixture->path(u"build/bin/llama-cli"_s));
    QVERIFY(binary.open(QIODevice::Append) && binary.write("#\n") == 2);
    binary.close();
    QCOMPARE(runtime.prepareInference(request()).result().job.command.constLast(), u"0"_s);
    QCOMPARE(starts(), 2);
}

void tst_PrepareInvocation::needsNoEventLoop()
{
    writeEngine(Testing::recordedHelp(u"llamacpp"_s));
    QString last;
    std::thread([&] { last = runtime().prepareInference(request()).result().job.command.constLast(); }).join();
    QCOMPARE(last, u"-no-cnv"_s);
}

void tst_PrepareInvocation::copiesShareWhatIsKnown()
{
    writeEngine(Testing::recordedHelp(u"llamacpp"_s));
    const BitNetRuntime runtime = this->runtime();
    const BitNetRuntime elsewhere = BitNetRuntime(runtime).withBuildDir(u"/nowhere"_s);
    QVERIFY(elsewhere.withBuildDir(m_fixture->buildDir()).prepareInference(request()).result().isValid());
    QVERIFY(runtime.prepareInference(request()).isFinished());
    QCOMPARE(starts(), 1);
}

void tst_PrepareInvocation::brokenEngineWarns()
{
    m_fixture->writeProgram(u"llama-cli"_s, "echo 'libllama.so: cannot open' >&2; exit 127\n");
    const BitNetRuntime runtime = this->runtime();
    for (int i = 0; i < 2; ++i) { // the second time from the cache
        const Invocation invocation = runtime.prepareInference(request()).result();
        QVERIFY(invocation.isValid());
        QCOMPARE(invocation.job.command.constLast(), u"0"_s);
        QCOMPARE(invocation.warnings,
                 QList{(ConfigurationIssue{.field = u"binary"_s,
                                           .message = u"The engine did not say which flags it has, so only those that "
                                                      "every engine has are used. libllama.so: cannot open"_s})});
    }
}

void tst_PrepareInvocation::runtimeMayGo()
{
    m_fixture->writeProgram(u"llama-cli"_s, "exec sleep 300\n");
    QElapsedTimer timer;
    timer.start();
    QFuture<Invocation> future;
    {
        const auto runtime = std::make_unique<BitNetRuntime>(this->runtime());
        future = runtime->prepareInference(request());
        QVERIFY(!future.isFinished());
    }
    const Invocation invocation = future.result();
    QVERIFY(timer.elapsed() < 8000);
    QVERIFY(invocation.isValid());
    QCOMPARE(invocation.warnings.size(), 1);
}

void tst_PrepareInvocation::nvidiaSmi_data()
{
    QTest::addColumn<QByteArray>("csv");
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<double>("smallestGiB");
    QTest::newRow("nothing") << QByteArray() << QStringList() << 0.0;
    QTest::newRow("one") << QByteArray("NVIDIA GeForce RTX 4090, 24564\n") << QStringList{u"NVIDIA GeForce RTX 4090"_s}
                         << 24564.0 / 1024;
    QTest::newRow("the smallest of two") << QByteArray("A, 24564\nB, 8192\n") << QStringList{u"A"_s, u"B"_s} << 8.0;
    QTest::newRow("a comma in the name") << QByteArray("Card, big, 4096\r\n") << QStringList{u"Card, big"_s} << 4.0;
    QTest::newRow("not available") << QByteArray("Card, [N/A]\n") << QStringList{u"Card"_s} << 0.0;
    QTest::newRow("one of them not available")
        << QByteArray("A, 8192\nB, [N/A]\n") << QStringList{u"A"_s, u"B"_s} << 0.0;
    QTest::newRow("other text") << QByteArray("NVIDIA-SMI has failed\n") << QStringList() << 0.0;
}

void tst_PrepareInvocation::nvidiaSmi()
{
    QFETCH(QByteArray, csv);
    QFETCH(QStringList, names);
    QFETCH(double, smallestGiB);
    const GpuInfo info = GpuInfo::fromNvidiaSmi(csv);
    QCOMPARE(info.names, names);
    QCOMPARE(info.smallestGiB, smallestGiB);
}

void tst_PrepareInvocation::gpuDecidesLayers()
{
    writeEngine(Testing::recordedHelp(u"bitnet"_s));
    m_fixture->writeProgram(u"llama-server"_s);
    // Answers only when the test lets it.
    const QByteArray gate = QFile::encodeName(m_fixture->path(u"gate"_s));
    writeNvidiaSmi("while [ ! -e '" + gate
                   + "' ]; do sleep 0.01; done\n"
                     "[ \"$1\" = --query-gpu=name,memory.total ] && echo 'Card, 8192'\n");
    const BitNetRuntime runtime = this->runtime(-1);
    QCOMPARE(runtime.automaticGpuLayers(), 0);
    QFuture<Invocation> inference = runtime.prepareInference(request());
    QFuture<Invocation> server = runtime.prepareServer({.model = m_model});
    QVERIFY(!inference.isFinished() && !server.isFinished());
    m_fixture->write(u"gate"_s, {});
    QCOMPARE(inference.result().job.command.constLast(), u"32"_s);
    QCOMPARE(server.result().job.command.constLast(), u"32"_s);
    QCOMPARE(runtime.automaticGpuLayers(), 32);
    QCOMPARE(runtime.inference(request(), {}).job.command.constLast(), u"32"_s);
    QVERIFY(runtime.prepareInference(request()).isFinished());
}

void tst_PrepareInvocation::givenLayersDontWaitForTheGpu()
{
    writeEngine(Testing::recordedHelp(u"bitnet"_s));
    m_fixture->writeProgram(u"llama-server"_s);
    writeNvidiaSmi("exec sleep 300\n");
    const BitNetRuntime runtime = this->runtime(-1);
    InferenceRequest request = this->request();
    request.gpuLayers = 5;
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(runtime.prepareInference(request).result().job.command.constLast(), u"5"_s);
    QCOMPARE(runtime.prepareServer({.model = m_model, .gpuLayers = 6}).result().job.command.constLast(), u"6"_s);
    QVERIFY(timer.elapsed() < 4500); // nvidia-smi is given 5 s
}

void tst_PrepareInvocation::brokenNvidiaSmi()
{
    writeEngine(Testing::recordedHelp(u"bitnet"_s));
    writeNvidiaSmi("echo \"couldn't communicate with the NVIDIA driver\"; exit 9\n");
    const BitNetRuntime runtime = this->runtime(-1);
    QCOMPARE(runtime.prepareInference(request()).result().job.command.constLast(), u"0"_s);
    const Diagnostic gpu = runtime.diagnostics().constLast();
    QCOMPARE(gpu.level, Diagnostic::Level::Warning);
    QCOMPARE(
        gpu.advice,
        u"nvidia-smi could not tell, so no layers are given to a GPU: see to its driver. couldn't communicate with the NVIDIA driver"_s);
}

void tst_PrepareInvocation::diagnosticsOfAGoodMachine()
{
    writeEngine(Testing::recordedHelp(u"bitnet"_s));
    const QString server = m_fixture->writeProgram(u"llama-server"_s);
    const QList<Diagnostic> list = runtime(16).diagnostics(m_model, m_fixture->path(u"."_s));
    QStringList names;
    for (const Diagnostic &diagnostic : list) {
        names += diagnostic.name;
        QVERIFY2(!diagnostic.value.isEmpty(), qPrintable(diagnostic.name));
        QCOMPARE(diagnostic.advice.isEmpty(), diagnostic.level == Diagnostic::Level::Good);
    }
    QCOMPARE(
        names,
        (QStringList{u"llama_cli"_s, u"llama_server"_s, u"model"_s, u"cpu_count"_s, u"memory"_s, u"disk"_s, u"gpu"_s}));
    using Level = Diagnostic::Level;
    QCOMPARE(list[0], (Diagnostic{u"llama_cli"_s, Level::Good, m_fixture->path(u"build/bin/llama-cli"_s), {}}));
    QCOMPARE(list[1], (Diagnostic{u"llama_server"_s, Level::Good, server, {}}));
    QCOMPARE(list[2], (Diagnostic{u"model"_s, Level::Good, m_model, {}}));
    QCOMPARE(list[3], (Diagnostic{u"cpu_count"_s, Level::Good, u"4"_s, {}}));
    QVERIFY(list[4].value.endsWith("iB free"_L1));
    QCOMPARE(list[6], (Diagnostic{u"gpu"_s, Level::Good, u"16.0 GiB"_s, {}}));
    QCOMPARE(runtime().diagnostics().constLast(), (Diagnostic{u"gpu"_s, Level::Good, u"no GPU found"_s, {}}));
}

void tst_PrepareInvocation::diagnosticsOfProblems()
{
    using Level = Diagnostic::Level;
    const QString notModel = m_fixture->writeModel(u"not.gguf"_s, "GGML");
    const QList<Diagnostic> list = runtime().diagnostics(notModel);
    QCOMPARE(list[0].level, Level::Problem);
    QVERIFY(list[0].advice.startsWith("Unable to locate the llama-cli executable."_L1));
    // Prompts run without it.
    QCOMPARE(list[1].level, Level::Warning);
    QVERIFY(list[1].advice.startsWith("Unable to locate the llama-server executable."_L1));
    QCOMPARE(list[2].level, Level::Problem);
    QVERIFY(list[2].advice.startsWith("Not a GGUF model: "_L1));

    // No model was given: nothing is said of one.
    for (const Diagnostic &diagnostic : runtime().diagnostics())
        QVERIFY(diagnostic.name != "model"_L1);
}

void tst_PrepareInvocation::diagnosticsOfSilentEngine()
{
    const QString binary = m_fixture->writeProgram(u"llama-cli"_s, "exit 0\n");
    QCOMPARE(runtime().diagnostics().constFirst(),
             (Diagnostic{u"llama_cli"_s, Diagnostic::Level::Warning, binary,
                         u"It did not answer --help as an engine does: build it again. Its --help lists no flags."_s}));
}

void tst_PrepareInvocation::diagnosticsDisk()
{
    const auto disk = [&](const QString &folder) { return runtime().diagnostics({}, folder)[4]; };
    // A folder that is not there yet is on the file system of the one that will hold it.
    const QString later = m_fixture->path(u"a/b/c"_s);
    QCOMPARE(disk(later).name, u"disk"_s);
    QVERIFY(disk(later).value.endsWith(QString("iB free in "_L1 + later)));
    QVERIFY(disk({}).value.endsWith(QDir::tempPath()));
    QCOMPARE(disk(u"/proc/self"_s).level, Diagnostic::Level::Warning);
}

QTEST_GUILESS_MAIN(tst_PrepareInvocation)
#include "tst_prepareinvocation.moc"
