// SPDX-License-Identifier: MIT
#include "core/output/outputlog.h"
#include "support/outputfixture.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// What a slice has to hold, found the slow way.
QByteArray pieceText(const OutputSlice &slice)
{
    QByteArray text;
    for (const OutputPiece &piece : slice.pieces) {
        if (piece.kind == ChunkKind::Gap)
            text += "[gap " + QByteArray::number(piece.length) + "@" + QByteArray::number(piece.offset) + "]";
        else
            text += (piece.kind == ChunkKind::Stdout ? "o" : "e") + QByteArray::number(piece.offset) + ":"
                + slice.bytes.mid(piece.at, piece.length) + "|";
    }
    return text;
}

} // namespace

class TestOutputLog : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsBothStreams();
    void knowsItsChunks();
    void slices_data();
    void slices();
    void readsRangesOfStreams();
    void manyChunks();
    void growsOnRefresh();
    void followsGrowth();
    void followsManyAtOnce();
    void follower_isDeletedWhenTold();
    void emitsOncePerTurn();
    void tornRecordDoesNotCount();
    void indexAheadOfLogIsCut();
    void logAheadOfIndexIsNotShown();
    void garbageIndexIsHarmless();
    void refusesToOpen_data();
    void refusesToOpen();
    void opensWhenTheFolderAppears();
    void neverWrites();
};

void TestOutputLog::readsBothStreams()
{
    OutputFixture job;
    job.standardOutput("out one\n");
    job.standardError("err one\n");
    job.standardOutput("out two\n");

    OutputLog log;
    QVERIFY2(log.open(job.folder()), qPrintable(log.errorString()));
    QCOMPARE(log.size(), 24);
    QCOMPARE(log.size(OutputStreams::Stdout), 16);
    QCOMPARE(log.size(OutputStreams::Stderr), 8);
    QCOMPARE(log.readAll(OutputStreams::Both), QByteArrayLiteral("out one\nerr one\nout two\n"));
    QCOMPARE(log.readAll(OutputStreams::Stdout), QByteArrayLiteral("out one\nout two\n"));
    QCOMPARE(log.readAll(OutputStreams::Stderr), QByteArrayLiteral("err one\n"));
    QCOMPARE(log.readAll(OutputStreams::Stdout, 10), QByteArrayLiteral("out one\nou"));
    QCOMPARE(log.read(4, 7), QByteArrayLiteral("one\nerr"));
    QCOMPARE(log.read(20, 100), QByteArrayLiteral("two\n"));
    QVERIFY(log.read(24, 1).isEmpty());
    QVERIFY(log.read(-1, 1).isEmpty());
    QCOMPARE(log.droppedBytes(), 0);
}

void TestOutputLog::knowsItsChunks()
{
    OutputFixture job;
    job.standardOutput("abc", 5ms);
    job.standardError("defg", 7ms);
    job.gap(1000, 9ms);
    job.standardOutput("h", 11ms);

    OutputLog log;
    QVERIFY(log.open(job.folder()));
    QCOMPARE(log.chunkCount(), 4);
    QCOMPARE(log.chunk(0), (OutputChunk{0, 3, 5ms, ChunkKind::Stdout}));
    QCOMPARE(log.chunk(1), (OutputChunk{3, 4, 7ms, ChunkKind::Stderr}));
    QCOMPARE(log.chunk(2), (OutputChunk{7, 1000, 9ms, ChunkKind::Gap}));
    QCOMPARE(log.chunk(3), (OutputChunk{7, 1, 11ms, ChunkKind::Stdout}));
    QCOMPARE(log.chunk(4), OutputChunk());
    QCOMPARE(log.chunk(-1), OutputChunk());

    const QList<qint64> expected{0, 0, 0, 1, 1, 1, 1, 3, 3};
    for (qint64 offset = 0; offset < expected.size(); ++offset)
        QCOMPARE(log.chunkAt(offset), expected.at(offset));
    QCOMPARE(log.chunkAt(-1), -1);
    QCOMPARE(log.size(), 8);
    QCOMPARE(log.droppedBytes(), 1000);
    QCOMPARE(log.droppedBefore(7), 1000);
    QCOMPARE(log.droppedBefore(6), 0);
    QCOMPARE(log.droppedBefore(8), 0);
}

