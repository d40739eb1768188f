// SPDX-License-Identifier: MIT
#include "core/runtime/engineprobe.h"

#include "support/enginefixture.h"

#include <QElapsedTimer>
#include <QFile>
#include <QFuture>
#include <QTest>

#include <atomic>
#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// Notes each start in a file beside the program, then prints a help with this flag.
QByteArray countingScript(const QByteArray &flag)
{
    return "echo started >> \"$0.starts\"\n[ \"$1\" = --help ] || exit 9\necho '" + flag + "    a flag'\n";
}

EngineProbe::Settings patient(std::chrono::milliseconds timeout = 20s)
{
    return {.limits = {.timeout = timeout}};
}

} // namespace

class tst_EngineProbe : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_fixture = std::make_unique<Testing::EngineFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void startsOncePerBinary();
    void concurrentCallersShareOneProbe();
    void aChangedBinaryIsAskedAgain_data();
    void aChangedBinaryIsAskedAgain();
    void helpOnStandardError();
    void failures_data();
    void failures();
    void aHangingBinaryIsKilledWithItsChildren();
    void aFailureIsKeptForAWhile();
    void aFailureIsRetried();
    void needsNoEventLoop();
    void destroyedWhileAProbeRuns();
    void childSignalIgnored();

private:
    int starts(const QString &program = u"llama-cli"_s) const
    {
        return int(m_fixture->read("build/bin/"_L1 + program + ".starts"_L1).count('\n'));
    }
    std::unique_ptr<Testing::EngineFixture> m_fixture;
};

void tst_EngineProbe::startsOncePerBinary()
{
    const QString first = m_fixture->writeProgram(u"llama-cli"_s, countingScript("--one"));
    const QString second = m_fixture->writeProgram(u"other-cli"_s, countingScript("--two"));
    EngineProbe probe(patient());
    QVERIFY(!probe.knownFlags(first));
    for (int i = 0; i < 3; ++i) {
        const EngineFlags flags = probe.flags(first).result();
        QVERIFY2(flags.known, qPrintable(flags.why));
        QCOMPARE(flags.flags, QSet<QString>{u"--one"_s});
    }
    QCOMPARE(starts(), 1);
    QCOMPARE(probe.knownFlags(first)->flags, QSet<QString>{u"--one"_s});
    QVERIFY(!probe.knownFlags(second));
    QCOMPARE(probe.flags(second).result().flags, QSet<QString>{u"--two"_s});
    QCOMPARE(starts(u"other-cli"_s), 1);
}

void tst_EngineProbe::concurrentCallersShareOneProbe()
{
    // Ends only when the test lets it, so that all callers come while it runs.
    const QString gate = m_fixture->path(u"gate"_s);
    const QString binary =
        m_fixture->writeProgram(u"llama-cli"_s,
                                QByteArray("while [ ! -e '" + QFile::encodeName(gate) + "' ]; do sleep 0.01; done\n")
                                    + countingScript("--one"));
    EngineProbe probe(patient());
    std::vector<std::thread> threads;
    std::atomic<int> asked = 0;
    std::atomic<int> right = 0;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            QFuture<EngineFlags> future = probe.flags(binary);
            ++asked;
            if (future.result().contains(u"--one"_s))
                ++right;
        });
    }
    QTRY_COMPARE(asked, 8);
    QVERIFY(!probe.knownFlags(binary));
    m_fixture->write(u"gate"_s, {});
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(right, 8);
    QCOMPARE(starts(), 1);
}

void tst_EngineProbe::aChangedBinaryIsAskedAgain_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<qint64>("shiftNanoseconds");
    QTest::newRow("time, by one nanosecond") << countingScript("--one") << qint64(1);
    QTest::newRow("time, backwards") << countingScript("--one") << qint64(-5'000'000'000);
    QTest::newRow("size") << countingScript("--another") << qint64(0);
}

