// SPDX-License-Identifier: MIT
// bitnetctl is interrupted, killed, or left by its reader.

#include "support/ctlprocess.h"

#include <QDir>
#include <QDirIterator>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>

#include <fcntl.h>
#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

static constexpr int patience = ctlPatience;

class tst_CtlSignals : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readerThatLeavesEndsTheJob();
    void interruptCancels_data();
    void interruptCancels();
    void secondInterruptKillsAtOnce();
    void interruptedManyJobs();
    void interruptWhileTheReaderSleeps();
    void ignoredInterruptStaysIgnored();
    void killedCtlLeavesNoJob();
};

void tst_CtlSignals::readerThatLeavesEndsTheJob()
{
    int pipe[2] = {-1, -1};
    QCOMPARE(::pipe2(pipe, O_CLOEXEC), 0);
    CtlProcess ctl(QStringList{u"run"_s, u"--"_s} + testChild({u"flood"_s}));
    ctl.setChildProcessModifier([pipe] { ::dup2(pipe[1], STDOUT_FILENO); });
    ctl.launch();
    ::close(pipe[1]);
    char byte = 0;
    QCOMPARE(::read(pipe[0], &byte, 1), 1);
    ::close(pipe[0]);
    QCOMPARE(ctl.ended(), 128 + SIGPIPE);
    QCOMPARE(ctl.err, ""_ba);
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlSignals::interruptCancels_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGHUP") << SIGHUP;
}

void tst_CtlSignals::interruptCancels()
{
    QFETCH(int, signal);

    CtlProcess ctl(QStringList{u"run"_s, u"--"_s} + testChild({u"text"_s, u"ready"_s, u"forever"_s}));
    ctl.launch();
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted("ready\n"), patience);
    ctl.sendSignal(signal);
    QCOMPARE(ctl.ended(), 128 + signal);
    QCOMPARE(ctl.out, "ready\n"_ba);
    QCOMPARE(ctl.err, ""_ba);
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlSignals::secondInterruptKillsAtOnce()
{
    CtlProcess ctl(QStringList{u"run"_s, u"--kill-grace"_s, u"1h"_s, u"--"_s}
                   + testChild({u"trap"_s, u"TERM"_s, u"text"_s, u"ready"_s, u"forever"_s}));
    ctl.launch();
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted("ready\n"), patience);
    ctl.sendSignal(SIGINT);
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted("got 15\n"), patience);
    QCOMPARE(ctl.state(), QProcess::Running);
    ctl.sendSignal(SIGINT);
    QCOMPARE(ctl.ended(), 128 + SIGINT);
    QVERIFY(ctl.leftNothingBehind());
}

void tst_CtlSignals::interruptedManyJobs()
{
    QByteArray jobs;
    for (int i = 0; i < 20; ++i)
        jobs += "{\"command\": [\"sh\", \"-c\", \"echo up; exec sleep 300\"]}\n";
    CtlProcess ctl({u"run"_s, u"--concurrency"_s, u"4"_s, u"--jobs"_s, u"-"_s});
    ctl.launch(jobs);
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted("up\n"), patience);
    ctl.sendSignal(SIGINT);
    QCOMPARE(ctl.ended(), 128 + SIGINT);
    QVERIFY2(ctl.err.endsWith(": 20 cancelled\n"), ctl.err.constData());
}

// Nobody reads: the job is cancelled all the same, and whoever insists need not wait for the pipe to get room.
void tst_CtlSignals::interruptWhileTheReaderSleeps()
{
    static constexpr qint64 printed = 3'000'000; // more than a pipe holds
    const QByteArray mark = "interruptWhileTheReaderSleeps-" + QByteArray::number(::getpid());
    const QTemporaryDir folder;
    int pipe[2] = {-1, -1};
    QCOMPARE(::pipe2(pipe, O_CLOEXEC), 0);
    CtlProcess ctl(
        QStringList{u"run"_s, u"--output-dir"_s, folder.path(), u"--"_s}
        + testChild({u"print"_s, QString::number(printed), u"etext"_s, QString::fromLatin1(mark), u"forever"_s}));
    ctl.setChildProcessModifier([pipe] { ::dup2(pipe[1], STDOUT_FILENO); });
    ctl.launch();
    ::close(pipe[1]);
    // All of it, so that there is more to pass on than the reader takes.
    const auto written = [&folder] {
        QDirIterator logs(folder.path(), {u"output.log"_s}, QDir::Files, QDirIterator::Subdirectories);
        return logs.hasNext() ? QFileInfo(logs.next()).size() : qint64(0);
    };
    QTRY_VERIFY_WITH_TIMEOUT(written() > printed, patience);
    ctl.sendSignal(SIGINT);
    QTRY_COMPARE_WITH_TIMEOUT(processesWith(mark), 1, patience); // bitnetctl itself
    QCOMPARE(ctl.state(), QProcess::Running);
    ctl.sendSignal(SIGINT);
    QCOMPARE(ctl.ended(), 128 + SIGINT);
    ::close(pipe[0]);
}

void tst_CtlSignals::ignoredInterruptStaysIgnored()
{
    CtlProcess ctl(QStringList{u"run"_s, u"--stdin"_s, u"--"_s} + testChild({u"text"_s, u"ready"_s, u"await-eof"_s}));
    ctl.setChildProcessModifier([] { ::signal(SIGINT, SIG_IGN); });
    ctl.start();
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted("ready\n"), patience);
    ctl.sendSignal(SIGINT);
    ctl.sendSignal(SIGINT);
    ctl.closeWriteChannel();
    QCOMPARE(ctl.ended(), 0);
}

void tst_CtlSignals::killedCtlLeavesNoJob()
{
    const QByteArray mark = "killedCtlLeavesNoJob-" + QByteArray::number(::getpid());
    CtlProcess ctl(QStringList{u"run"_s, u"--"_s}
                   + testChild({u"text"_s, QString::fromLatin1(mark), u"children"_s, u"3"_s, u"forever"_s}));
    ctl.launch();
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted(mark), patience);
    QTRY_VERIFY_WITH_TIMEOUT(processesWith(mark) == 5, patience); // bitnetctl, the job, its children
    ctl.sendSignal(SIGKILL);
    QCOMPARE(ctl.ended(), -SIGKILL);
    QTRY_COMPARE_WITH_TIMEOUT(processesWith(mark), 0, patience);
}

QTEST_GUILESS_MAIN(tst_CtlSignals)
#include "tst_ctlsignals.moc"