void TestOutputLog::slices_data()
{
    QTest::addColumn<OutputStreams>("streams");
    QTest::addColumn<int>("from");
    QTest::addColumn<int>("to");
    QTest::addColumn<QByteArray>("expected");

    QTest::newRow("all") << OutputStreams::Both << 0 << 100 << QByteArrayLiteral("o0:abcd|e4:EF|[gap 15@6]o6:gh|");
    QTest::newRow("inside one") << OutputStreams::Both << 1 << 2 << QByteArrayLiteral("o1:b|");
    QTest::newRow("neighbours are one piece") << OutputStreams::Both << 1 << 4 << QByteArrayLiteral("o1:bcd|");
    QTest::newRow("gap belongs to what follows")
        << OutputStreams::Both << 6 << 7 << QByteArrayLiteral("[gap 15@6]o6:g|");
    QTest::newRow("gap not before it") << OutputStreams::Both << 3 << 6 << QByteArrayLiteral("o3:d|e4:EF|");
    QTest::newRow("behind the gap") << OutputStreams::Both << 7 << 8 << QByteArrayLiteral("o7:h|");
    QTest::newRow("stdout") << OutputStreams::Stdout << 0 << 100 << QByteArrayLiteral("o0:abcd|[gap 15@6]o6:gh|");
    QTest::newRow("stderr") << OutputStreams::Stderr << 0 << 100 << QByteArrayLiteral("e4:EF|[gap 15@6]");
    QTest::newRow("stderr, none there") << OutputStreams::Stderr << 0 << 4 << QByteArrayLiteral("");
    QTest::newRow("empty range") << OutputStreams::Both << 3 << 3 << QByteArrayLiteral("");
    QTest::newRow("past the end") << OutputStreams::Both << 8 << 9 << QByteArrayLiteral("");
    QTest::newRow("backwards") << OutputStreams::Both << 6 << 2 << QByteArrayLiteral("");
}

void TestOutputLog::slices()
{
    QFETCH(OutputStreams, streams);
    QFETCH(int, from);
    QFETCH(int, to);
    OutputFixture job;
    job.standardOutput("ab");
    job.standardOutput("cd");
    job.standardError("EF");
    job.gap(10);
    job.gap(5);
    job.standardOutput("gh");
    OutputLog log;
    QVERIFY(log.open(job.folder()));

    OutputSlice slice;
    log.slice(streams, from, to, slice);
    QTEST(pieceText(slice), "expected");
}

// Against the slow way: every chunk by itself.
void TestOutputLog::readsRangesOfStreams()
{
    OutputFixture job;
    QRandomGenerator random(7);
    QByteArray all;
    QByteArray byStream[2];
    for (int i = 0; i < 5000; ++i) {
        const QByteArray text(random.bounded(1, 20), char('a' + random.bounded(26)));
        const int stream = random.bounded(3) == 0 ? 1 : 0;
        job.append(stream == 1 ? ChunkKind::Stderr : ChunkKind::Stdout, text);
        if (random.bounded(500) == 0)
            job.gap(1 + random.bounded(100));
        all += text;
        byStream[stream] += text;
    }
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    QCOMPARE(log.readAll(OutputStreams::Both), all);
    QCOMPARE(log.readAll(OutputStreams::Stdout), byStream[0]);
    QCOMPARE(log.readAll(OutputStreams::Stderr), byStream[1]);
    for (int i = 0; i < 300; ++i) {
        const int stream = random.bounded(2);
        const QByteArray &expected = byStream[stream];
        const qint64 position = random.bounded(int(expected.size()) + 10);
        const qint64 length = random.bounded(3000);
        QCOMPARE(log.read(stream == 1 ? OutputStreams::Stderr : OutputStreams::Stdout, position, length),
                 expected.mid(position, length));
    }
    OutputSlice slice;
    log.slice(OutputStreams::Stderr, 0, log.size(), slice);
    QCOMPARE(slice.bytes, byStream[1]);
}

void TestOutputLog::manyChunks()
{
    static constexpr qint64 count = 2'000'000;
    OutputFixture job;
    {
        job.writeLog(QByteArray(count, 'x'));
        std::vector<ChunkRecord> records;
        records.reserve(count);
        for (qint64 i = 0; i < count; ++i)
            records.push_back({std::uint64_t(i), 1, i * 1000, i % 4 == 3 ? ChunkKind::Stderr : ChunkKind::Stdout});
        job.writeIndex(QByteArray::fromRawData(reinterpret_cast<const char *>(records.data()),
                                               qsizetype(records.size() * sizeof(ChunkRecord))));
    }
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    QCOMPARE(log.size(), count);
    QRandomGenerator random(1);
    for (int i = 0; i < 2000; ++i) {
        const qint64 offset = random.bounded(int(count));
        QCOMPARE(log.chunkAt(offset), offset);
        QCOMPARE(log.chunk(offset).elapsed, std::chrono::nanoseconds(offset * 1000));
    }
    QCOMPARE(log.size(OutputStreams::Stderr), count / 4);
    QCOMPARE(log.read(OutputStreams::Stderr, count / 4 - 3, 10), QByteArrayLiteral("xxx"));
}

