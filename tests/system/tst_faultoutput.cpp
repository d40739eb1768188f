// SPDX-License-Identifier: MIT
// Faults around what jobs print. Each test is named after its row in the list of faults.
#include "core/output/outputlog.h"
#include "support/supervisorfixture.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTimer>

#include <sys/mount.h>
#include <sys/stat.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_FaultOutput : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fault18_gigabyteOnStandardOutput();
    void fault19_hostileBytesAreKeptExactly();
    void fault20_spoolDiskFull();
    void fault36_conversationFloodsWhenItsInputEnds();
    void privateFolderModes();
};

static qint64 residentBytes()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    return file.readAll().split(' ').at(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
}

// The longest time that this thread's event loop was not served.
class GapMeter : public QObject
{
public:
    GapMeter()
    {
        m_clock.start();
        connect(&m_timer, &QTimer::timeout, this, [this] { m_longest = qMax(m_longest, m_clock.restart()); });
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.start(1);
    }
    qint64 longestMs() const { return m_longest; }

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_longest = 0;
};

void tst_FaultOutput::fault18_gigabyteOnStandardOutput()
{
    SupervisorFixture f;
    f.runToEnd({.command = {u"/bin/true"_s}});
    const qint64 before = residentBytes();
    qint64 peak = before;
    QTimer sampler;
    connect(&sampler, &QTimer::timeout, this, [&] { peak = qMax(peak, residentBytes()); });
    sampler.start(5);
    GapMeter gaps;

    constexpr qint64 gigabyte = 1'000'000'000;
    const JobRecord record =
        f.runToEnd({.command = {u"head"_s, u"-c"_s, QString::number(gigabyte), u"/dev/zero"_s}}, 120'000);
    QCOMPARE(record.outcome, Outcome::Succeeded);
    QCOMPARE(record.stdoutBytes, gigabyte);
    QVERIFY(record.truncated);
    QCOMPARE(record.droppedBytes, gigabyte - record.spec->limits.outputCap - qint64(keptTailBytes));
    qInfo("memory grew by %.1f MB, longest event-loop gap %lld ms", double(peak - before) / 1e6, gaps.longestMs());
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY2(peak - before < 32'000'000, qPrintable(QString::number(peak - before)));
#endif
}

void tst_FaultOutput::fault19_hostileBytesAreKeptExactly()
{
    SupervisorFixture f;
    QByteArray hostile;
    for (int i = 0; i < 256; ++i)
        hostile += char(i);
    hostile += "\x1b[31mred\x1b[0m\x1b]0;title\x07\xc3\x28\xff\xfe\n";
    hostile += QByteArray(100'000'000, 'L'); // one line
    const QString path = f.folder() + u"/hostile"_s;
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(hostile), hostile.size());
    file.close();
    const JobRecord record = f.runToEnd({.command = {u"cat"_s, path}}, 120'000);
    QCOMPARE(record.outcome, Outcome::Succeeded);
    QVERIFY(!record.truncated);
    QFile log(record.outputFolder + u"/output.log"_s);
    QVERIFY(log.open(QIODevice::ReadOnly));
    QVERIFY(log.readAll() == hostile);
    QVERIFY(JobResult(record).standardOutput(1 << 20) == hostile.left(1 << 20));
}

void tst_FaultOutput::fault20_spoolDiskFull()
{
    QTemporaryDir place;
    if (::geteuid() != 0 || ::mount("tmpfs", qPrintable(place.path()), "tmpfs", 0, "size=1m") != 0)
        QSKIP("mounting a small tmpfs takes the right to mount");
    {
        SupervisorFixture f(1, {.outputRoot = place.path()});
        constexpr qint64 bytes = 5'000'000;
        const JobRecord record =
            f.runToEnd({.command = {u"/bin/sh"_s, u"-c"_s, u"head -c %1 /dev/zero; exit 4"_s.arg(bytes)}});
        QCOMPARE(record.outcome, Outcome::Failed);
        QCOMPARE(record.exitCode, 4);
        QCOMPARE(record.stdoutBytes, bytes);
        QVERIFY(record.truncated);
        QVERIFY(record.droppedBytes > 0);
        OutputLog log;
        QVERIFY2(log.open(record.outputFolder), qPrintable(log.errorString()));
        QCOMPARE(log.size() + record.droppedBytes, bytes);
    }
    QCOMPARE(::umount(qPrintable(place.path())), 0);
}

void tst_FaultOutput::fault36_conversationFloodsWhenItsInputEnds()
{
    // What llama-cli -cnv does when its standard input ends: it prints its prompt for ever.
    SupervisorFixture f;
    const qint64 before = residentBytes();
    const QString model = f.folder() + u"/model.gguf"_s;
    QFile file(model);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("GGUF") == 4);
    file.close();
    const QString engine = QStringLiteral(BITNET_BIN_DIR "/../replay-engine/bin/llama-cli");
    JobSpec spec{.command = {engine, u"-m"_s, model, u"-cnv"_s, u"--simple-io"_s, u"-p"_s, u"Be terse"_s}};
    spec.environment.overrides.insert(u"BITNET_REPLAY_SPEED"_s, u"0"_s);
    spec.limits = {.timeout = 1500ms, .killGrace = 100ms, .outputCap = 1'000'000};
    const JobRecord record = f.runToEnd(spec);
    QCOMPARE(record.outcome, Outcome::TimedOut);
    QVERIFY(record.truncated);
    QVERIFY(record.stdoutBytes > spec.limits.outputCap);
    QVERIFY(QFile(record.outputFolder + u"/output.log"_s).size() <= spec.limits.outputCap + qint64(keptTailBytes));
    QVERIFY(JobResult(record).standardOutput().contains("\n> \n> \n> "));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY(residentBytes() - before < 32'000'000);
#else
    Q_UNUSED(before);
#endif
    QVERIFY(f.nothingLeft(record.id));
}

void tst_FaultOutput::privateFolderModes()
{
    SupervisorFixture f;
    const JobRecord record = f.runToEnd({.command = {u"echo"_s, u"text"_s}});
    const auto modeOf = [](const QString &path) {
        struct stat status
        {
        };
        return ::stat(qPrintable(path), &status) == 0 ? int(status.st_mode & 07777) : -1;
    };
    QCOMPARE(modeOf(f.supervisor().outputFolder()), 0700);
    QCOMPARE(modeOf(record.outputFolder), 0700);
    QCOMPARE(modeOf(record.outputFolder + u"/output.log"_s), 0600);
    QCOMPARE(modeOf(record.outputFolder + u"/output.idx"_s), 0600);
}

QTEST_GUILESS_MAIN(tst_FaultOutput)
#include "tst_faultoutput.moc"
