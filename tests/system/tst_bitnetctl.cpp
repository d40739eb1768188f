// SPDX-License-Identifier: MIT
// The command bitnetctl as its users see it: a process with arguments, streams, signals and an exit status.
#include "core/telemetry/recordexport.h"

#include "support/ctlprocess.h"

#include <QCryptographicHash>
#include <QDir>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <csignal>

#include <fcntl.h>
#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

static constexpr int patience = ctlPatience;

class tst_BitNetCtl : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void exitStatusOfOneJob_data();
    void exitStatusOfOneJob();
    void wrongUsage_data();
    void wrongUsage();
    void helpAndVersion_data();
    void helpAndVersion();

    void passesBothStreamsThrough();
    void passesOutputThroughWhileTheJobRuns();
    void passesAnyBytesThrough();
    void keepsTheOrderOfBothStreams();
    void largeOutputIsCompleteForASlowReader();
    void outputPastTheDefaultCapIsComplete();
    void outputPastAGivenCapIsNotPassedOn();
    void closedStandardStreams();
    void quietShowsNothing();
    void passesInputOn();
    void inputIsEmptyWithoutStdin();
    void inputOfAnySizeIsPassedOn();
    void environmentAndWorkingDirectory();
    void argumentsThatAreNoUtf8AreRefused();
    void noWordAboutTheLocale();

    void jsonOfOneJob();
    void csvThatCannotBeWritten();
    void outputDirKeepsTheOutput();
    void temporaryFolderIsRemoved();
};

void tst_BitNetCtl::exitStatusOfOneJob_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("saying");

    const QStringList none;
    QTest::newRow("success") << none << QStringList{u"true"_s} << 0 << ""_ba;
    QTest::newRow("failure") << none << QStringList{u"false"_s} << 1 << ""_ba;
    for (const int code : {2, 7, 124, 137, 255})
        QTest::addRow("exit %d", code) << none << testChild({u"exit"_s, QString::number(code)}) << code << ""_ba;
    for (const int signal : {SIGSEGV, SIGKILL, SIGTERM, SIGABRT}) {
        QTest::addRow("signal %d", signal)
            << none << testChild({u"signal"_s, QString::number(signal)}) << 128 + signal << "Ended by signal"_ba;
    }
    QTest::newRow("timeout") << QStringList{u"--timeout"_s, u"200ms"_s} << QStringList{u"sleep"_s, u"60"_s} << 124
                             << "Timed out after 200 ms"_ba;
    QTest::newRow("deadline") << QStringList{u"--deadline=200ms"_s} << QStringList{u"sleep"_s, u"60"_s} << 124
                              << "deadline of 200 ms"_ba;
    QTest::newRow("timeout, TERM ignored, no grace")
        << QStringList{u"--timeout"_s, u"200ms"_s, u"--kill-grace"_s, u"0"_s} << testChild({u"ignore-term"_s}) << 124
        << "Timed out"_ba;
    QTest::newRow("not found in PATH") << none << QStringList{u"no-such-program-anywhere"_s} << 127
                                       << "was not found"_ba;
    QTest::newRow("not found") << none << QStringList{u"/no/such/program"_s} << 127 << "was not found"_ba;
    QTest::newRow("not executable") << none << QStringList{u"/etc/passwd"_s} << 126 << "is not executable"_ba;
    QTest::newRow("a folder") << none << QStringList{u"/etc"_s} << 126 << "is a folder"_ba;
    QTest::newRow("no working directory") << QStringList{u"--cwd"_s, u"/no/such/folder"_s} << QStringList{u"true"_s}
                                          << 125 << "/no/such/folder does not exist"_ba;
}

void tst_BitNetCtl::exitStatusOfOneJob()
{
    QFETCH(QStringList, options);
    QFETCH(QStringList, command);
    QFETCH(int, status);
    QFETCH(QByteArray, saying);

    CtlProcess ctl(QStringList{u"run"_s} + options + QStringList{u"--"_s} + command);
    QCOMPARE(ctl.run(), status);
    QCOMPARE(ctl.out, ""_ba);
    if (saying.isEmpty())
        QCOMPARE(ctl.err, ""_ba);
    else
        QVERIFY2(ctl.err.startsWith("bitnetctl: ") && ctl.err.contains(saying), ctl.err.constData());
    QVERIFY(ctl.leftNothingBehind());
}

