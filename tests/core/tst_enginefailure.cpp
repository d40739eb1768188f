// SPDX-License-Identifier: MIT
#include "core/runtime/enginefailure.h"
#include "core/runtime/localport.h"

#include "app/replay/transcript.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>

using namespace BitNet;
using namespace Qt::StringLiterals;

using Kind = EngineFailure::Kind;
Q_DECLARE_METATYPE(EngineFailure::Kind)

namespace {

const QString failureFolder = QStringLiteral(BITNET_TEST_DATA "/failures/");
const QString transcriptFolder = QStringLiteral(BITNET_SOURCE_DIR "/resources/transcripts/");
const QString model = u"models/m.gguf"_s;

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestEngineFailure : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void recordedFailures_data();
    void recordedFailures();
    void everyRecordingIsTested();
    void transcripts_data();
    void transcripts();
    void endings_data();
    void endings();
    void kills_data();
    void kills();
    void portIsOffered();
    void successIsNoFailure();
};

// Standard error of real engines; what "-" stands for is not looked at.
void TestEngineFailure::recordedFailures_data()
{
    QTest::addColumn<int>("exitCode"); // below 0: that signal
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("sentence"); // contains
    QTest::addColumn<QString>("line"); // contains

    const auto both = [](const char *name, int exitCode, Kind kind, const QString &field, const QString &sentence,
                         const QString &line) {
        for (const char *engine : {"llamacpp", "bitnet"})
            QTest::addRow("%s-%s", engine, name) << exitCode << kind << field << sentence << line;
    };
    const auto inModel = u"model"_s;
    both("unreadable-model", 1, Kind::ModelNotFound, inModel, u"was not found or can't be read: models/nope.gguf."_s,
         u"failed to open"_s);
    both("server-missing-model", -SIGABRT, Kind::ModelNotFound, inModel, u"models/nope.gguf"_s, u"failed to open"_s);
    both("empty-model", 1, Kind::NotAModel, inModel, u"models/m.gguf is not a GGUF model."_s, u"magic"_s);
    both("not-gguf", 1, Kind::NotAModel, inModel, u"models/m.gguf is not a GGUF model."_s, u"'GGML'"_s);
    both("torn-header", 1, Kind::ModelIncomplete, inModel, u"can't read its header"_s,
         u"failed to read key-value pairs"_s);
    both("truncated-model", 1, Kind::ModelIncomplete, inModel, u"ends before its weights do"_s,
         u"tensor 'blk.0.ffn_up.weight' data is not within the file bounds"_s);
    both("version-1", 1, Kind::ModelUnsupported, inModel, u"version 1"_s, u"GGUFv1"_s);
    both("architecture", 1, Kind::ModelUnsupported, inModel, u"\"zzqqa\""_s, u"unknown model architecture"_s);
    both("missing-tensor", 1, Kind::ModelUnsupported, inModel, u"another version"_s, u"blk.1.attn_q.weight"_s);
    both("tokenizer", 1, Kind::ModelUnsupported, inModel, u"another version"_s, u"unknown tokenizer: 'lxxma'"_s);
    both("type-40", -SIGABRT, Kind::ModelUnsupported, inModel, u"A newer engine may."_s, u"type"_s);
    both("long-prompt", 1, Kind::PromptTooLong, u"ctx_size"_s, u"has 2002 tokens"_s, u"main: prompt is too long"_s);
    both("context-memory", 1, Kind::ContextTooLarge, u"ctx_size"_s, u"a context of 20000000 tokens"_s, u"allocate"_s);
    both("context-badalloc", -SIGABRT, Kind::ContextTooLarge, u"ctx_size"_s, u"a context of 2000000000 tokens"_s,
         u"std::bad_alloc"_s);
    both("bad-number", 1, Kind::InvalidArgument, u"extra_arguments"_s, u"given with -c is not a number"_s,
         u"error while handling argument"_s);
    both("missing-file", 1, Kind::FileNotFound, u"extra_arguments"_s, u"models/prompt.txt, given with -f,"_s,
         u"failed to open file"_s);
    both("bad-flag", 1, Kind::InvalidArgument, u"extra_arguments"_s, u"does not know the argument --nope."_s,
         u"error: invalid argument: --nope"_s);
    both("port-taken", 1, Kind::PortTaken, u"port"_s, u"Port 18099 of 127.0.0.1 is taken"_s, u"main: couldn't bind"_s);
    both("address", 1, Kind::AddressUnusable, u"host"_s, u"203.0.113.7 is no address of this machine."_s,
         u"couldn't bind"_s);
    QTest::newRow("llamacpp-big-endian") << 1 << Kind::ModelUnsupported << inModel << u"the other byte order"_s
                                         << u"version 50331648"_s;
    QTest::newRow("bitnet-big-endian") << 1 << Kind::ModelIncomplete << inModel << u"damaged"_s
                                       << u"failed to read header"_s;
    QTest::newRow("bitnet-no-value") << 1 << Kind::InvalidArgument << u"extra_arguments"_s
                                     << u"The argument -n needs a value."_s << u"expected value"_s;
    QTest::newRow("llamacpp-i2s") << 1 << Kind::ModelUnsupported << inModel << u"I2_S, which only a BitNet engine"_s
                                  << u"of type 36"_s;
    QTest::newRow("llamacpp-type-38") << 1 << Kind::ModelUnsupported << inModel << u"TL1, which only a BitNet engine"_s
                                      << u"of type 38"_s;
    QTest::newRow("llamacpp-type-39") << 1 << Kind::ModelUnsupported << inModel << u"TL2"_s << u"ggml type 39"_s;
    QTest::newRow("llamacpp-type-31") << 1 << Kind::ModelUnsupported << inModel << u"Use a Q4_0 model."_s
                                      << u"of type 31"_s;
}

