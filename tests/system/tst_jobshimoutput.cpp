// SPDX-License-Identifier: MIT
// What the jobshim keeps of a job's output: exact bytes, the index, the cap with its tail, a full disk, late writers.
#include "support/shimdriver.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using Wire::EndCause;
using Wire::Type;

class tst_JobShimOutput : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void exactBytes_data();
    void exactBytes();
    void orderOfTheStreams();
    void anyBytes();
    void fault19_oneLongLine();
    void firstOutputIsTold();
    void writtenWhileItRuns();
    void cap_data();
    void cap();
    void capWithBothStreams();
    void fault18_floodStaysSmall();
    void fault20_diskFull_data();
    void fault20_diskFull();
    void fault20_indexFull();
    void fault20_noRoomAtAll();
    void fault07_grandchildWritesAfterTheExit();
    void fault07_strangerHoldsThePipe();
    void slowReaderOfStatuses();
};

// What the child program's "print" writes.
static QByteArray numbered(qsizetype size)
{
    QByteArray result;
    result.reserve(size + 64);
    for (int i = 0; result.size() < size; ++i) {
        char line[65];
        snprintf(line, sizeof line, "%015d abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRST\n", i);
        result.append(line, 64);
    }
    result.truncate(size);
    return result;
}

// The rules of outputformat.h, and the counts of Ended against the files.
static void verifyIndex(const ShimDriver &shim)
{
    quint64 offset = 0;
    quint64 dropped = 0;
    qint64 kept = 0;
    for (const ChunkRecord &record : shim.index()) {
        QCOMPARE(record.offset, offset);
        QVERIFY(record.length > 0);
        QVERIFY(record.elapsedNs >= 0);
        QCOMPARE(record.reserved, 0U);
        if (record.kind == ChunkKind::Gap) {
            dropped += record.length;
        } else {
            QVERIFY(record.kind == ChunkKind::Stdout || record.kind == ChunkKind::Stderr);
            offset += record.length;
            kept += qint64(record.length);
        }
    }
    QCOMPARE(shim.log().size(), kept);
    const Wire::EndedStatus end = *shim.ended();
    QCOMPARE(end.droppedBytes, dropped);
    QCOMPARE(end.stdoutBytes + end.stderrBytes, quint64(kept) + dropped);
    QCOMPARE(shim.of(Type::Truncated).size(), dropped > 0 ? 1 : 0);
}

void tst_JobShimOutput::exactBytes_data()
{
    QTest::addColumn<int>("output");
    QTest::addColumn<int>("error");
    QTest::newRow("nothing") << 0 << 0;
    QTest::newRow("a byte") << 1 << 0;
    QTest::newRow("an error byte") << 0 << 1;
    QTest::newRow("a pipe") << 65536 << 0;
    QTest::newRow("a pipe and a byte") << 65537 << 65535;
    QTest::newRow("megabytes") << 5'000'001 << 3'000'007;
}

void tst_JobShimOutput::exactBytes()
{
    QFETCH(int, output);
    QFETCH(int, error);
    ShimDriver shim;
    QVERIFY(shim.start());
    const Wire::EndedStatus end =
        shim.runChild({"fork", "[", "print", std::to_string(output), "]", "eprint", std::to_string(error), "wait"});
    QCOMPARE(end.status, 0U);
    QCOMPARE(end.stdoutBytes, quint64(output));
    QCOMPARE(end.stderrBytes, quint64(error));
    QCOMPARE(end.firstOutputSeen, output + error > 0 ? 1U : 0U);
    QCOMPARE(shim.of(Type::FirstOutput).size(), output + error > 0 ? 1 : 0);
    verifyIndex(shim);
    QVERIFY(shim.stream(ChunkKind::Stdout) == numbered(output));
    QVERIFY(shim.stream(ChunkKind::Stderr) == numbered(error));
}

void tst_JobShimOutput::orderOfTheStreams()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    const Wire::EndedStatus end =
        shim.runChild({"text", "1", "sleep", "30ms", "etext", "2", "sleep", "30ms", "text", "3", "etext", "4"});
    verifyIndex(shim);
    QVERIFY(shim.log().startsWith("1\n2\n"));
    const QList<ChunkRecord> index = shim.index();
    QVERIFY(index.size() >= 4);
    QVERIFY(index.at(1).elapsedNs >= 29'000'000);
    QVERIFY(index.last().elapsedNs <= end.at.monotonicNs - shim.started()->at.monotonicNs);
    QCOMPARE(shim.stream(ChunkKind::Stdout), "1\n3\n");
    QCOMPARE(shim.stream(ChunkKind::Stderr), "2\n4\n");
}