void tst_BitNetCtl::wrongUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("saying");

    const auto row = [](const char *name, const QStringList &arguments, const QByteArray &saying) {
        QTest::newRow(name) << arguments << saying;
    };
    row("nothing", {}, "bitnetctl --help");
    row("unknown command", {u"start"_s}, "\"start\" is no command");
    row("unknown option", {u"run"_s, u"--frob"_s, u"--"_s, u"true"_s}, "no option \"--frob\"");
    row("nothing to run", {u"run"_s}, "goes after \"--\"");
    row("nothing after --", {u"run"_s, u"--"_s}, "goes after \"--\"");
    row("command without --", {u"run"_s, u"true"_s}, "-- true");
    row("option without its value", {u"run"_s, u"--timeout"_s}, "needs a value: --timeout DURATION");
    row("value for a switch", {u"run"_s, u"--json=yes"_s, u"--"_s, u"true"_s}, "takes no value");
    row("timeout in words", {u"run"_s, u"--timeout"_s, u"soon"_s, u"--"_s, u"true"_s},
        "--timeout: \"soon\" is not a length");
    row("timeout of zero", {u"run"_s, u"--timeout"_s, u"0"_s, u"--"_s, u"true"_s}, "greater than zero");
    row("deadline too long", {u"run"_s, u"--deadline"_s, u"3651d"_s, u"--"_s, u"true"_s}, "3650 days");
    row("negative grace", {u"run"_s, u"--kill-grace"_s, u"-1"_s, u"--"_s, u"true"_s}, "--kill-grace");
    row("no concurrency", {u"run"_s, u"--concurrency"_s, u"0"_s, u"--"_s, u"true"_s}, "between 1 and 4096");
    row("wrong cap", {u"run"_s, u"--output-cap"_s, u"much"_s, u"--"_s, u"true"_s}, "no number of bytes");
    row("cap of zero", {u"run"_s, u"--output-cap"_s, u"0"_s, u"--"_s, u"true"_s}, "no number of bytes");
    row("env without =", {u"run"_s, u"--env"_s, u"hunter2"_s, u"--"_s, u"true"_s}, "NAME=VALUE");
    row("file and command", {u"run"_s, u"--jobs"_s, u"-"_s, u"--"_s, u"true"_s}, "not both");
    row("name for many", {u"run"_s, u"--jobs"_s, u"-"_s, u"--name"_s, u"x"_s}, "--name is for a single command");
    row("stdin for many", {u"run"_s, u"--jobs"_s, u"-"_s, u"--stdin"_s}, "--stdin is for a single command");
    row("jobs file missing", {u"run"_s, u"--jobs"_s, u"/no/such/file"_s}, "/no/such/file can't be read");
    row("csv into nowhere", {u"run"_s, u"--csv"_s, u"/no/such/folder/x.csv"_s, u"--"_s, u"true"_s},
        "/no/such/folder does not exist");
    row("csv is a folder", {u"run"_s, u"--csv"_s, u"/tmp"_s, u"--"_s, u"true"_s}, "is a folder");
    row("output dir is a file", {u"run"_s, u"--output-dir"_s, u"/etc/passwd"_s, u"--"_s, u"true"_s}, "--output-dir");
    row("doctor with more", {u"doctor"_s, u"--"_s, u"x"_s}, "takes nothing after");
    row("doctor with a word", {u"doctor"_s, u"x"_s}, "no option of \"doctor\"");
    row("infer: number in words", {u"infer"_s, u"-n"_s, u"many"_s}, "no whole number");
    row("infer: threads in words", {u"infer"_s, u"-t"_s, u"all"_s}, "neither a whole number nor \"auto\"");
    row("infer: temperature in words", {u"infer"_s, u"--temp"_s, u"hot"_s}, "no number");
    row("infer: no prompt", {u"infer"_s, u"-m"_s, u"x.gguf"_s}, "Prompt must not be empty.");
}

void tst_BitNetCtl::wrongUsage()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, saying);

    CtlProcess ctl(arguments);
    QCOMPARE(ctl.run(), 125);
    QCOMPARE(ctl.out, ""_ba);
    QVERIFY2(ctl.err.startsWith("bitnetctl: ") && ctl.err.contains(saying), ctl.err.constData());
    QVERIFY(!ctl.err.contains("hunter2"));
}

void tst_BitNetCtl::helpAndVersion_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("saying");

    QTest::newRow("--help") << QStringList{u"--help"_s} << "Commands:"_ba;
    QTest::newRow("-h") << QStringList{u"-h"_s} << "Commands:"_ba;
    QTest::newRow("help") << QStringList{u"help"_s} << "Commands:"_ba;
    QTest::newRow("--version") << QStringList{u"--version"_s} << "bitnetctl "_ba;
    for (const QString &command :
         {u"run"_s, u"infer"_s, u"chat"_s, u"serve"_s, u"models"_s, u"history"_s, u"report"_s, u"doctor"_s}) {
        const QByteArray usage = "Usage: bitnetctl " + command.toUtf8();
        QTest::addRow("%s --help", qPrintable(command)) << QStringList{command, u"--help"_s} << usage;
        QTest::addRow("help %s", qPrintable(command)) << QStringList{u"help"_s, command} << usage;
        const QByteArray line = "\n  " + command.toUtf8() + ' ';
        QTest::addRow("help names %s", qPrintable(command)) << QStringList{u"help"_s} << line;
    }
}

