// SPDX-License-Identifier: MIT
#include "core/output/linereader.h"
#include "core/output/outputlines.h"
#include "support/outputfixture.h"

#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;

namespace {

constexpr OutputStreams allStreams[] = {OutputStreams::Both, OutputStreams::Stdout, OutputStreams::Stderr};

// The output as a list of bytes and gaps, and its lines found byte by byte.
class Model
{
public:
    void append(ChunkKind kind, const QByteArray &text)
    {
        for (const char byte : text)
            m_bytes.push_back({kind, byte});
    }
    void gap() { m_gaps.push_back(qint64(m_bytes.size())); }

    std::vector<LineStart> lines(OutputStreams streams) const
    {
        std::vector<LineStart> starts;
        std::vector<bool> natural(m_bytes.size() / foldBlockSize + 2); // by block
        std::vector<bool> seen(m_bytes.size() / foldBlockSize + 2);
        bool atStart = true;
        ChunkKind before = ChunkKind::Gap;
        std::size_t gap = 0;
        for (qint64 offset = 0; offset <= qint64(m_bytes.size()); ++offset) {
            const auto block = std::size_t(offset / foldBlockSize);
            bool gapHere = false;
            for (; gap < m_gaps.size() && m_gaps[gap] == offset; ++gap)
                gapHere = true;
            if (gapHere) {
                starts.push_back({offset, LineStart::Gap});
                natural[block] = true;
                atStart = true;
                before = ChunkKind::Gap;
            }
            if (offset == qint64(m_bytes.size()))
                break;
            const auto [kind, byte] = m_bytes[std::size_t(offset)];
            if (streams != OutputStreams::Both && (streams == OutputStreams::Stderr) != (kind == ChunkKind::Stderr))
                continue;
            if (streams == OutputStreams::Both && kind != before)
                atStart = true;
            if (atStart) {
                starts.push_back({offset, LineStart::Natural});
                natural[block] = true;
            } else if (!seen[block] && block > 0 && !natural[block - 1]) {
                starts.push_back({offset, LineStart::Folded});
            }
            seen[block] = true;
            atStart = byte == '\n';
            before = kind;
        }
        return starts;
    }

private:
    std::vector<std::pair<ChunkKind, char>> m_bytes;
    std::vector<qint64> m_gaps;
};

// Any mixture of short and long lines, streams and gaps.
void fill(OutputFixture &job, Model &model, quint32 seed, qint64 size)
{
    QRandomGenerator random(seed);
    while (job.size() < size) {
        const int shape = random.bounded(20);
        const int length = shape == 0 ? random.bounded(1, 150'000)
            : shape < 3               ? random.bounded(1, 5000)
                                      : random.bounded(1, 90);
        QByteArray text(length, 'x');
        const int every = shape == 0 || random.bounded(3) == 0 ? 0 : random.bounded(1, 120);
        for (int i = 0; every > 0 && i < length; ++i) {
            if (random.bounded(every) == 0)
                text[i] = '\n';
        }
        const ChunkKind kind = random.bounded(4) == 0 ? ChunkKind::Stderr : ChunkKind::Stdout;
        job.append(kind, text);
        model.append(kind, text);
        if (random.bounded(60) == 0) {
            job.gap(1 + random.bounded(1000));
            model.gap();
        }
    }
}

std::vector<LineStart> walkForwards(const OutputLines &lines)
{
    std::vector<LineStart> found;
    for (std::optional<LineStart> line = lines.first(); line; line = lines.next(*line))
        found.push_back(*line);
    return found;
}

} // namespace

class TestOutputLines : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void simpleLines();
    void streamsDoNotShareLines();
    void longLinesAreFolded();
    void gapsAreLines();
    void agreesWithTheSlowWay_data();
    void agreesWithTheSlowWay();
    void worksBeforeItIsCounted();
    void rareStream();
    void growsByLittle();
    void beginsAnewWhenTheEndIsTakenBack();
    void empty();
    void readsLines_data();
    void readsLines();
};