void tst_EngineProbe::aChangedBinaryIsAskedAgain()
{
    QFETCH(QByteArray, script);
    QFETCH(qint64, shiftNanoseconds);
    const QString binary = m_fixture->writeProgram(u"llama-cli"_s, countingScript("--one"));
    const QByteArray path = QFile::encodeName(binary);
    struct stat before = {};
    QCOMPARE(stat(path.constData(), &before), 0);
    EngineProbe probe(patient());
    QVERIFY(probe.flags(binary).result().known);
    QCOMPARE(starts(), 1);

    m_fixture->writeProgram(u"llama-cli"_s, script);
    const qint64 nanoseconds =
        qint64(before.st_mtim.tv_sec) * 1'000'000'000 + before.st_mtim.tv_nsec + shiftNanoseconds;
    const timespec times[2] = {before.st_atim,
                               {.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000}};
    QCOMPARE(utimensat(AT_FDCWD, path.constData(), times, 0), 0);

    QVERIFY(!probe.knownFlags(binary));
    QVERIFY(probe.flags(binary).result().known);
    QCOMPARE(starts(), 2);
    QVERIFY(probe.flags(binary).result().known);
    QCOMPARE(starts(), 2);
}

void tst_EngineProbe::helpOnStandardError()
{
    const QString binary = m_fixture->writeProgram(u"llama-cli"_s, "echo 'usage: llama-cli'; echo '-m FNAME' >&2\n");
    EngineProbe probe(patient());
    QVERIFY(probe.flags(binary).result().contains(u"-m"_s));
}

void tst_EngineProbe::failures_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QString>("why");
    QTest::newRow("hangs") << QByteArray("sleep 300\n") << u"It did not end within 0.5 s."_s;
    QTest::newRow("floods") << QByteArray("while :; do echo '--flag and a long line of text'; done\n")
                            << u"It printed more than 4096 bytes."_s;
    QTest::newRow("is killed") << QByteArray("kill -SEGV $$\n") << u"It ended by signal 11."_s;
    QTest::newRow("lacks a library") << QByteArray("echo 'llama-cli: libllama.so: cannot open' >&2; exit 127\n")
                                     << u"llama-cli: libllama.so: cannot open"_s;
    QTest::newRow("prints no flags") << QByteArray("echo hello\n") << u"Its --help lists no flags."_s;
    QTest::newRow("prints nothing") << QByteArray("exit 0\n") << u"Its --help lists no flags."_s;
}