void TestEngineFailure::recordedFailures()
{
    QFETCH(int, exitCode);
    const QByteArray words = contents(failureFolder + QString::fromLatin1(QTest::currentDataTag()) + u".txt"_s);
    QVERIFY(!words.isEmpty());
    EngineEnding ending{.standardError = words, .model = model};
    (exitCode < 0 ? ending.signal : ending.exitCode) = std::abs(exitCode);
    const auto failure = recogniseFailure(ending);
    QVERIFY(failure);
    QTEST(failure->kind, "kind");
    QTEST(failure->field, "field");
    QFETCH(QString, sentence);
    QVERIFY2(failure->sentence.contains(sentence), qPrintable(failure->sentence));
    QVERIFY2(failure->sentence.endsWith(u'.') && !failure->sentence.contains(u"%"), qPrintable(failure->sentence));
    QFETCH(QString, line);
    QVERIFY2(failure->engineLine.contains(line), qPrintable(failure->engineLine));
    // The engine's own line, whole.
    QVERIFY(words.contains(QByteArray(failure->engineLine.toUtf8() + '\n')));
}

void TestEngineFailure::everyRecordingIsTested()
{
    QFile source(QStringLiteral(BITNET_SOURCE_DIR "/tests/core/tst_enginefailure.cpp"));
    QVERIFY(source.open(QIODevice::ReadOnly));
    const QByteArray text = source.readAll();
    const QStringList files = QDir(failureFolder).entryList({u"*.txt"_s});
    QVERIFY(files.size() > 40);
    for (const QString &file : files) {
        const QByteArray name = file.chopped(4).toLatin1();
        const QByteArray shortName = name.mid(name.indexOf('-') + 1);
        QVERIFY2(text.contains(QByteArray('"' + name + '"')) || text.contains(QByteArray('"' + shortName + '"')),
                 name.constData());
    }
}