void TestOutputLines::simpleLines()
{
    OutputFixture job;
    job.standardOutput("one\ntwo\n\nfo");
    job.standardOutput("ur\nfive");
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputLines lines(&log);
    QVERIFY(lines.isComplete());
    QCOMPARE(lines.lineCount(), 5);
    const std::vector<LineStart> found = walkForwards(lines);
    QCOMPARE(found, (std::vector<LineStart>{{0}, {4}, {8}, {9}, {14}}));
    QCOMPARE(lines.endOf(found[1]), 8);
    QCOMPARE(lines.endOf(found[4]), 18);
    QCOMPARE(lines.last(), LineStart{14});
    QCOMPARE(lines.lineAt(0), LineStart{0});
    QCOMPARE(lines.lineAt(7), LineStart{4});
    QCOMPARE(lines.lineAt(8), LineStart{8});
    QCOMPARE(lines.lineAt(1000), LineStart{14});
    QVERIFY(!lines.previous(found[0]));
    QVERIFY(!lines.next(found[4]));
    QCOMPARE(lines.numberOf(found[3]), 3);
    QCOMPARE(lines.lineWithNumber(3), found[3]);
    QCOMPARE(lines.lineWithNumber(-7), found[0]);
    QCOMPARE(lines.lineWithNumber(99), found[4]);
}

void TestOutputLines::streamsDoNotShareLines()
{
    OutputFixture job;
    job.standardOutput("out, begun ");
    job.standardError("err\n");
    job.standardOutput("and ended\nx");
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputLines lines(&log);
    QCOMPARE(walkForwards(lines), (std::vector<LineStart>{{0}, {11}, {15}, {25}}));
    lines.setStreams(OutputStreams::Stdout);
    QCOMPARE(walkForwards(lines), (std::vector<LineStart>{{0}, {25}}));
    QCOMPARE(lines.lineCount(), 2);
    lines.setStreams(OutputStreams::Stderr);
    QCOMPARE(walkForwards(lines), (std::vector<LineStart>{{11}}));
    QCOMPARE(lines.lineAt(0), LineStart{11});
    QCOMPARE(lines.lineAt(20), LineStart{11});
}

void TestOutputLines::longLinesAreFolded()
{
    OutputFixture job;
    job.standardOutput(QByteArray(100'000'000, 'x') + "\nend");
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputLines lines(&log);
    QTRY_VERIFY(lines.isComplete());
    const qint64 folds = 100'000'000 / foldBlockSize - 1;
    QCOMPARE(lines.lineCount(), 1 + folds + 1);
    QCOMPARE(lines.last(), LineStart{100'000'001});
    const LineStart fold = *lines.lineAt(50'000'000);
    QCOMPARE(fold, (LineStart{50'000'000 / foldBlockSize * foldBlockSize, LineStart::Folded}));
    QCOMPARE(lines.endOf(fold) - fold.offset, foldBlockSize);
    QCOMPARE(lines.lineWithNumber(lines.numberOf(fold)), fold);
}

void TestOutputLines::gapsAreLines()
{
    OutputFixture job;
    job.standardOutput("begin");
    job.gap(100);
    job.gap(10);
    job.standardOutput("end\n");
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputLines lines(&log);
    QCOMPARE(walkForwards(lines), (std::vector<LineStart>{{0}, {5, LineStart::Gap}, {5}}));
    QCOMPARE(lines.lineAt(5), LineStart{5});
    QCOMPARE(lines.previous({5}), (LineStart{5, LineStart::Gap}));
    QCOMPARE(lines.endOf({5, LineStart::Gap}), 5);
    QCOMPARE(lines.endOf({0}), 5);

    // At the end there is a line for it too.
    job.gap(1);
    QVERIFY(log.refresh());
    lines.extend();
    QCOMPARE(lines.lineCount(), 4);
    QCOMPARE(lines.last(), (LineStart{9, LineStart::Gap}));
    QCOMPARE(lines.numberOf(*lines.last()), 3);
    QCOMPARE(lines.lineWithNumber(3), lines.last());
    job.standardOutput("more");
    QVERIFY(log.refresh());
    lines.extend();
    QCOMPARE(lines.lineCount(), 5);
    QCOMPARE(walkForwards(lines), (std::vector<LineStart>{{0}, {5, LineStart::Gap}, {5}, {9, LineStart::Gap}, {9}}));
}

