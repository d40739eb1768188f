// SPDX-License-Identifier: MIT
// The streams of recorded llama-servers, cut at every byte.
#include "core/serving/answerreader.h"
#include "core/serving/sseparser.h"

#include <QFile>
#include <QTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

namespace {

// What a recorded server answered to the request with this title.
QByteArray recorded(const QString &engine, const QByteArray &title)
{
    QFile file(QStringLiteral(BITNET_SOURCE_DIR "/resources/transcripts/%1-server-http.txt").arg(engine));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray all = file.readAll();
    const QByteArray heading = "### " + title + '\n';
    const qsizetype begin = all.indexOf(heading);
    if (begin < 0)
        return {};
    const qsizetype from = begin + heading.size();
    const qsizetype end = all.indexOf("\n### ", from);
    return all.sliced(from, (end < 0 ? all.size() : end) - from);
}

struct Read
{
    QStringList pieces = {};
    QString stopReason = {};
    EngineTimings timings = {};
    bool isComplete = false;
    std::optional<QString> error = std::nullopt;
    qint64 tokens = 0;

    friend bool operator==(const Read &, const Read &) = default;
};

// In pieces that end at each of these places.
Read readCut(const QByteArray &stream, const QList<qsizetype> &cuts)
{
    SseParser parser;
    AnswerReader reader;
    Read read;
    const auto take = [&](const std::vector<SseEvent> &events) {
        for (const SseEvent &event : events) {
            if (const QString text = reader.take(event); !text.isEmpty())
                read.pieces += text;
        }
    };
    qsizetype from = 0;
    for (const qsizetype cut : cuts) {
        take(parser.add(QByteArrayView(stream).sliced(from, cut - from)));
        from = cut;
    }
    take(parser.add(QByteArrayView(stream).sliced(from)));
    take(parser.finish());
    read.stopReason = reader.stopReason();
    read.timings = reader.timings();
    read.isComplete = reader.isComplete();
    read.error = reader.error();
    read.tokens = reader.tokensSeen();
    return read;
}

} // namespace

class TestAnswerReader : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void recordings_data();
    void recordings();
    void endings_data();
    void endings();
    void events_data();
    void events();
    void countsOfTheWholeAreTaken();
    void overlongEventsAreRefused();
};

void TestAnswerReader::recordings_data()
{
    QTest::addColumn<QString>("engine");
    QTest::addColumn<QByteArray>("title");
    QTest::addColumn<int>("outputTokens");
    QTest::addColumn<bool>("hasTimings");

    QTest::newRow("A chat") << u"llamacpp"_s << "POST /v1/chat/completions stream"_ba << 12 << true;
    QTest::newRow("A chat, timings per token")
        << u"llamacpp"_s << "POST /v1/chat/completions stream timings_per_token"_ba << 6 << true;
    QTest::newRow("B chat") << u"bitnet"_s << "POST /v1/chat/completions stream"_ba << 12 << false;
}

// Whole, cut in two at every byte, and byte by byte: the same answer.
void TestAnswerReader::recordings()
{
    QFETCH(QString, engine);
    QFETCH(QByteArray, title);
    QFETCH(int, outputTokens);
    QFETCH(bool, hasTimings);
    const QByteArray stream = recorded(engine, title);
    QVERIFY2(stream.contains("[DONE]"), "the recording is not there");

    const Read whole = readCut(stream, {});
    QVERIFY(whole.isComplete);
    QVERIFY(!whole.error);
    QVERIFY(!whole.pieces.isEmpty());
    QCOMPARE(whole.stopReason, u"limit"_s);
    QCOMPARE(whole.timings.outputTokens, outputTokens);
    QVERIFY(whole.timings.promptTokens.value_or(0) > 0);
    QCOMPARE(whole.timings.decodeMs.has_value(), hasTimings);

    QList<qsizetype> everywhere;
    for (qsizetype cut = 0; cut <= stream.size(); ++cut) {
        QVERIFY2(readCut(stream, {cut}) == whole, qPrintable(u"cut at byte %1"_s.arg(cut)));
        everywhere += cut;
    }
    QCOMPARE(readCut(stream, everywhere), whole);

    QByteArray carriageReturns = stream;
    carriageReturns.replace("\n", "\r\n");
    QCOMPARE(readCut(carriageReturns, {}), whole);
    for (qsizetype cut = 0; cut <= carriageReturns.size(); cut += 3)
        QVERIFY2(readCut(carriageReturns, {cut}) == whole, qPrintable(u"CRLF, cut at byte %1"_s.arg(cut)));
}

