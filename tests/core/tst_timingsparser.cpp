// SPDX-License-Identifier: MIT
#include "core/runtime/timingsparser.h"

#include "app/replay/transcript.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

namespace {

const QString transcriptFolder = QStringLiteral(BITNET_SOURCE_DIR "/resources/transcripts/");

QString words(const EngineTimings &t)
{
    const auto word = [](const auto &value) { return value ? QString::number(*value) : u"-"_s; };
    return QStringList{word(t.loadMs),       word(t.prefillMs),  word(t.decodeMs), word(t.promptTokens),
                       word(t.outputTokens), word(t.prefillTps), word(t.decodeTps)}
        .join(u' ');
}

EngineTimings parse(const QByteArray &standardError, const QByteArray &standardOutput = {})
{
    TimingsParser parser;
    parser.addStandardOutput(standardOutput);
    parser.addStandardError(standardError);
    return parser.timings();
}

// The timings objects in a recorded exchange over HTTP, in their order.
QList<QJsonObject> recordedTimings(const QString &file)
{
    QFile exchange(transcriptFolder + file);
    if (!exchange.open(QIODevice::ReadOnly))
        return {};
    QList<QJsonObject> found;
    const QList<QByteArray> lines = exchange.readAll().split('\n');
    for (QByteArray line : lines) {
        if (line.startsWith("data: "))
            line.remove(0, 6);
        const QJsonValue timings = QJsonDocument::fromJson(line).object().value("timings"_L1);
        if (timings.isObject())
            found += timings.toObject();
    }
    return found;
}

} // namespace

class TestTimingsParser : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void recordings_data();
    void recordings();
    void everyRecordingIsTested();
    void spellings_data();
    void spellings();
    void longLinesAreForgotten();
    void serverObjects_data();
    void serverObjects();
    void recordedServers();
};

void TestTimingsParser::recordings_data()
{
    QTest::addColumn<EngineTimings>("expected");

    QTest::newRow("llamacpp-cli-oneshot") << EngineTimings{68.45, 1439.50, 460.43, 46, 48, 31.96, 102.08};
    QTest::newRow("bitnet-cli-oneshot") << EngineTimings{9.37, 16.00, 4.44, 46, 48, 2874.64, 10597.52};
    QTest::newRow("bitnet-cli-f16-oneshot") << EngineTimings{26.15, 224.60, 194.24, 46, 48, 204.81, 241.96};
    QTest::newRow("llamacpp-cli-eos") << EngineTimings{4.40, 0.48, 13.37, 46, 123, 94845.36, 9122.18};
    // Over all turns; the tokens are the runs.
    QTest::newRow("llamacpp-cli-conversation") << EngineTimings{150.77, 686.70, 3183.59, 187, 581, 272.32, 182.50};
    QTest::newRow("bitnet-cli-conversation") << EngineTimings{34.35, 2086.68, 4680.35, 187, 927, 89.62, 198.06};
    // Interrupted while the prompt was evaluated: nothing was measured but the loading.
    QTest::newRow("llamacpp-cli-sigint") << EngineTimings{.loadMs = 71.45};
    for (const char *name : {"llamacpp-cli-sigterm", "llamacpp-cli-bad-flag", "llamacpp-cli-help",
                             "llamacpp-cli-missing-model", "llamacpp-cli-not-gguf", "llamacpp-cli-truncated-model",
                             "llamacpp-cli-version", "llamacpp-server", "bitnet-cli-help", "bitnet-cli-missing-model",
                             "bitnet-cli-no-cnv-rejected", "bitnet-cli-version", "bitnet-server"})
        QTest::newRow(name) << EngineTimings();
}