void TestOutputLines::agreesWithTheSlowWay_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 6; ++seed)
        QTest::addRow("%u", seed) << seed;
}

void TestOutputLines::agreesWithTheSlowWay()
{
    QFETCH(quint32, seed);
    OutputFixture job;
    Model model;
    fill(job, model, seed, 1'500'000); // more than is counted at once
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputLines lines(&log);
    QTRY_VERIFY(lines.isComplete());
    QRandomGenerator random(seed);
    for (const OutputStreams streams : allStreams) {
        const std::vector<LineStart> expected = model.lines(streams);
        lines.setStreams(streams);
        QCOMPARE(walkForwards(lines), expected);
        QCOMPARE(lines.lineCount(), qint64(expected.size()));
        std::vector<LineStart> backwards;
        for (std::optional<LineStart> line = lines.last(); line; line = lines.previous(*line))
            backwards.insert(backwards.begin(), *line);
        QCOMPARE(backwards, expected);
        for (int i = 0; i < 100; ++i) {
            const auto number = std::size_t(random.bounded(int(expected.size())));
            QCOMPARE(lines.lineWithNumber(qint64(number)), expected[number]);
            QCOMPARE(lines.numberOf(expected[number]), qint64(number));
            const qint64 offset = random.bounded(int(job.size()));
            const auto after = std::upper_bound(expected.begin(), expected.end(), LineStart{offset});
            QCOMPARE(lines.lineAt(offset), after == expected.begin() ? expected.front() : *(after - 1));
        }
    }
}

// The end of a large output is to be seen at once.
void TestOutputLines::worksBeforeItIsCounted()
{
    OutputFixture job;
    Model model;
    fill(job, model, 99, 3'000'000);
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    for (const OutputStreams streams : allStreams) {
        OutputLines lines(&log);
        lines.setStreams(streams);
        QVERIFY(!lines.isComplete());
        QVERIFY(lines.lineCount() > 0);
        const std::vector<LineStart> expected = model.lines(streams);
        std::optional<LineStart> line = lines.last();
        for (std::size_t i = expected.size(); i-- > 0; line = lines.previous(*line)) {
            QVERIFY(line);
            QCOMPARE(*line, expected[i]);
        }
        QVERIFY(!line);
        const qint64 middle = qint64(expected.size()) / 2;
        const std::optional<LineStart> about = lines.lineWithNumber(middle);
        QVERIFY(about);
        QVERIFY(!lines.isComplete());
        QSignalSpy counted(&lines, &OutputLines::counted);
        QTRY_VERIFY(lines.isComplete());
        QVERIFY(counted.count() > 0);
        QCOMPARE(lines.lineCount(), qint64(expected.size()));
    }
}

// One line of stderr in much stdout: found at once when all is counted, without a walk through everything.
void TestOutputLines::rareStream()
{
    OutputFixture job;
    job.standardOutput(QByteArray(10'000'000, '\n'));
    job.standardError("one\nrare");
    job.standardOutput(QByteArray(30'000'000, '\n'));
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputLines lines(&log);
    lines.setStreams(OutputStreams::Stderr);
    QTRY_VERIFY(lines.isComplete());
    QCOMPARE(lines.lineCount(), 2);
    QCOMPARE(walkForwards(lines), (std::vector<LineStart>{{10'000'000}, {10'000'004}}));
    QCOMPARE(lines.last(), LineStart{10'000'004});
    QCOMPARE(lines.lineAt(0), LineStart{10'000'000});
    QCOMPARE(lines.lineAt(39'000'000), LineStart{10'000'004});
    QCOMPARE(lines.endOf({10'000'004}), log.size());
}