void tst_JobShimOutput::anyBytes()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    shim.runChild({"invalid-utf8"});
    verifyIndex(shim);
    QCOMPARE(shim.log(),
             QByteArray("\xff\xfe\xc3\x28 a\0b \x1b[31mred\x1b[0m \xf0\x9f\x98 \xed\xa0\x80 \xc0\xaf\r\n", 34));
}

void tst_JobShimOutput::fault19_oneLongLine()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    const Wire::EndedStatus end = shim.runChild({"line", "100000000"});
    QCOMPARE(end.stdoutBytes, 100'000'001U);
    verifyIndex(shim);
    const QByteArray log = shim.log();
    QCOMPARE(log.count('x'), 100'000'000);
    QVERIFY(log.endsWith('\n'));
}

void tst_JobShimOutput::firstOutputIsTold()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    shim.run(ShimDriver::command(child({"sleep", "100ms", "etext", "x", "sleep", "100ms", "text", "y", "forever"})));
    QVERIFY(shim.waitUntil([&] { return shim.firstOutput().has_value(); }));
    QVERIFY(!shim.ended());
    const qint64 elapsed = shim.firstOutput()->at.monotonicNs - shim.started()->at.monotonicNs;
    QVERIFY(elapsed >= 99'000'000);
    QVERIFY(shim.waitForOutput("y"));
    shim.stop(0);
    const Wire::EndedStatus end = shim.waitForEnd();
    QCOMPARE(end.firstOutput.monotonicNs, shim.firstOutput()->at.monotonicNs);
    QCOMPARE(shim.of(Type::FirstOutput).size(), 1);
}

void tst_JobShimOutput::writtenWhileItRuns()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    shim.run(ShimDriver::command(child({"tick", "20ms", "1000"})));
    QVERIFY(shim.waitForOutput("tick 5\n"));
    // Bytes first, their records after: whoever looks in between sees no record without its bytes.
    for (int i = 0; i < 100; ++i) {
        const QList<ChunkRecord> index = shim.index();
        const QByteArray log = shim.log();
        QVERIFY(!index.isEmpty());
        QVERIFY(index.last().offset + index.last().length <= quint64(log.size()));
    }
    shim.stop(0);
    shim.waitForEnd();
    verifyIndex(shim);
}

void tst_JobShimOutput::cap_data()
{
    constexpr int tail = int(keptTailBytes);
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("limit");
    QTest::newRow("less") << 999 << 1000;
    QTest::newRow("exactly") << 1000 << 1000;
    QTest::newRow("a byte more") << 1001 << 1000;
    QTest::newRow("as much as the tail holds") << 1000 + tail << 1000;
    QTest::newRow("a byte is lost") << 1001 + tail << 1000;
    QTest::newRow("much is lost") << 5'000'000 << 100'000;
    QTest::newRow("no cap but the tail") << 2'000'000 << 0;
    QTest::newRow("cap inside a pipe's content") << 1'000'000 << 65537;
}

void tst_JobShimOutput::cap()
{
    QFETCH(int, size);
    QFETCH(int, limit);
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::RunCommand command = ShimDriver::command(child({"print", std::to_string(size)}));
    command.outputCap = quint64(limit);
    const Wire::EndedStatus end = shim.runToEnd(command);
    QCOMPARE(end.stdoutBytes, quint64(size));
    verifyIndex(shim);
    const QByteArray all = numbered(size);
    const qsizetype dropped = qMax(0, size - limit - int(keptTailBytes));
    QCOMPARE(end.droppedBytes, quint64(dropped));
    QCOMPARE(end.outputErrorNumber, 0);
    if (dropped == 0) {
        QVERIFY(shim.log() == all);
        return;
    }
    QVERIFY(shim.log() == all.left(limit) + all.last(qsizetype(keptTailBytes)));
    int gaps = 0;
    for (const ChunkRecord &record : shim.index()) {
        if (record.kind == ChunkKind::Gap) {
            ++gaps;
            QCOMPARE(record.offset, quint64(limit));
        }
    }
    QCOMPARE(gaps, 1);
}

void tst_JobShimOutput::capWithBothStreams()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::RunCommand command = ShimDriver::command(child({"mixed", "60000"}));
    command.outputCap = 1000;
    const Wire::EndedStatus end = shim.runToEnd(command);
    verifyIndex(shim);
    QVERIFY(end.droppedBytes > 0);
    // Each stream ends with its own last line, and every line of the tail is in the right stream.
    QVERIFY(shim.stream(ChunkKind::Stdout).endsWith("\nline 59998\n"));
    QVERIFY(shim.stream(ChunkKind::Stderr).endsWith("\nline 59999\n"));
    const QList<QByteArray> lines = shim.stream(ChunkKind::Stderr).split('\n');
    for (qsizetype i = lines.size() / 2; i < lines.size() - 1; ++i)
        QVERIFY2(lines.at(i).sliced(5).toInt() % 2 == 1, lines.at(i).constData());
}