// Each as a whole, and cut into pieces of many sizes.
void TestTimingsParser::recordings()
{
    QFETCH(EngineTimings, expected);
    QString error;
    const auto transcript = Replay::Transcript::load(
        QString(transcriptFolder + QString::fromLatin1(QTest::currentDataTag()) + u".jsonl"_s), &error);
    QVERIFY2(transcript, qPrintable(error));
    const QByteArray standardError = Replay::bytesOf(transcript->events, Replay::Stream::Stderr);
    const QByteArray standardOutput = Replay::bytesOf(transcript->events, Replay::Stream::Stdout);
    QVERIFY(!standardError.isEmpty() || !standardOutput.isEmpty());
    for (const qsizetype size : {qsizetype(1), qsizetype(2), qsizetype(7), qsizetype(100), standardError.size() + 1}) {
        TimingsParser parser;
        for (qsizetype at = 0; at < standardError.size(); at += size)
            parser.addStandardError(
                QByteArrayView(standardError).sliced(at, std::min(size, standardError.size() - at)));
        for (qsizetype at = 0; at < standardOutput.size(); at += size)
            parser.addStandardOutput(
                QByteArrayView(standardOutput).sliced(at, std::min(size, standardOutput.size() - at)));
        QCOMPARE(words(parser.timings()), words(expected));
    }
}

void TestTimingsParser::everyRecordingIsTested()
{
    const QStringList files = QDir(transcriptFolder).entryList({u"*.jsonl"_s});
    QVERIFY(files.size() >= 20);
    QFile source(QStringLiteral(BITNET_SOURCE_DIR "/tests/core/tst_timingsparser.cpp"));
    QVERIFY(source.open(QIODevice::ReadOnly));
    const QByteArray text = source.readAll();
    for (const QString &file : files)
        QVERIFY2(text.contains(QByteArray('"' + file.chopped(6).toLatin1() + '"')), qPrintable(file));
}