void tst_BitNetCtl::helpAndVersion()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, saying);

    CtlProcess ctl(arguments);
    QCOMPARE(ctl.run(), 0);
    QVERIFY2(ctl.out.contains(saying), ctl.out.constData());
    QCOMPARE(ctl.err, ""_ba);
    for (const QByteArray &line : ctl.out.split('\n'))
        QVERIFY2(line.size() <= 80, line.constData());
}

void tst_BitNetCtl::passesBothStreamsThrough()
{
    CtlProcess ctl({u"run"_s, u"--"_s, u"sh"_s, u"-c"_s, u"printf out; printf err >&2; exit 3"_s});
    QCOMPARE(ctl.run(), 3);
    QCOMPARE(ctl.out, "out"_ba);
    QCOMPARE(ctl.err, "err"_ba);
}

void tst_BitNetCtl::passesOutputThroughWhileTheJobRuns()
{
    CtlProcess ctl(QStringList{u"run"_s, u"--stdin"_s, u"--"_s} + testChild({u"text"_s, u"ready"_s, u"await-eof"_s}));
    ctl.start();
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted("ready\n"), patience);
    QCOMPARE(ctl.state(), QProcess::Running);
    ctl.closeWriteChannel();
    QCOMPARE(ctl.ended(), 0);
}

void tst_BitNetCtl::passesAnyBytesThrough()
{
    QProcess direct;
    direct.start(programPath(u"bitnet-testchild"_s), {u"invalid-utf8"_s, u"line"_s, u"300000"_s});
    QVERIFY(direct.waitForFinished(patience));
    const QByteArray expected = direct.readAllStandardOutput();
    QVERIFY(expected.contains('\0'));

    CtlProcess ctl(QStringList{u"run"_s, u"--"_s} + testChild({u"invalid-utf8"_s, u"line"_s, u"300000"_s}));
    QCOMPARE(ctl.run(), 0);
    QCOMPARE(ctl.out, expected);
}

void tst_BitNetCtl::keepsTheOrderOfBothStreams()
{
    QProcess direct;
    direct.setProcessChannelMode(QProcess::MergedChannels);
    direct.start(programPath(u"bitnet-testchild"_s),
                 {u"tick"_s, u"1ms"_s, u"40"_s, u"etext"_s, u"error"_s, u"text"_s, u"end"_s});
    QVERIFY(direct.waitForFinished(patience));

    CtlProcess ctl(QStringList{u"run"_s, u"--"_s}
                   + testChild({u"tick"_s, u"1ms"_s, u"40"_s, u"sleep"_s, u"20ms"_s, u"etext"_s, u"error"_s, u"sleep"_s,
                                u"20ms"_s, u"text"_s, u"end"_s}));
    ctl.setProcessChannelMode(QProcess::MergedChannels);
    QCOMPARE(ctl.run(), 0);
    QCOMPARE(ctl.out, direct.readAllStandardOutput());
}