void tst_EngineProbe::failures()
{
    QFETCH(QByteArray, script);
    QFETCH(QString, why);
    const QString binary = m_fixture->writeProgram(u"llama-cli"_s, script);
    const bool hangs = QByteArray(QTest::currentDataTag()) == "hangs";
    EngineProbe probe({.limits = {.timeout = hangs ? 500ms : 20'000ms, .outputCap = 4096}});
    const EngineFlags flags = probe.flags(binary).result();
    QVERIFY(!flags.known);
    QVERIFY(flags.flags.isEmpty());
    QCOMPARE(flags.why, why);

    const EngineFlags missing = probe.flags(m_fixture->path(u"nothing-here"_s)).result();
    QVERIFY(!missing.known);
    QVERIFY2(missing.why.startsWith("It could not be started: "_L1), qPrintable(missing.why));
    QVERIFY(!probe.flags(m_fixture->write(u"plain-file"_s, "text")).result().known);
    QVERIFY(!probe.flags(m_fixture->path(u"build"_s)).result().known);
}

void tst_EngineProbe::aHangingBinaryIsKilledWithItsChildren()
{
    const QString binary =
        m_fixture->writeProgram(u"llama-cli"_s, "sleep 300 & echo $! > \"$0.child\"; trap '' TERM; wait\n");
    EngineProbe probe(patient(1s));
    QFuture<EngineFlags> future = probe.flags(binary);
    QTRY_VERIFY(m_fixture->read(u"build/bin/llama-cli.child"_s).endsWith('\n'));
    const pid_t child = m_fixture->read(u"build/bin/llama-cli.child"_s).trimmed().toInt();
    QVERIFY(child > 0);
    QCOMPARE(kill(child, 0), 0);
    QVERIFY(!future.result().known);
    // Gone, or a zombie that its new parent has not reaped.
    QTRY_VERIFY([child] {
        QFile file(u"/proc/%1/stat"_s.arg(child));
        return !file.open(QIODevice::ReadOnly) || file.readAll().contains(") Z ");
    }());
}

void tst_EngineProbe::aFailureIsKeptForAWhile()
{
    const QString binary = m_fixture->writeProgram(u"llama-cli"_s, "echo x >> \"$0.starts\"; exit 1\n");
    EngineProbe probe({.limits = {.timeout = 20s}, .retryAfter = 1h});
    QVERIFY(!probe.flags(binary).result().known);
    QVERIFY(!probe.flags(binary).result().known);
    QVERIFY(probe.knownFlags(binary));
    QCOMPARE(starts(), 1);
}

void tst_EngineProbe::aFailureIsRetried()
{
    const QString binary = m_fixture->writeProgram(
        u"llama-cli"_s, "echo x >> \"$0.starts\"; [ $(wc -l < \"$0.starts\") -gt 1 ] && echo --good; exit 0\n");
    EngineProbe probe({.limits = {.timeout = 20s}, .retryAfter = 0ms});
    QVERIFY(!probe.flags(binary).result().known);
    QVERIFY(!probe.knownFlags(binary));
    QVERIFY(probe.flags(binary).result().contains(u"--good"_s));
    QVERIFY(probe.flags(binary).result().contains(u"--good"_s));
    QCOMPARE(starts(), 2);
}

// result() blocks this thread; a probe that needed its events would never end.
void tst_EngineProbe::needsNoEventLoop()
{
    const QString binary = m_fixture->writeProgram(u"llama-cli"_s, countingScript("--one"));
    bool known = false;
    std::thread([&] {
        EngineProbe probe(patient());
        known = probe.flags(binary).result().known;
    }).join();
    QVERIFY(known);
}

void tst_EngineProbe::destroyedWhileAProbeRuns()
{
    const QString binary = m_fixture->writeProgram(u"llama-cli"_s, "echo $$ > \"$0.pid\"; exec sleep 300\n");
    QElapsedTimer timer;
    QFuture<EngineFlags> started;
    QFuture<EngineFlags> notStarted;
    {
        EngineProbe probe(patient(10min));
        started = probe.flags(binary);
        QTRY_VERIFY(m_fixture->read(u"build/bin/llama-cli.pid"_s).endsWith('\n'));
        notStarted = probe.flags(m_fixture->writeProgram(u"other-cli"_s, "exec sleep 300\n"));
        timer.start();
    }
    QVERIFY(timer.elapsed() < 5000);
    QVERIFY(started.isFinished());
    QVERIFY(notStarted.isFinished());
    QCOMPARE(started.result().why, u"It was stopped."_s);
    const pid_t pid = m_fixture->read(u"build/bin/llama-cli.pid"_s).trimmed().toInt();
    QCOMPARE(kill(pid, 0), -1);
}

// Whoever starts the application may have it ignore SIGCHLD: exit codes are lost then, the help must not be.
void tst_EngineProbe::childSignalIgnored()
{
    const auto before = std::signal(SIGCHLD, SIG_IGN);
    const QString binary = m_fixture->writeProgram(u"llama-cli"_s, countingScript("--one"));
    EngineFlags flags;
    {
        EngineProbe probe(patient());
        flags = probe.flags(binary).result();
    }
    std::signal(SIGCHLD, before);
    QVERIFY2(flags.known, qPrintable(flags.why));
}

QTEST_GUILESS_MAIN(tst_EngineProbe)
#include "tst_engineprobe.moc"
