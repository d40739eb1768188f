// SPDX-License-Identifier: MIT
#include "core/output/outputlog.h"
#include "core/serving/outputwriter.h"
#include "support/smalldisk.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestOutputWriter : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void chunksAreReadAsTheyCome();
    void pastTheCapTheEndIsKept();
    void aFullDiskIsCounted();
    void folderIsPrivate();
    void whatIsThereIsNotTouched();
    void discardLeavesNothing();
};

void TestOutputWriter::chunksAreReadAsTheyCome()
{
    const QTemporaryDir root;
    OutputWriter writer;
    QCOMPARE(writer.create(root.filePath(u"7"_s), {}, 1000), QString());
    OutputLog log;
    QVERIFY(log.open(root.filePath(u"7"_s)));
    writer.append(ChunkKind::Stdout, "gr", 5ms);
    writer.append(ChunkKind::Stdout, "\xC3\xBC\xC3\x9F", 7ms);
    writer.append(ChunkKind::Stderr, "no\n", 8ms);
    log.refresh();
    QCOMPARE(log.chunkCount(), 3);
    QCOMPARE(log.chunk(1).elapsed, 7ms);
    QCOMPARE(log.readAll(OutputStreams::Stdout), "gr\xC3\xBC\xC3\x9F"_ba);
    QCOMPARE(log.readAll(OutputStreams::Stderr), "no\n"_ba);
    writer.finish(9ms);
    QCOMPARE(writer.stdoutBytes(), 6);
    QCOMPARE(writer.stderrBytes(), 3);
    QCOMPARE(writer.droppedBytes(), 0);
}

// As with a shim: the first bytes up to the cap, a gap, and the last 256 KiB.
void TestOutputWriter::pastTheCapTheEndIsKept()
{
    const QTemporaryDir root;
    OutputWriter writer;
    QCOMPARE(writer.create(root.filePath(u"7"_s), {}, 10), QString());
    const QByteArray piece(1000, 'x');
    constexpr int count = 400;
    for (int i = 0; i < count; ++i)
        writer.append(ChunkKind::Stdout, piece, std::chrono::milliseconds(i));
    writer.append(ChunkKind::Stdout, "the end", 500ms);
    writer.finish(501ms);

    const qint64 kept = 10 + qint64(keptTailBytes);
    QCOMPARE(writer.stdoutBytes(), count * piece.size() + 7);
    QCOMPARE(writer.droppedBytes(), writer.stdoutBytes() - kept);
    OutputLog log;
    QVERIFY(log.open(root.filePath(u"7"_s)));
    QCOMPARE(log.size(), kept);
    QCOMPARE(log.droppedBytes(), writer.droppedBytes());
    QCOMPARE(log.droppedBefore(10), writer.droppedBytes());
    QVERIFY(log.readAll(OutputStreams::Stdout).endsWith("xthe end"));
}

// Every byte is either in the file or counted as dropped, and readers find no torn record.
void TestOutputWriter::aFullDiskIsCounted()
{
    if (!SmallDisk::isPossible())
        QSKIP("small disks can't be made here");
    const SmallDisk disk("128k");
    QVERIFY(disk.isMounted());
    OutputWriter writer;
    QCOMPARE(writer.create(disk.path() + u"/7"_s, {}, 1'000'000), QString());
    const QByteArray piece(1000, 'x');
    for (int i = 0; i < 500; ++i)
        writer.append(ChunkKind::Stdout, piece, std::chrono::milliseconds(i));
    writer.finish(501ms);
    OutputLog log;
    QVERIFY(log.open(disk.path() + u"/7"_s));
    QVERIFY(log.size() > 0);
    QVERIFY(writer.droppedBytes() > 0);
    QCOMPARE(log.size() + writer.droppedBytes(), writer.stdoutBytes());
    QCOMPARE(log.readAll(OutputStreams::Stdout), QByteArray(log.size(), 'x'));
}

void TestOutputWriter::folderIsPrivate()
{
    const QTemporaryDir root;
    OutputWriter writer;
    QCOMPARE(writer.create(root.filePath(u"7"_s), {{.name = u"request.json"_s, .content = "{}"}}, 10), QString());
    QCOMPARE(QFileInfo(root.filePath(u"7"_s)).permissions()
                 & (QFile::ReadGroup | QFile::ExeGroup | QFile::ReadOther | QFile::ExeOther),
             QFile::Permissions());
    for (const QString &name : {u"7/request.json"_s, u"7/output.log"_s, u"7/output.idx"_s}) {
        const QFileInfo file(root.filePath(name));
        QVERIFY2(file.exists(), qPrintable(name));
        QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }
}

// Fault 33: a link that waits in the folder's place is not followed.
void TestOutputWriter::whatIsThereIsNotTouched()
{
    const QTemporaryDir root;
    QVERIFY(QFile::link(root.path(), root.filePath(u"7"_s)));
    OutputWriter writer;
    QVERIFY(!writer.create(root.filePath(u"7"_s), {}, 10).isEmpty());
    QVERIFY(!writer.isOpen());
    QVERIFY(!QFileInfo::exists(root.filePath(u"output.log"_s)));
}

void TestOutputWriter::discardLeavesNothing()
{
    const QTemporaryDir root;
    OutputWriter writer;
    QCOMPARE(writer.create(root.filePath(u"7"_s), {{.name = u"request.json"_s, .content = "{}"}}, 10), QString());
    writer.discard();
    QVERIFY(!QFileInfo::exists(root.filePath(u"7"_s)));
}

int main(int argc, char **argv)
{
    SmallDisk::prepare();
    const QCoreApplication application(argc, argv);
    TestOutputWriter test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_outputwriter.moc"