void TestEngineFailure::transcripts_data()
{
    QTest::addColumn<bool>("isFailure");
    QTest::addColumn<Kind>("kind");

    QTest::newRow("llamacpp-cli-missing-model") << true << Kind::ModelNotFound;
    QTest::newRow("bitnet-cli-missing-model") << true << Kind::ModelNotFound;
    QTest::newRow("llamacpp-cli-not-gguf") << true << Kind::NotAModel;
    QTest::newRow("llamacpp-cli-truncated-model") << true << Kind::ModelIncomplete;
    QTest::newRow("llamacpp-cli-bad-flag") << true << Kind::InvalidArgument;
    QTest::newRow("bitnet-cli-no-cnv-rejected") << true << Kind::InvalidArgument;
    // Stopped by signals, or not failed at all: no sentence is better than a wrong one.
    for (const char *name : {"llamacpp-cli-sigint", "llamacpp-cli-sigterm", "llamacpp-server", "bitnet-server",
                             "llamacpp-cli-conversation", "bitnet-cli-conversation", "llamacpp-cli-oneshot",
                             "bitnet-cli-oneshot", "bitnet-cli-f16-oneshot", "llamacpp-cli-eos", "llamacpp-cli-help",
                             "bitnet-cli-help", "llamacpp-cli-version", "bitnet-cli-version"})
        QTest::newRow(name) << false << Kind();
}

void TestEngineFailure::transcripts()
{
    QFETCH(bool, isFailure);
    QString error;
    const auto transcript = Replay::Transcript::load(
        QString(transcriptFolder + QString::fromLatin1(QTest::currentDataTag()) + u".jsonl"_s), &error);
    QVERIFY2(transcript, qPrintable(error));
    const QByteArray words = Replay::bytesOf(transcript->events, Replay::Stream::Stderr);
    const auto failure = recogniseFailure(
        {.standardError = words, .exitCode = transcript->exitCode, .signal = transcript->signal, .model = model});
    QCOMPARE(failure.has_value(), isFailure);
    if (failure)
        QTEST(failure->kind, "kind");
}

void TestEngineFailure::endings_data()
{
    QTest::addColumn<QByteArray>("words");
    QTest::addColumn<int>("exitCode"); // below 0: that signal
    QTest::addColumn<QString>("sentence"); // contains; empty: nothing is recognised

    QTest::newRow("another processor") << QByteArray("build: 4748\n") << -SIGILL << u"(SIGILL)"_s;
    QTest::newRow("library") << QByteArray(
        "./llama-cli: error while loading shared libraries: libllama.so: cannot open "
        "shared object file: No such file or directory\n")
                             << 127 << u"its library libllama.so."_s;
    QTest::newRow("GPU memory") << QByteArray(
        "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 9000.00 MiB on device "
        "0: cudaMalloc failed: out of memory\n")
                                << 1 << u"There is not enough memory. Choose"_s;
    QTest::newRow("compute buffers") << QByteArray(
        "llama_init_from_model: n_ctx         = 4096\n"
        "llama_init_from_model: KV self size  =   12.00 MiB, K (f16):    6.00 MiB\n"
        "llama_init_from_model: failed to allocate compute buffers\n")
                                     << 1 << u"There is not enough memory. Choose a smaller model or context."_s;
    QTest::newRow("assertion") << QByteArray("ggml.c:100: GGML_ASSERT(a == b) failed\n") << -SIGABRT
                               << u"an internal check"_s;
    QTest::newRow("no reason given") << QByteArray("main: error: unable to load model\n") << 1
                                     << u"could not load models/m.gguf."_s;
    QTest::newRow("split model") << QByteArray(
        "llama_model_load: error loading model: illegal split file idx: 1 (file: m-00002-of-00003.gguf), "
        "model must be loaded with the first split\n")
                                 << 1 << u"not the first file of a split model"_s;
    QTest::newRow("newer version") << QByteArray(
        "gguf_init_from_file_impl: this GGUF file is version 4 but this software only supports up to version "
        "3\n") << 1 << u"a GGUF file of version 4"_s;
    QTest::newRow("permission") << QByteArray("gguf_init_from_file: failed to open 'm.gguf': 'Permission denied'\n")
                                << 1 << u"can't be read: m.gguf."_s;
    QTest::newRow("the model quotes an error")
        << QByteArray("llama_model_loader: - kv   1:   general.name str   = error: invalid argument: --x\n") << 1
        << QString();
    QTest::newRow("nothing known") << QByteArray("hello\n") << 3 << QString();
    QTest::newRow("segmentation fault") << QByteArray("hello\n") << -SIGSEGV << QString();
    QTest::newRow("bytes that are no text") << QByteArray("\xff\xfe\0\n\n\r\n%1 %2", 13) << 3 << QString();
}