static qint64 peakKib(qint64 pid)
{
    for (const QByteArray &line : contentOf(u"/proc/%1/status"_s.arg(pid)).split('\n')) {
        if (line.startsWith("VmHWM:"))
            return line.sliced(6).simplified().split(' ').first().toLongLong();
    }
    return -1;
}

void tst_JobShimOutput::fault18_floodStaysSmall()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    const qint64 before = peakKib(shim.pid());
    Wire::RunCommand command = ShimDriver::command(child({"fork", "[", "eflood", "]", "flood"}));
    command.outputCap = 10'000'000;
    command.timeoutNs = 1'000'000'000;
    command.killGraceNs = 0;
    const Wire::EndedStatus end = shim.runToEnd(command);
    QCOMPARE(end.cause, EndCause::Timeout);
    QVERIFY(end.stdoutBytes + end.stderrBytes > command.outputCap);
    verifyIndex(shim);
    QVERIFY(peakKib(shim.pid()) - before < 8 * 1024);
}

// A limit on the size of files makes writes fail as a full disk does, for the shim alone.
static void limitFiles(qint64 pid, quint64 bytes)
{
    const rlimit limit = {bytes, RLIM_INFINITY};
    QCOMPARE(::prlimit(pid_t(pid), RLIMIT_FSIZE, &limit, nullptr), 0);
}

void tst_JobShimOutput::fault20_diskFull_data()
{
    QTest::addColumn<bool>("smallDisk");
    QTest::newRow("file size limit") << false;
    QTest::newRow("small tmpfs") << true;
}

void tst_JobShimOutput::fault20_diskFull()
{
    QFETCH(bool, smallDisk);
    constexpr int room = 1'048'576;
    // A tmpfs of its own for the shim, in a mount namespace: it goes with the shim, and needs no cleaning up.
    const QString script = u"mount -t tmpfs -o size=1m tmpfs /mnt && exec \"$0\""_s;
    if (smallDisk) {
        QProcess probe;
        probe.start(u"unshare"_s, {u"-rm"_s, u"/bin/sh"_s, u"-c"_s, script, u"/bin/true"_s});
        if (!probe.waitForFinished() || probe.exitCode() != 0)
            QSKIP("a small tmpfs can't be mounted here (needs unprivileged user namespaces)");
    }
    ShimDriver shim(smallDisk ? u"unshare"_s : shimPath(),
                    smallDisk ? QStringList{u"-rm"_s, u"/bin/sh"_s, u"-c"_s, script, shimPath()} : QStringList());
    QVERIFY(shim.start());
    if (!smallDisk)
        limitFiles(shim.pid(), room);
    Wire::RunCommand command = ShimDriver::command(child({"print", "5000000", "etext", "done", "exit", "21"}));
    if (smallDisk)
        command.folder = "/mnt/job";
    Wire::EndedStatus end = shim.runToEnd(command);
    // The job runs to its end, every byte is counted.
    QCOMPARE(end.cause, EndCause::Itself);
    QCOMPARE(end.status, 21U);
    QCOMPARE(end.stdoutBytes, 5'000'000U);
    QCOMPARE(end.stderrBytes, 5U);
    QCOMPARE(end.outputErrorNumber, smallDisk ? ENOSPC : EFBIG);
    QCOMPARE(shim.of(Type::Truncated).size(), 1);
    QVERIFY(end.droppedBytes >= 5'000'005U - room);
    if (smallDisk)
        return; // its files can't be seen from here
    verifyIndex(shim);
    QVERIFY(shim.log() == numbered(room));
    // The next job is a new beginning.
    end = shim.runChild({"print", "1000"});
    QCOMPARE(end.droppedBytes, 0U);
    QCOMPARE(end.outputErrorNumber, 0);
    verifyIndex(shim);
}

// The index fills up first: bytes without a record don't stay in the log.
void tst_JobShimOutput::fault20_indexFull()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    constexpr int room = 1000; // not a whole number of records
    limitFiles(shim.pid(), room);
    const Wire::EndedStatus end = shim.runChild({"tick", "2ms", "120"});
    QCOMPARE(end.cause, EndCause::Itself);
    QCOMPARE(end.outputErrorNumber, EFBIG);
    // There is no room for the record of a gap either: the status tells how much is missing.
    const QList<ChunkRecord> index = shim.index();
    QCOMPARE(index.size(), room / int(sizeof(ChunkRecord)));
    QCOMPARE(quint64(shim.log().size()), index.last().offset + index.last().length);
    QVERIFY(end.droppedBytes > 0);
    QCOMPARE(end.droppedBytes + quint64(shim.log().size()), end.stdoutBytes);
    QCOMPARE(shim.of(Type::Truncated).size(), 1);
    QVERIFY(shim.log().startsWith("tick 0\ntick 1\n"));
    QVERIFY(shim.log().endsWith('\n'));
}