void TestOutputLog::growsOnRefresh()
{
    OutputFixture job;
    OutputLog log;
    QSignalSpy grown(&log, &OutputLog::grown);
    QVERIFY(log.open(job.folder()));
    QCOMPARE(log.size(), 0);
    QVERIFY(!log.refresh());
    QCOMPARE(grown.count(), 0);

    job.standardOutput("one");
    QCOMPARE(log.size(), 0); // not before it was looked up
    QVERIFY(log.refresh());
    QCOMPARE(grown.count(), 1);
    QCOMPARE(grown.first().first().toLongLong(), 3);
    QVERIFY(!log.refresh());
    QCOMPARE(grown.count(), 1);

    QCOMPARE(log.size(OutputStreams::Stdout), 3);
    job.standardError("two");
    job.gap(77);
    QVERIFY(log.refresh());
    QCOMPARE(log.size(OutputStreams::Stdout), 3);
    QCOMPARE(log.size(OutputStreams::Stderr), 3);
    QCOMPARE(log.droppedBytes(), 77);
    QCOMPARE(log.readAll(OutputStreams::Both), QByteArrayLiteral("onetwo"));
}

void TestOutputLog::followsGrowth()
{
    OutputFixture job;
    job.standardOutput("before");
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    log.setFollowing(true);
    QVERIFY(log.isFollowing());
    QSignalSpy grown(&log, &OutputLog::grown);

    job.standardOutput("!");
    QTRY_COMPARE_WITH_TIMEOUT(grown.count(), 1, 1000);
    QCOMPARE(log.size(), 7);
    job.standardError("?");
    QTRY_COMPARE_WITH_TIMEOUT(grown.count(), 2, 1000);
    QCOMPARE(log.read(6, 2), QByteArrayLiteral("!?"));

    log.setFollowing(false);
    job.standardOutput("x");
    QCoreApplication::processEvents();
    QCOMPARE(grown.count(), 2);
    QCOMPARE(log.size(), 8);
    // What was missed comes when following goes on.
    log.setFollowing(true);
    QTRY_COMPARE_WITH_TIMEOUT(grown.count(), 3, 1000);
    QCOMPARE(log.size(), 9);
}

// More than a user may have inotify instances (128).
void TestOutputLog::followsManyAtOnce()
{
    std::vector<std::unique_ptr<OutputFixture>> jobs;
    std::vector<std::unique_ptr<OutputLog>> logs;
    int told = 0;
    for (int i = 0; i < 200; ++i) {
        jobs.push_back(std::make_unique<OutputFixture>());
        logs.push_back(std::make_unique<OutputLog>());
        QVERIFY(logs.back()->open(jobs.back()->folder()));
        logs.back()->setFollowing(true);
        connect(logs.back().get(), &OutputLog::grown, this, [&told] { ++told; });
    }
    OutputLog second; // two that look at the same file
    QVERIFY(second.open(jobs.front()->folder()));
    second.setFollowing(true);
    QSignalSpy secondGrown(&second, &OutputLog::grown);
    for (const auto &job : jobs)
        job->standardOutput("x");
    QTRY_COMPARE(told, 200);
    QTRY_COMPARE(secondGrown.count(), 1);
    // One of the two goes; the other still hears.
    logs.front().reset();
    jobs.front()->standardOutput("y");
    QTRY_COMPARE(secondGrown.count(), 2);
}

void TestOutputLog::follower_isDeletedWhenTold()
{
    OutputFixture job;
    auto first = std::make_unique<OutputLog>();
    auto second = std::make_unique<OutputLog>();
    int told = 0;
    for (OutputLog *log : {first.get(), second.get()}) {
        QVERIFY(log->open(job.folder()));
        log->setFollowing(true);
        connect(log, &OutputLog::grown, this, [&] {
            ++told;
            first.reset();
            second.reset();
        });
    }
    job.standardOutput("x");
    QTRY_COMPARE(told, 1);
    QVERIFY(!first && !second);
}