void TestOutputLines::growsByLittle()
{
    OutputFixture job;
    Model model;
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputLines lines(&log);
    QSignalSpy counted(&lines, &OutputLines::counted);
    for (int step = 1; step <= 12; ++step) {
        fill(job, model, quint32(step), job.size() + 7000);
        QVERIFY(log.refresh());
        lines.extend();
        QVERIFY(lines.isComplete());
        for (const OutputStreams streams : allStreams) {
            const std::vector<LineStart> expected = model.lines(streams);
            lines.setStreams(streams);
            QCOMPARE(lines.lineCount(), qint64(expected.size()));
            QCOMPARE(lines.last(), expected.back());
            if (step % 4 == 0)
                QCOMPARE(walkForwards(lines), expected);
        }
    }
    QCOMPARE(counted.count(), 12);
}

void TestOutputLines::beginsAnewWhenTheEndIsTakenBack()
{
    OutputFixture job;
    job.standardOutput("one\n");
    job.standardOutput("two\nthree\n");
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputLines lines(&log);
    QCOMPARE(lines.lineCount(), 3);
    QVERIFY(QFile::resize(job.indexPath(), sizeof(ChunkRecord)));
    QVERIFY(log.refresh());
    lines.extend();
    QCOMPARE(lines.lineCount(), 1);
    QCOMPARE(lines.last(), LineStart{0});
}

void TestOutputLines::empty()
{
    OutputLog log;
    OutputLines lines(&log);
    QVERIFY(lines.isComplete());
    QCOMPARE(lines.lineCount(), 0);
    QVERIFY(!lines.first() && !lines.last() && !lines.lineAt(0) && !lines.lineWithNumber(0));
    OutputFixture job;
    job.gap(7); // the disk was full from the beginning
    QVERIFY(log.open(job.folder()));
    lines.reset();
    QCOMPARE(lines.lineCount(), 1);
    QCOMPARE(lines.first(), (LineStart{0, LineStart::Gap}));
}

void TestOutputLines::readsLines_data()
{
    agreesWithTheSlowWay_data();
}

// All lines from any one to any other, with the bytes that belong to them.
void TestOutputLines::readsLines()
{
    QFETCH(quint32, seed);
    OutputFixture job;
    Model model;
    fill(job, model, seed + 100, 700'000);
    if (seed % 2 == 0) {
        job.gap(1); // at the very end
        model.gap();
    }
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    OutputSlice slice;
    QRandomGenerator random(seed);
    for (const OutputStreams streams : allStreams) {
        const std::vector<LineStart> expected = model.lines(streams);
        for (int round = 0; round < 12; ++round) {
            std::size_t from = 0;
            std::size_t to = expected.size() - 1;
            if (round > 0) {
                from = std::size_t(random.bounded(int(expected.size())));
                to = std::min(from + std::size_t(random.bounded(2000)), to);
            }
            std::size_t at = from;
            readLines(log, streams, expected[from], expected[to], [&](const ReadLine &line) {
                if (at > to || line.start != expected[at]) {
                    ++at;
                    return false;
                }
                const qint64 end = at + 1 < expected.size() ? expected[at + 1].offset : log.size();
                log.slice(streams, line.start.offset, line.start.kind == LineStart::Gap ? line.start.offset : end,
                          slice);
                const bool goesOn = at + 1 < expected.size() && expected[at + 1].kind == LineStart::Folded;
                if (line.bytes != QByteArrayView(slice.bytes) || line.goesOn != goesOn
                    || (goesOn && line.following.isEmpty()))
                    at = expected.size() + 1; // fails below
                ++at;
                return true;
            });
            QCOMPARE(at, to + 1);
        }
    }
}

QTEST_GUILESS_MAIN(TestOutputLines)
#include "tst_outputlines.moc"
