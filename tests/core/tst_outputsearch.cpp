// SPDX-License-Identifier: MIT
#include "core/output/outputsearch.h"
#include "support/outputfixture.h"

#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

namespace {

QList<OutputHit> allHits(const OutputSearch &search)
{
    QList<OutputHit> hits;
    for (qint64 number = 0; number < search.hitCount(); ++number)
        hits.append(search.hit(number).value_or(OutputHit{-1, -1}));
    return hits;
}

} // namespace

class TestOutputSearch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void findsAcrossChunks_data();
    void findsAcrossChunks();
    void agreesWithTheSlowWay_data();
    void agreesWithTheSlowWay();
    void asksForPlaces();
    void manyHitsInOneBlock();
    void keepsToItsRange();
    void goesOnWithGrowth();
    void beginsAnewWhenTheEndIsTakenBack();
    void isCancelled();
    void survivesItsDestruction();
    void withoutAnOutput();
};

void TestOutputSearch::findsAcrossChunks_data()
{
    QTest::addColumn<OutputStreams>("streams");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QList<OutputHit>>("expected");
    // The output is: o"one er" o"ror two" e"ERR" o"or " gap o"er" gap o"ror" e"x err" o"err" e"or"
    using Hits = QList<OutputHit>;
    QTest::newRow("both") << OutputStreams::Both << u"error"_s << Hits{{4, 9}};
    QTest::newRow("stdout around stderr") << OutputStreams::Stdout << u"twoor"_s << Hits{{10, 18}};
    QTest::newRow("stderr around stdout") << OutputStreams::Stderr << u"error"_s << Hits{{26, 34}};
    QTest::newRow("not from one stream into the other") << OutputStreams::Both << u"twoerr"_s << Hits{};
    QTest::newRow("not over a gap") << OutputStreams::Stdout << u"or er"_s << Hits{};
    QTest::newRow("many") << OutputStreams::Both << u"err"_s << Hits{{4, 7}, {13, 16}, {26, 29}, {29, 32}};
}

void TestOutputSearch::findsAcrossChunks()
{
    QFETCH(OutputStreams, streams);
    QFETCH(QString, text);
    OutputFixture job;
    job.standardOutput("one er");
    job.standardOutput("ror two");
    job.standardError("ERR");
    job.standardOutput("or ");
    job.gap(5);
    job.standardOutput("er");
    job.gap(5);
    job.standardOutput("ror");
    job.standardError("x err");
    job.standardOutput("err");
    job.standardError("or");
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputSearch search(&log);
    QSignalSpy finished(&search, &OutputSearch::finished);
    search.start(BytePattern::text(text, Qt::CaseInsensitive), streams);
    QVERIFY(search.isRunning());
    QTRY_COMPARE(finished.count(), 1);
    QVERIFY(!search.isRunning());
    QTEST(allHits(search), "expected");
    QCOMPARE(search.searchedTo(), log.size());
}

void TestOutputSearch::agreesWithTheSlowWay_data()
{
    QTest::addColumn<OutputStreams>("streams");
    QTest::addColumn<QByteArray>("needle");
    for (const auto &[name, streams] :
         {std::pair("both", OutputStreams::Both), std::pair("stdout", OutputStreams::Stdout),
          std::pair("stderr", OutputStreams::Stderr)}) {
        for (const char *needle : {"a", "ab", "aa", "abab", "abcabcab"})
            QTest::addRow("%s %s", name, needle) << streams << QByteArray(needle);
    }
}