void TestOutputLog::emitsOncePerTurn()
{
    OutputFixture job;
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    log.setFollowing(true);
    QCoreApplication::processEvents();
    QSignalSpy grown(&log, &OutputLog::grown);
    for (int i = 0; i < 1000; ++i)
        job.standardOutput("line\n");
    QTRY_COMPARE(log.size(), 5000);
    QCOMPARE(grown.count(), 1);
}

void TestOutputLog::tornRecordDoesNotCount()
{
    OutputFixture job;
    job.standardOutput("whole");
    job.writeLog("torn");
    const ChunkRecord record{5, 4, 0, ChunkKind::Stderr};
    const QByteArray bytes(reinterpret_cast<const char *>(&record), sizeof record);
    job.writeIndex(bytes.left(17));
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    QCOMPARE(log.size(), 5);
    QCOMPARE(log.chunkCount(), 1);
    job.writeIndex(bytes.mid(17));
    QVERIFY(log.refresh());
    QCOMPARE(log.size(), 9);
    QCOMPARE(log.readAll(OutputStreams::Stderr), QByteArrayLiteral("torn"));
}

// After a crash of the machine the index can know more than the log holds.
void TestOutputLog::indexAheadOfLogIsCut()
{
    OutputFixture job;
    job.standardOutput("12345");
    job.writeLog("67");
    job.writeRecord({5, 10, 3, ChunkKind::Stderr}); // 2 of its 10 bytes are there
    job.writeRecord({15, 10, 4, ChunkKind::Stdout}); // none
    job.writeRecord({25, 10, 5, ChunkKind::Gap});
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    QCOMPARE(log.size(), 7);
    QCOMPARE(log.chunkCount(), 2);
    QCOMPARE(log.chunk(1).length, 2);
    QCOMPARE(log.size(OutputStreams::Stderr), 2);
    QCOMPARE(log.readAll(OutputStreams::Both), QByteArrayLiteral("1234567"));
    QCOMPARE(log.droppedBytes(), 0);
    // The rest comes after all.
    job.writeLog("89abcdefABCDEFGHIJ");
    QVERIFY(log.refresh());
    QCOMPARE(log.size(), 25);
    QCOMPARE(log.size(OutputStreams::Stderr), 10);
    QCOMPARE(log.droppedBytes(), 10);
}

void TestOutputLog::logAheadOfIndexIsNotShown()
{
    OutputFixture job;
    job.standardOutput("indexed");
    job.writeLog("not yet");
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    QCOMPARE(log.size(), 7);
    QCOMPARE(log.read(0, 100), QByteArrayLiteral("indexed"));
    OutputSlice slice;
    log.slice(OutputStreams::Both, 0, 100, slice);
    QCOMPARE(slice.bytes, QByteArrayLiteral("indexed"));
}

void TestOutputLog::garbageIndexIsHarmless()
{
    QRandomGenerator random(3);
    for (int round = 0; round < 200; ++round) {
        OutputFixture job;
        job.writeLog("0123456789");
        for (int i = 0; i < 20; ++i) {
            ChunkRecord record{random.generate64(), random.generate64(), qint64(random.generate64()),
                               ChunkKind(random.generate())};
            if (round % 2 == 0) { // near misses
                record.offset %= 12;
                record.length %= 12;
                record.kind = ChunkKind(random.bounded(5));
            }
            job.writeRecord(record);
        }
        OutputLog log;
        QVERIFY(log.open(job.folder()));
        QVERIFY(log.size() <= 10);
        QVERIFY(log.readAll(OutputStreams::Both).size() <= 10);
        OutputSlice slice;
        for (const OutputStreams streams : {OutputStreams::Both, OutputStreams::Stdout, OutputStreams::Stderr}) {
            QVERIFY(log.readAll(streams).size() <= 200);
            log.slice(streams, 0, 100, slice);
            QVERIFY(slice.bytes.size() <= 200);
        }
        for (qint64 i = 0; i < log.chunkCount(); ++i) {
            const OutputChunk chunk = log.chunk(i);
            QVERIFY(chunk.kind == ChunkKind::Gap || chunk.offset + chunk.length <= 10);
            QVERIFY(chunk.length >= 0 && chunk.offset >= 0);
        }
        log.chunkAt(5);
        log.droppedBefore(5);
    }
}