void tst_BitNetCtl::largeOutputIsCompleteForASlowReader()
{
    static constexpr qint64 size = 64 * 1024 * 1024;
    CtlProcess ctl(QStringList{u"run"_s, u"--"_s} + testChild({u"print"_s, QString::number(size)}));
    ctl.setReadChannel(QProcess::StandardOutput);
    // A reader that takes it in small pieces out of a pipe that is full all the time.
    int pipe[2] = {-1, -1};
    QCOMPARE(::pipe2(pipe, O_CLOEXEC), 0);
    ctl.setChildProcessModifier([pipe] { ::dup2(pipe[1], STDOUT_FILENO); });
    ctl.launch();
    ::close(pipe[1]);
    QCryptographicHash seen(QCryptographicHash::Sha1);
    qint64 count = 0;
    QByteArray buffer(10'000, '\0');
    for (ssize_t got = 0; (got = ::read(pipe[0], buffer.data(), size_t(buffer.size()))) > 0; count += got)
        seen.addData(QByteArrayView(buffer.constData(), got));
    ::close(pipe[0]);
    QCOMPARE(ctl.ended(), 0);
    QCOMPARE(count, size);

    QProcess direct;
    direct.start(programPath(u"bitnet-testchild"_s), {u"print"_s, QString::number(size)});
    QVERIFY(direct.waitForFinished(patience));
    QCOMPARE(seen.result(), QCryptographicHash::hash(direct.readAllStandardOutput(), QCryptographicHash::Sha1));
}

void tst_BitNetCtl::outputPastTheDefaultCapIsComplete()
{
    static constexpr qint64 size = 300 * 1024 * 1024;
    QTemporaryDir folder;
    CtlProcess ctl(QStringList{u"run"_s, u"--"_s} + testChild({u"print"_s, QString::number(size)}));
    ctl.setStandardOutputFile(folder.filePath(u"out"_s));
    QCOMPARE(ctl.run(), 0);
    QCOMPARE(ctl.err, ""_ba);
    QCOMPARE(QFileInfo(folder.filePath(u"out"_s)).size(), size);
}

void tst_BitNetCtl::outputPastAGivenCapIsNotPassedOn()
{
    CtlProcess ctl(QStringList{u"run"_s, u"--output-cap"_s, u"100K"_s, u"--"_s}
                   + testChild({u"print"_s, u"3000000"_s}));
    QCOMPARE(ctl.run(), 0);
    QVERIFY2(ctl.err.contains("bytes of its output were not kept"), ctl.err.constData());
    QCOMPARE(ctl.out.size(), 100 * 1024 + 256 * 1024);
}

void tst_BitNetCtl::closedStandardStreams()
{
    QTemporaryDir folder;
    const QString csv = folder.filePath(u"report.csv"_s);
    CtlProcess ctl({u"run"_s, u"--csv"_s, csv, u"--"_s, u"sh"_s, u"-c"_s, u"echo out; echo err >&2; exit 4"_s});
    ctl.setChildProcessModifier([] {
        ::close(STDIN_FILENO);
        ::close(STDOUT_FILENO);
        ::close(STDERR_FILENO);
    });
    QCOMPARE(ctl.run(), 4);
    QFile file(csv);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray content = file.readAll();
    QVERIFY(content.startsWith(csvHeader()));
    QCOMPARE(content.count("\r\n"), 2);
}

void tst_BitNetCtl::quietShowsNothing()
{
    CtlProcess ctl({u"run"_s, u"-q"_s, u"--timeout"_s, u"300ms"_s, u"--"_s, u"sh"_s, u"-c"_s,
                    u"echo out; echo err >&2; sleep 60"_s});
    QCOMPARE(ctl.run(), 124);
    QCOMPARE(ctl.out, ""_ba);
    QCOMPARE(ctl.err, ""_ba);

    CtlProcess failing({u"run"_s, u"-q"_s, u"--"_s, u"/no/such/program"_s});
    QCOMPARE(failing.run(), 127);
    QVERIFY(failing.err.contains("was not found"));
}

void tst_BitNetCtl::passesInputOn()
{
    const QByteArray input("line\n\0\xff end", 11);
    CtlProcess ctl({u"run"_s, u"--stdin"_s, u"--"_s, u"cat"_s});
    QCOMPARE(ctl.run(input), 0);
    QCOMPARE(ctl.out, input);
}

void tst_BitNetCtl::inputIsEmptyWithoutStdin()
{
    CtlProcess ctl({u"run"_s, u"--"_s, u"cat"_s});
    QCOMPARE(ctl.run("not for the job"), 0);
    QCOMPARE(ctl.out, ""_ba);
}

void tst_BitNetCtl::inputOfAnySizeIsPassedOn()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"input"_s);
    QProcess direct;
    direct.setStandardOutputFile(path);
    direct.start(programPath(u"bitnet-testchild"_s), {u"print"_s, u"20000000"_s});
    QVERIFY(direct.waitForFinished(patience));

    CtlProcess ctl({u"run"_s, u"-i"_s, u"--"_s, u"cmp"_s, u"-"_s, path});
    ctl.setStandardInputFile(path);
    ctl.start();
    QCOMPARE(ctl.ended(), 0);
    QCOMPARE(ctl.out, ""_ba);

    // A job that does not want it.
    CtlProcess deaf({u"run"_s, u"-i"_s, u"--"_s, u"head"_s, u"-c"_s, u"5"_s});
    deaf.setStandardInputFile(path);
    deaf.start();
    QCOMPARE(deaf.ended(), 0);
    QCOMPARE(deaf.out.size(), 5);
}