void tst_JobShimOutput::fault20_noRoomAtAll()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    limitFiles(shim.pid(), 0);
    const Wire::EndedStatus end = shim.runChild({"print", "1000000", "exit", "5"});
    QCOMPARE(end.status, 5U);
    QCOMPARE(end.stdoutBytes, 1'000'000U);
    QCOMPARE(end.droppedBytes, 1'000'000U);
    QCOMPARE(end.outputErrorNumber, EFBIG);
    QCOMPARE(shim.of(Type::Truncated).size(), 1);
    QVERIFY(shim.log().isEmpty());
    QVERIFY(shim.index().isEmpty());
}

void tst_JobShimOutput::fault07_grandchildWritesAfterTheExit()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    Wire::RunCommand command = ShimDriver::command(child({"late-writer", "100ms", "text", "early", "exit", "3"}));
    command.killGraceNs = 20'000'000'000;
    const Wire::EndedStatus end = shim.runToEnd(command);
    QCOMPARE(end.status, 3U);
    QCOMPARE(end.cause, EndCause::Itself);
    QVERIFY(end.leftovers >= 1);
    QCOMPARE(shim.output(), "early\nlate\n");
    verifyIndex(shim);
    // The program's own end is what is told, not that of the writer.
    const qint64 ended = end.at.monotonicNs - shim.started()->at.monotonicNs;
    QVERIFY(shim.index().last().elapsedNs > ended);
}

// Somebody outside the tree has the pipe and keeps writing: the job ends all the same.
void tst_JobShimOutput::fault07_strangerHoldsThePipe()
{
    ShimDriver shim;
    QVERIFY(shim.start());
    shim.run(ShimDriver::command(child({"text", "ready", "sleep", "200ms", "exit", "2"})));
    QVERIFY(shim.waitForOutput("ready\n"));
    const QString pipe = u"/proc/%1/fd/1"_s.arg(shim.started()->pid);
    const int held = ::open(qPrintable(pipe), O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    QVERIFY2(held >= 0, "the job's pipe can't be opened");
    QVERIFY(::write(held, "stranger\n", 9) == 9);
    const Wire::EndedStatus end = shim.waitForEnd();
    QCOMPARE(end.status, 2U);
    QCOMPARE(shim.output(), "ready\nstranger\n");
    QCOMPARE(shim.runChild({"text", "next"}).status, 0U);
    QCOMPARE(shim.output(), "next\n");
    ::signal(SIGPIPE, SIG_IGN);
    QVERIFY(::write(held, "x", 1) < 0);
    QCOMPARE(errno, EPIPE);
    ::close(held);
}

// The application does not read its statuses for a while: the job is not held up, and none is lost.
void tst_JobShimOutput::slowReaderOfStatuses()
{
    ShimDriver shim(u"/bin/sh"_s,
                    {u"-c"_s,
                     u"\"$0\" | { head -c 28; until [ -e go ] || [ $((i+=1)) -gt 1500 ]; do sleep 0.02; done; cat; }"_s,
                     shimPath()});
    shim.process().setWorkingDirectory(shim.root());
    QVERIFY(shim.start());
    Wire::RunCommand command = ShimDriver::command(child({"echo", "text", "end"}));
    command.interactive = 1;
    shim.run(command);
    // Each Input is answered; together the answers are more than a pipe holds.
    constexpr int inputs = 8000;
    std::string commands;
    for (int i = 0; i < inputs; ++i)
        Wire::appendRawFrame(commands, Type::Input, shim.job(), "x");
    Wire::appendRawFrame(commands, Type::CloseInput, shim.job());
    shim.raw(QByteArray::fromStdString(commands));
    QVERIFY(shim.waitUntil([&] { return shim.log().endsWith("end\n"); }));
    QVERIFY(!shim.started());
    QFile go(shim.path("go"_L1));
    QVERIFY(go.open(QIODevice::WriteOnly));
    QCOMPARE(shim.waitForEnd().status, 0U);
    QCOMPARE(shim.output(), QByteArray(inputs, 'x') + "end\n");
    QCOMPARE(shim.of(Type::InputTaken).size(), inputs);
}

QTEST_GUILESS_MAIN(tst_JobShimOutput)
#include "tst_jobshimoutput.moc"