void TestTimingsParser::spellings_data()
{
    QTest::addColumn<QByteArray>("standardError");
    QTest::addColumn<QByteArray>("standardOutput");
    QTest::addColumn<EngineTimings>("expected");

    QTest::newRow("older") << QByteArray("\n"
                                         "llama_print_timings:        load time =     250.25 ms\n"
                                         "llama_print_timings:      sample time =       3.50 ms /    20 runs   (    "
                                         "0.18 ms per token,  5714.29 tokens per second)\n"
                                         "llama_print_timings: prompt eval time =     100.00 ms /     5 tokens (   "
                                         "20.00 ms per token,    50.00 tokens per second)\n"
                                         "llama_print_timings:        eval time =     950.00 ms /    19 runs   (   "
                                         "50.00 ms per token,    20.00 tokens per second)\n"
                                         "llama_print_timings:       total time =    1060.00 ms /    24 tokens\n")
                           << QByteArray() << EngineTimings{250.25, 100, 950, 5, 20, 50, 20};
    QTest::newRow("newer, with a log prefix and the sampler's line split in two")
        << QByteArray(
               "0.17.923.560 I common_perf_print:    sampling time =      18.72 ms\n"
               "0.17.923.561 I common_perf_print:    samplers time =       7.51 ms /    16 tokens\n"
               "0.17.923.562 I common_perf_print:        load time =     969.35 ms\n"
               "0.17.923.563 I common_perf_print: prompt eval time =     785.34 ms /     8 tokens (   98.17 ms per "
               "token,    10.19 tokens per second)\n"
               "0.17.923.564 I common_perf_print:        eval time =    1992.43 ms /     7 runs   (  284.63 ms per "
               "token,     3.51 tokens per second)\n"
               "0.17.923.565 I common_perf_print:       total time =    3471.78 ms /    15 tokens\n"
               "0.17.923.566 I common_perf_print: unaccounted time =    246.12 ms /   9.0 %\n"
               "0.17.923.567 I common_perf_print:    graphs reused =         16\n")
        << QByteArray() << EngineTimings{969.35, 785.34, 1992.43, 8, 8, 10.19, 3.51};
    QTest::newRow("decimal commas") << QByteArray(
        "common_perf_print:        load time =    1000,50 ms\n"
        "common_perf_print: prompt eval time =     116,10 ms /     9 tokens (   12,90 ms per token,    "
        "77,52 tokens per second)\n"
        "common_perf_print:        eval time =   40380,08 ms /   511 runs   (   79,02 ms per token,    "
        "12,65 tokens per second)\n")
                                    << QByteArray() << EngineTimings{1000.5, 116.1, 40380.08, 9, 511, 77.52, 12.65};
    QTest::newRow("newest") << QByteArray()
                            << QByteArray(
                                   "> hi\n\nHello!\n\n[ Prompt: 282.9 t/s | Generation: 104.9 t/s ]\n\nExiting...\n")
                            << EngineTimings{.prefillTps = 282.9, .decodeTps = 104.9};
    QTest::newRow("newest, twice, once by the model")
        << QByteArray()
        << QByteArray("[ Prompt: 1.0 t/s | Generation: 2.0 t/s ]\n[ Prompt: 3,5 t/s | Generation: 4,5 t/s ]\r\n")
        << EngineTimings{.prefillTps = 3.5, .decodeTps = 4.5};
    QTest::newRow("newest, inside a sentence")
        << QByteArray() << QByteArray("It prints [ Prompt: 1.0 t/s | Generation: 2.0 t/s ] at the end\n")
        << EngineTimings();
    QTest::newRow("newest, not a number")
        << QByteArray() << QByteArray("[ Prompt: 0.0 t/s | Generation: inf t/s ]\n") << EngineTimings();
    QTest::newRow("inf and nan") << QByteArray(
        "llama_perf_sampler_print:    sampling time =       0.00 ms /     0 runs   (    -nan ms per token,"
        "     -nan tokens per second)\n"
        "llama_perf_context_print:        load time =       4.24 ms\n"
        "llama_perf_context_print: prompt eval time =       0.00 ms /     1 tokens (    0.00 ms per token,"
        "      inf tokens per second)\n"
        "llama_perf_context_print:        eval time =       0.00 ms /     1 runs   (    0.00 ms per token,"
        "      inf tokens per second)\n"
        "llama_perf_context_print:       total time =       1.22 ms /     2 tokens\n")
                                 << QByteArray() << EngineTimings{.loadMs = 4.24};
    QTest::newRow("--no-perf: counts without times")
        << QByteArray(
               "llama_perf_sampler_print:    sampling time =       0.00 ms /     8 runs   (    0.00 ms per token,"
               "      inf tokens per second)\n"
               "llama_perf_context_print:        load time =      78.67 ms\n"
               "llama_perf_context_print: prompt eval time =       0.00 ms /     4 tokens (    0.00 ms per token,"
               "      inf tokens per second)\n"
               "llama_perf_context_print:        eval time =       0.00 ms /     3 runs   (    0.00 ms per token,"
               "      inf tokens per second)\n")
        << QByteArray() << EngineTimings{.loadMs = 78.67, .promptTokens = 4, .outputTokens = 4};
    QTest::newRow("one token asked for: no run")
        << QByteArray(
               "llama_perf_sampler_print:    sampling time =       0.02 ms /     5 runs   (    0.00 ms per token,"
               " 294117.65 tokens per second)\n"
               "llama_perf_context_print: prompt eval time =       0.14 ms /     4 tokens (    0.04 ms per token,"
               " 28368.79 tokens per second)\n"
               "llama_perf_context_print:        eval time =       0.00 ms /     1 runs   (    0.00 ms per token,"
               "      inf tokens per second)\n")
        << QByteArray() << EngineTimings{std::nullopt, 0.14, std::nullopt, 4, 1, 28368.79, std::nullopt};
    QTest::newRow("a prompt of one token is a run")
        << QByteArray(
               "llama_perf_sampler_print:    sampling time =       0.04 ms /     5 runs   (    0.01 ms per token,"
               " 135135.14 tokens per second)\n"
               "llama_perf_context_print: prompt eval time =       0.00 ms /     1 tokens (    0.00 ms per token,"
               "      inf tokens per second)\n"
               "llama_perf_context_print:        eval time =       0.32 ms /     4 runs   (    0.08 ms per token,"
               " 12578.62 tokens per second)\n")
        << QByteArray() << EngineTimings{std::nullopt, std::nullopt, 0.32, 1, 4, std::nullopt, 12578.62};
    QTest::newRow("a server's slots are not the process")
        << QByteArray("slot print_timing: id  0 | task 0 | \n"
                      "prompt eval time =      41.89 ms /    40 tokens (    1.05 ms per token,   954.90 tokens per "
                      "second)\n")
        << QByteArray() << EngineTimings();
    QTest::newRow("the model says so") << QByteArray()
                                       << QByteArray("llama_perf_context_print:        load time =       4.24 ms\n")
                                       << EngineTimings();
    QTest::newRow("torn") << QByteArray("llama_perf_context_print:        load time =       4.24 ms") << QByteArray()
                          << EngineTimings();
    QTest::newRow("damaged") << QByteArray(
        "llama_perf_context_print: load time\nllama_perf_context_print: load time =\n"
        "llama_perf_context_print: eval time = x ms / y runs (\n"
        "llama_perf_context_print: prompt eval time = 1 ms / 99999999999999999999 "
        "tokens\n") << QByteArray()
                             << EngineTimings{.prefillMs = 1};
}