void TestOutputLog::refusesToOpen_data()
{
    QTest::addColumn<QString>("fault");
    QTest::addColumn<QString>("words");
    QTest::newRow("no folder") << u"folder missing"_s << u"does not exist"_s;
    QTest::newRow("no files yet") << u"files missing"_s << u"no output yet"_s;
    QTest::newRow("no index yet") << u"index missing"_s << u"no output yet"_s;
    QTest::newRow("log is a link") << u"log link"_s << u"symbolic link"_s;
    QTest::newRow("index is a link") << u"index link"_s << u"symbolic link"_s;
    QTest::newRow("folder is a link") << u"folder link"_s << u"symbolic link"_s;
    QTest::newRow("folder is a file") << u"folder file"_s << u"not a folder"_s;
    QTest::newRow("log is a pipe") << u"log pipe"_s << u"not a plain file"_s;
    QTest::newRow("log is a folder") << u"log folder"_s << u"not a plain file"_s;
}

void TestOutputLog::refusesToOpen()
{
    QFETCH(QString, fault);
    QFETCH(QString, words);
    OutputFixture job(false);
    QString folder = job.folder();
    const auto replaceByLink = [&](const QString &path) {
        QVERIFY(QFile::rename(path, path + ".real"_L1));
        QVERIFY(QFile::link(path + ".real"_L1, path));
    };
    if (fault != "files missing"_L1)
        job.create();
    if (fault == "folder missing"_L1) {
        folder += "/nowhere"_L1;
    } else if (fault == "index missing"_L1) {
        QVERIFY(QFile::remove(job.indexPath()));
    } else if (fault == "log link"_L1) {
        replaceByLink(job.logPath());
    } else if (fault == "index link"_L1) {
        replaceByLink(job.indexPath());
    } else if (fault == "folder link"_L1) {
        QVERIFY(QFile::link(folder, folder + ".link"_L1));
        folder += ".link"_L1;
    } else if (fault == "folder file"_L1) {
        folder = job.logPath();
    } else if (fault == "log pipe"_L1) {
        QVERIFY(QFile::remove(job.logPath()));
        QCOMPARE(::mkfifo(QFile::encodeName(job.logPath()).constData(), 0600), 0);
    } else if (fault == "log folder"_L1) {
        QVERIFY(QFile::remove(job.logPath()));
        QVERIFY(QDir().mkdir(job.logPath()));
    }
    OutputLog log;
    QVERIFY(!log.open(folder));
    QVERIFY(!log.isOpen());
    QVERIFY2(log.errorString().contains(words), qPrintable(log.errorString()));
    QCOMPARE(log.size(), 0);
    QVERIFY(!log.refresh());
    QVERIFY(log.readAll(OutputStreams::Both).isEmpty());
}

void TestOutputLog::opensWhenTheFolderAppears()
{
    OutputFixture job(false);
    OutputLog log;
    log.setFollowing(true);
    QVERIFY(!log.open(job.folder()));
    job.create();
    QVERIFY(log.open(job.folder()));
    QVERIFY(log.errorString().isEmpty());
    QSignalSpy grown(&log, &OutputLog::grown);
    job.standardOutput("hello");
    QTRY_COMPARE(grown.count(), 1);
    QCOMPARE(log.readAll(OutputStreams::Stdout), QByteArrayLiteral("hello"));
}

void TestOutputLog::neverWrites()
{
    OutputFixture job;
    job.standardOutput("x");
    QVERIFY(QFile::setPermissions(job.logPath(), QFile::ReadOwner));
    QVERIFY(QFile::setPermissions(job.indexPath(), QFile::ReadOwner));
    OutputLog log;
    QVERIFY(log.open(job.folder()));
    const QString descriptors = u"/proc/self/fdinfo"_s;
    int found = 0;
    for (const QString &name : QDir(descriptors).entryList(QDir::Files)) {
        const QString target = QFile::symLinkTarget("/proc/self/fd/"_L1 + name);
        // The fixture's own descriptors are open for writing.
        QFile info(descriptors + u'/' + name);
        if (!target.startsWith(job.folder()) || !info.open(QIODevice::ReadOnly))
            continue;
        for (const QByteArray &line : info.readAll().split('\n')) {
            if (line.startsWith("flags:") && (line.mid(6).trimmed().toInt(nullptr, 8) & O_ACCMODE) == O_RDONLY)
                ++found;
        }
    }
    QCOMPARE(found, 2);
}

QTEST_GUILESS_MAIN(TestOutputLog)
#include "tst_outputlog.moc"