// Chunks of any size, more than one slice and one group.
void TestOutputSearch::agreesWithTheSlowWay()
{
    QFETCH(OutputStreams, streams);
    QFETCH(QByteArray, needle);
    OutputFixture job;
    QRandomGenerator random(5);
    QByteArray line; // the bytes since the last seam that no hit may cross
    QList<qint64> offsets;
    QList<OutputHit> expected;
    const auto settleLine = [&] {
        for (qsizetype at = line.indexOf(needle); at >= 0; at = line.indexOf(needle, at + needle.size()))
            expected.append({offsets.at(at), offsets.at(at + needle.size() - 1) + 1});
        line.clear();
        offsets.clear();
    };
    ChunkKind lastKind = ChunkKind::Stdout;
    while (job.size() < 1'200'000) {
        QByteArray text(random.bounded(10) == 0 ? random.bounded(1, 60'000) : random.bounded(1, 6), Qt::Uninitialized);
        for (char &byte : text)
            byte = char('a' + random.bounded(3));
        const ChunkKind kind = random.bounded(3) == 0 ? ChunkKind::Stderr : ChunkKind::Stdout;
        if (streams == OutputStreams::Both && kind != lastKind)
            settleLine();
        lastKind = kind;
        if (streams == OutputStreams::Both || (streams == OutputStreams::Stderr) == (kind == ChunkKind::Stderr)) {
            line += text;
            for (qint64 i = 0; i < text.size(); ++i)
                offsets.append(job.size() + i);
        }
        job.append(kind, text);
        if (random.bounded(200) == 0) {
            job.gap(1);
            settleLine();
        }
    }
    settleLine();

    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputSearch search(&log);
    search.start(BytePattern::exact(needle), streams);
    QTRY_VERIFY(!search.isRunning());
    QCOMPARE(search.hitCount(), expected.size());
    for (int i = 0; i < 60; ++i) {
        const int number = random.bounded(int(expected.size()));
        QCOMPARE(search.hit(number), expected.at(number));
    }
    for (int i = 0; i < 40; ++i) {
        const qint64 offset = random.bounded(int(job.size()));
        const auto next = std::lower_bound(expected.begin(), expected.end(), offset,
                                           [](const OutputHit &hit, qint64 value) { return hit.begin < value; });
        const auto found = search.firstFrom(offset);
        QCOMPARE(found.has_value(), next != expected.end());
        if (found) {
            QCOMPARE(found->hit, *next);
            QCOMPARE(found->number, next - expected.begin());
        }
        const auto previous = search.lastBefore(offset);
        QCOMPARE(previous.has_value(), next != expected.begin());
        if (previous)
            QCOMPARE(previous->hit, *(next - 1));

        QList<OutputHit> touching;
        const qint64 to = offset + random.bounded(2000);
        for (auto hit = next == expected.begin() ? next : next - 1; hit != expected.end() && hit->begin < to; ++hit) {
            if (hit->end > offset)
                touching.append(*hit);
        }
        QList<OutputHit> inRange;
        for (const OutputSearch::Numbered &numbered : search.hitsIn(offset, to))
            inRange.append(numbered.hit);
        QCOMPARE(inRange, touching);
    }
}

void TestOutputSearch::asksForPlaces()
{
    OutputFixture job;
    for (int i = 0; i < 1000; ++i)
        job.standardOutput("line " + QByteArray::number(i) + (i % 10 == 0 ? " needle" : "") + "\n");
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputSearch search(&log);
    search.start(BytePattern::text(u"NEEDLE"_s, Qt::CaseInsensitive));
    QTRY_VERIFY(!search.isRunning());
    QCOMPARE(search.hitCount(), 100);
    QVERIFY(!search.hit(100));
    QVERIFY(!search.hit(-1));
    QCOMPARE(search.firstFrom(0)->number, 0);
    QCOMPARE(search.firstFrom(search.hit(0)->begin)->number, 0);
    QCOMPARE(search.firstFrom(search.hit(0)->begin + 1)->number, 1);
    QVERIFY(!search.firstFrom(search.hit(99)->begin + 1));
    QCOMPARE(search.lastBefore(log.size())->number, 99);
    QVERIFY(!search.lastBefore(search.hit(0)->begin));
    QCOMPARE(search.hitsIn(0, log.size()).size(), 100);
    QCOMPARE(search.hitsIn(0, log.size(), 7).size(), 7);
    // A hit that only reaches into the range.
    QCOMPARE(search.hitsIn(search.hit(5)->end - 1, search.hit(5)->end).size(), 1);
    QCOMPARE(search.hitsIn(search.hit(5)->end, search.hit(5)->end + 1).size(), 0);
    search.clear();
    QVERIFY(!search.isActive());
    QCOMPARE(search.hitCount(), 0);
    QVERIFY(search.hitsIn(0, log.size()).isEmpty());
}

void TestOutputSearch::manyHitsInOneBlock()
{
    OutputFixture job;
    job.standardOutput(QByteArray(5'000'000, 'e'));
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputSearch search(&log);
    search.start(BytePattern::text(u"e"_s, Qt::CaseInsensitive));
    QTRY_COMPARE(search.hitCount(), 5'000'000);
    QTRY_VERIFY(!search.isRunning());
    QCOMPARE(search.hit(4'321'000), (OutputHit{4'321'000, 4'321'001}));
}

void TestOutputSearch::keepsToItsRange()
{
    OutputFixture job;
    job.standardOutput(QByteArray("abc").repeated(100));
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputSearch search(&log);
    search.start(BytePattern::exact("abc"), OutputStreams::Both, 31, 40);
    QTRY_VERIFY(!search.isRunning());
    QCOMPARE(allHits(search), (QList<OutputHit>{{33, 36}, {36, 39}}));
    job.standardOutput("abc");
    log.refresh();
    search.extend();
    QCOMPARE(search.searchedTo(), 40);
}

void TestOutputSearch::goesOnWithGrowth()
{
    OutputFixture job;
    job.standardOutput("the nee");
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    log.setFollowing(true);
    OutputSearch search(&log);
    connect(&log, &OutputLog::grown, &search, &OutputSearch::extend);
    search.start(BytePattern::exact("needle"));
    QTRY_VERIFY(!search.isRunning());
    QCOMPARE(search.hitCount(), 0);
    job.standardOutput("dle and a nee");
    QTRY_COMPARE(search.hitCount(), 1);
    QCOMPARE(search.hit(0), (OutputHit{4, 10}));
    for (int i = 0; i < 1000; ++i)
        job.standardOutput("dle, nee");
    QTRY_COMPARE(search.hitCount(), 1001);
    QCOMPARE(search.hit(1), (OutputHit{17, 23}));
    QCOMPARE(search.hit(1000)->begin, 17 + 999 * 8);
    QTRY_COMPARE(search.searchedTo(), job.size());
}

void TestOutputSearch::beginsAnewWhenTheEndIsTakenBack()
{
    OutputFixture job;
    job.standardOutput("abc");
    job.standardOutput("abc");
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputSearch search(&log);
    search.start(BytePattern::exact("abc"));
    QTRY_VERIFY(!search.isRunning());
    QCOMPARE(search.hitCount(), 2);
    QVERIFY(QFile::resize(job.indexPath(), sizeof(ChunkRecord)));
    QVERIFY(log.refresh());
    search.extend();
    QTRY_VERIFY(!search.isRunning());
    QCOMPARE(search.hitCount(), 1);
}

void TestOutputSearch::isCancelled()
{
    OutputFixture job;
    job.standardOutput(QByteArray(64 * 1024 * 1024, 'a'));
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputSearch search(&log);
    QSignalSpy progressed(&search, &OutputSearch::progressed);
    QSignalSpy finished(&search, &OutputSearch::finished);
    search.start(BytePattern::exact("a"));
    search.clear();
    QVERIFY(!search.isRunning());
    // Another one takes its place; of the first nothing is heard.
    search.start(BytePattern::exact("b"));
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(search.hitCount(), 0);
    QCOMPARE(search.searchedTo(), log.size());
    QVERIFY(progressed.count() >= 1);
}

void TestOutputSearch::survivesItsDestruction()
{
    OutputFixture job;
    job.standardOutput(QByteArray(32 * 1024 * 1024, 'a'));
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    for (int i = 0; i < 20; ++i) {
        OutputSearch search(&log);
        search.start(BytePattern::exact("a"));
    }
    QVERIFY(QThreadPool::globalInstance()->waitForDone(30'000));
}

void TestOutputSearch::withoutAnOutput()
{
    OutputLog log;
    OutputSearch search(&log);
    QSignalSpy finished(&search, &OutputSearch::finished);
    search.start(BytePattern::exact("a"));
    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(search.hitCount(), 0);
    QVERIFY(!search.firstFrom(0));
    QVERIFY(!search.lastBefore(10));
}

QTEST_GUILESS_MAIN(TestOutputSearch)
#include "tst_outputsearch.moc"