void TestEngineFailure::endings()
{
    QFETCH(QByteArray, words);
    QFETCH(int, exitCode);
    QFETCH(QString, sentence);
    EngineEnding ending{.standardError = words, .model = model};
    (exitCode < 0 ? ending.signal : ending.exitCode) = std::abs(exitCode);
    const auto failure = recogniseFailure(ending);
    QCOMPARE(failure.has_value(), !sentence.isEmpty());
    if (failure)
        QVERIFY2(failure->sentence.contains(sentence), qPrintable(failure->sentence));
}

void TestEngineFailure::kills_data()
{
    QTest::addColumn<QByteArray>("words");
    QTest::addColumn<bool>("isForMemory");
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("sentence"); // contains

    const QByteArray making = "llama_init_from_model: n_ctx         = 300000000\n"
                              "llama_kv_cache_init: kv_size = 300000000, offload = 1, type_k = 'f16', n_layer = 2\n";
    const QByteArray made = "llama_init_from_model: n_ctx         = 4096\n"
                            "llama_init_from_model: KV self size  =   12.00 MiB, K (f16):    6.00 MiB\n";
    const QString outside = u"by a signal from outside"_s;
    QTest::newRow("memory") << QByteArray() << true << Kind::KilledBySystem << u"Choose a smaller model or context."_s;
    QTest::newRow("memory, for the context")
        << making << true << Kind::KilledBySystem << u"a context of 300000000 tokens"_s;
    QTest::newRow("memory, later") << made << true << Kind::KilledBySystem << u"Memory ran out"_s;
    QTest::newRow("by hand") << QByteArray() << false << Kind::KilledFromOutside << outside;
    QTest::newRow("by hand, at the context") << making << false << Kind::KilledFromOutside << outside;
}

// That memory ran out is said only where the kernel has counted it.
void TestEngineFailure::kills()
{
    QFETCH(QByteArray, words);
    QFETCH(bool, isForMemory);
    const auto failure =
        recogniseFailure({.standardError = words, .signal = SIGKILL, .isKilledForMemory = isForMemory, .model = model});
    QVERIFY(failure);
    QTEST(failure->kind, "kind");
    QFETCH(QString, sentence);
    QVERIFY2(failure->sentence.contains(sentence), qPrintable(failure->sentence));
    QCOMPARE(failure->sentence.contains(u"memory"_s, Qt::CaseInsensitive), isForMemory);
}

void TestEngineFailure::portIsOffered()
{
    const QByteArray words = contents(failureFolder + u"llamacpp-port-taken.txt"_s);
    const auto failure = recogniseFailure({.standardError = words, .exitCode = 1});
    QVERIFY(failure && failure->freePort);
    QVERIFY(failure->sentence.endsWith(u"; port %1 is free."_s.arg(*failure->freePort)));
    QCOMPARE(portState(u"127.0.0.1"_s, quint16(*failure->freePort)), PortState::Free);
}

void TestEngineFailure::successIsNoFailure()
{
    QVERIFY(!recogniseFailure({.standardError = "main: error: unable to load model\n", .exitCode = 0}));
}

QTEST_GUILESS_MAIN(TestEngineFailure)
#include "tst_enginefailure.moc"