void TestAnswerReader::endings_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QString>("stopReason");
    QTest::addColumn<bool>("isComplete");
    QTest::addColumn<QString>("error");

    const auto row = [](const char *name, const QByteArray &stream, const QString &reason, bool complete,
                        const QString &error = {}) { QTest::newRow(name) << stream << reason << complete << error; };
    row("A, end of text", "data: {\"content\":\"\",\"stop\":true,\"stop_type\":\"eos\"}\n\n", u"eos"_s, true);
    row("A, no reason", "data: {\"content\":\"\",\"stop\":true,\"stop_type\":\"none\"}\n\n", {}, true);
    row("B, stop word without [DONE]",
        "data: "
        "{\"content\":\"\",\"stop\":true,\"stopped_eos\":false,\"stopped_word\":true,\"stopped_limit\":false}\n\n",
        u"word"_s, true);
    row("cut off", "data: {\"content\":\"x\",\"stop\":false}\n\n", {}, false);
    row("last empty line missing", "data: {\"content\":\"\",\"stop\":true,\"stop_type\":\"limit\"}", u"limit"_s, true);
    row("error frame", "error: {\"code\":500,\"message\":\"the slot is lost\"}\n\n", {}, false, u"the slot is lost"_s);
    row("error as data", "data: {\"error\":{\"code\":400,\"message\":\"too long\"}}\n\n", {}, false, u"too long"_s);
    row("error without words", "error: {}\n\n", {}, false, u"it gave no reason"_s);
    row("no JSON", "data: {\"content\n\n", {}, false, u"it sent something that is no JSON: {\"content"_s);
    row("usage alone, as newer servers end",
        "data: {\"choices\":[{\"finish_reason\":\"stop\",\"delta\":{}}]}\n\n"
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n",
        u"eos"_s, true);
}

void TestAnswerReader::endings()
{
    QFETCH(QByteArray, stream);
    const Read read = readCut(stream, {});
    QTEST(read.stopReason, "stopReason");
    QTEST(read.isComplete, "isComplete");
    QTEST(read.error.value_or(QString()), "error");
}

void TestAnswerReader::events_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArrayList>("values");

    QTest::newRow("two") << "data: a\n\ndata: b\n\n"_ba << QByteArrayList{"a", "b"};
    QTest::newRow("lines of one") << "data: a\ndata: b\n\n"_ba << QByteArrayList{"a\nb"};
    QTest::newRow("CR alone") << "data: a\r\rdata: b\r\r"_ba << QByteArrayList{"a", "b"};
    QTest::newRow("comments and other fields")
        << ": hello\nid: 7\nretry: 5\ndata: a\n: in between\n\n\n\n"_ba << QByteArrayList{"a"};
    QTest::newRow("no space, two spaces") << "data:a\n\ndata:  b\n\n"_ba << QByteArrayList{"a", " b"};
    QTest::newRow("byte order mark") << "\xEF\xBB\xBF"
                                        "data: a\n\n"_ba
                                     << QByteArrayList{"a"};
    QTest::newRow("field without a colon") << "data\n\n"_ba << QByteArrayList{""};
}

void TestAnswerReader::events()
{
    QFETCH(QByteArray, stream);
    QFETCH(QByteArrayList, values);
    for (qsizetype cut = 0; cut <= stream.size(); ++cut) {
        SseParser parser;
        std::vector<SseEvent> events = parser.add(QByteArrayView(stream).first(cut));
        for (const SseEvent &event : parser.add(QByteArrayView(stream).sliced(cut)))
            events.push_back(event);
        QByteArrayList found;
        for (const SseEvent &event : events)
            found += event.value;
        QVERIFY2(found == values, qPrintable(u"cut at byte %1"_s.arg(cut)));
    }
}

// A prompt whose beginning was in the cache has more tokens than were evaluated.
void TestAnswerReader::countsOfTheWholeAreTaken()
{
    const Read read = readCut(recorded(u"llamacpp"_s, "POST /v1/chat/completions stream timings_per_token"), {});
    QCOMPARE(read.timings.promptTokens, 54);
    QVERIFY(qAbs(read.timings.prefillMs.value_or(0) - 41.889) < 0.001);
}

void TestAnswerReader::overlongEventsAreRefused()
{
    SseParser parser;
    const QByteArray piece(1024 * 1024, 'x');
    QVERIFY(parser.add("data: ").empty());
    for (int i = 0; i < 20; ++i)
        QVERIFY(parser.add(piece).empty());
    QVERIFY(parser.isOverlong());
}

QTEST_GUILESS_MAIN(TestAnswerReader)
#include "tst_answerreader.moc"