void TestTimingsParser::spellings()
{
    QFETCH(QByteArray, standardError);
    QFETCH(QByteArray, standardOutput);
    QFETCH(EngineTimings, expected);
    QCOMPARE(words(parse(standardError, standardOutput)), words(expected));
}

void TestTimingsParser::longLinesAreForgotten()
{
    TimingsParser parser;
    const QByteArray piece(1000, 'x');
    for (int i = 0; i < 1000; ++i)
        parser.addStandardError(piece);
    parser.addStandardError("\nllama_perf_context_print:        load time =       4.24 ms\n");
    QCOMPARE(parser.timings().loadMs, 4.24);
    QVERIFY(sizeof(TimingsParser) < 1024);
}

void TestTimingsParser::serverObjects_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<EngineTimings>("expected");

    QTest::newRow("all") << QByteArray(R"({"prompt_n":40,"prompt_ms":41.889,"prompt_per_token_ms":1.047225,
        "prompt_per_second":954.9046289001885,"predicted_n":6,"predicted_ms":29.894,
        "predicted_per_token_ms":4.98,"predicted_per_second":200.70917240917908})")
                         << EngineTimings{std::nullopt, 41.889, 29.894, 40, 6, 954.9046289001885, 200.70917240917908};
    QTest::newRow("first token: no time, no rate")
        << QByteArray(R"({"prompt_n":40,"prompt_ms":41.889,"prompt_per_token_ms":1.047225,
        "prompt_per_second":954.9,"predicted_n":1,"predicted_ms":0.0,"predicted_per_token_ms":0.0,
        "predicted_per_second":null})")
        << EngineTimings{std::nullopt, 41.889, std::nullopt, 40, 1, 954.9, std::nullopt};
    QTest::newRow("nulls") << QByteArray(R"({"prompt_n":null,"prompt_ms":null,"prompt_per_second":null,
        "predicted_n":0,"predicted_ms":null,"predicted_per_second":null})")
                           << EngineTimings();
    QTest::newRow("other kinds") << QByteArray(
        R"({"prompt_n":"40","prompt_ms":[1],"predicted_n":-3,"predicted_ms":-1})")
                                 << EngineTimings();
    QTest::newRow("empty") << QByteArray("{}") << EngineTimings();
}

void TestTimingsParser::serverObjects()
{
    QFETCH(QByteArray, json);
    QFETCH(EngineTimings, expected);
    const QJsonDocument document = QJsonDocument::fromJson(json);
    QVERIFY(document.isObject());
    QCOMPARE(words(serverTimings(document.object())), words(expected));
}

void TestTimingsParser::recordedServers()
{
    const QList<QJsonObject> newer = recordedTimings(u"llamacpp-server-http.txt"_s);
    QVERIFY(newer.size() > 8);
    QCOMPARE(words(serverTimings(newer.first())), u"- 113.773 64.919 108 12 949.259 184.846"_s);
    for (const QJsonObject &timings : newer) {
        const EngineTimings read = serverTimings(timings);
        QVERIFY(read.promptTokens && read.prefillMs && read.outputTokens);
        QCOMPARE(read.decodeMs.has_value(), *read.outputTokens > 1);
    }
    const QList<QJsonObject> older = recordedTimings(u"bitnet-server-http.txt"_s);
    QCOMPARE(older.size(), 2);
    QCOMPARE(words(serverTimings(older.first())), u"- 38.031 32.795 29 8 762.536 243.94"_s);
}

QTEST_GUILESS_MAIN(TestTimingsParser)
#include "tst_timingsparser.moc"