void tst_BitNetCtl::environmentAndWorkingDirectory()
{
    const QTemporaryDir folder;
    CtlProcess ctl({u"run"_s, u"--env"_s, u"A=1=2"_s, u"--env"_s, u"B="_s, u"--cwd"_s, folder.path(), u"--"_s, u"sh"_s,
                    u"-c"_s, u"echo \"$A|${B-unset}|$(pwd -P)\""_s});
    QCOMPARE(ctl.run(), 0);
    QCOMPARE(ctl.out, "1=2||" + QFile::encodeName(QFileInfo(folder.path()).canonicalFilePath()) + "\n");
}

void tst_BitNetCtl::argumentsThatAreNoUtf8AreRefused()
{
    QProcess shell;
    shell.start(u"sh"_s, {u"-c"_s, u"exec \"$0\" run -- echo \"$(printf 'a\\377b')\""_s, programPath(u"bitnetctl"_s)});
    QVERIFY(shell.waitForFinished(patience));
    QCOMPARE(shell.exitCode(), 125);
    QVERIFY(shell.readAllStandardError().contains("argument 4 is no valid UTF-8"));
}

void tst_BitNetCtl::noWordAboutTheLocale()
{
    CtlProcess ctl({u"run"_s, u"--"_s, u"printf"_s, u"größer"_s});
    QProcessEnvironment environment = ctl.processEnvironment();
    environment.insert(u"LC_ALL"_s, u"C"_s);
    ctl.setProcessEnvironment(environment);
    QCOMPARE(ctl.run(), 0);
    QCOMPARE(ctl.out, "größer"_ba);
    QCOMPARE(ctl.err, ""_ba);
}

void tst_BitNetCtl::jsonOfOneJob()
{
    CtlProcess ctl({u"run"_s, u"--json"_s, u"--name"_s, u"both"_s, u"--env"_s, u"API_KEY=hunter2"_s, u"--"_s, u"sh"_s,
                    u"-c"_s, u"echo out; echo err >&2; exit 3"_s});
    QCOMPARE(ctl.run(), 3);
    QCOMPARE(ctl.out.count('\n'), 1);
    QVERIFY(ctl.err.contains("out\n") && ctl.err.contains("err\n"));
    QVERIFY(!ctl.out.contains("hunter2") && !ctl.err.contains("hunter2"));

    const QJsonObject record = objectOf(ctl.out);
    QStringList names = recordFieldNames();
    names.sort();
    QCOMPARE(record.keys(), names);
    QCOMPARE(record.value("name"_L1).toString(), u"both"_s);
    QCOMPARE(record.value("outcome"_L1).toString(), u"failed"_s);
    QCOMPARE(record.value("exit_code"_L1).toInt(), 3);
    QCOMPARE(record.value("command"_L1).toArray().at(0).toString(), u"sh"_s);
    QCOMPARE(record.value("stdout_bytes"_L1).toInt(), 4);
    QCOMPARE(record.value("stderr_bytes"_L1).toInt(), 4);
    QVERIFY(record.value("run_ms"_L1).toDouble() > 0);
}

void tst_BitNetCtl::csvThatCannotBeWritten()
{
    if (!QFileInfo::exists(u"/dev/full"_s))
        QSKIP("/dev/full is missing");
    CtlProcess ctl({u"run"_s, u"--csv"_s, u"/dev/full"_s, u"--"_s, u"true"_s});
    QCOMPARE(ctl.run(), 125);
    QVERIFY2(ctl.err.contains("Could not write /dev/full"), ctl.err.constData());
}

void tst_BitNetCtl::outputDirKeepsTheOutput()
{
    const QTemporaryDir folder;
    const QString root = folder.filePath(u"deep/output"_s);
    CtlProcess ctl({u"run"_s, u"--output-dir"_s, root, u"--"_s, u"echo"_s, u"kept"_s});
    QCOMPARE(ctl.run(), 0);
    QCOMPARE(ctl.out, "kept\n"_ba);
    const QStringList sessions = QDir(root).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCOMPARE(sessions.size(), 1);
    QFile log(root + u'/' + sessions[0] + u"/1/output.log"_s);
    QVERIFY(log.open(QIODevice::ReadOnly));
    QCOMPARE(log.readAll(), "kept\n"_ba);
}

void tst_BitNetCtl::temporaryFolderIsRemoved()
{
    CtlProcess ctl({u"run"_s, u"--quiet"_s, u"--jobs"_s, u"-"_s});
    QCOMPARE(ctl.run("{\"command\": [\"echo\", \"a\"]}\n{\"command\": [\"echo\", \"b\"]}\n"), 0);
    QVERIFY(ctl.leftNothingBehind());
}

QTEST_GUILESS_MAIN(tst_BitNetCtl)
#include "tst_bitnetctl.moc"
