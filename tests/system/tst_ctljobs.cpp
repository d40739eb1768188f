// SPDX-License-Identifier: MIT
// bitnetctl runs many jobs, those of a file.
#include "core/telemetry/recordexport.h"

#include "support/ctlprocess.h"

#include <QTemporaryDir>
#include <QtTest>

#include <csignal>

#include <unistd.h>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;

static constexpr int patience = ctlPatience;

class tst_CtlJobs : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void jsonOfManyJobsComesAsEachEnds();
    void csvOfManyJobs();
    void manyJobsFromAFile();
    void manyJobsFromStandardInput();
    void jobsOfOneNameAreToldApart();
    void longAndUnfinishedLines();
    void malformedLines_data();
    void malformedLines();
    void optionsAreTheDefaultsOfJobs();
    void concurrencyIsKept();
    void noJobs();
    void aThousandJobs();
    void deadlineInTheQueue();
    void hostileNames();
};

void tst_CtlJobs::jsonOfManyJobsComesAsEachEnds()
{
    CtlProcess ctl({u"run"_s, u"--json"_s, u"--quiet"_s, u"--concurrency"_s, u"2"_s, u"--jobs"_s, u"-"_s});
    ctl.launch(
        "{\"command\": [\"sleep\", \"300\"], \"name\": \"long\"}\n{\"command\": [\"true\"], \"name\": \"short\"}\n");
    QTRY_VERIFY_WITH_TIMEOUT(ctl.hasPrinted("\n"), patience);
    QCOMPARE(ctl.state(), QProcess::Running);
    QCOMPARE(objectOf(ctl.out.trimmed()).value("name"_L1).toString(), u"short"_s);
    ctl.sendSignal(SIGTERM);
    QCOMPARE(ctl.ended(), 128 + SIGTERM);
    const QList<QByteArray> lines = ctl.out.trimmed().split('\n');
    QCOMPARE(lines.size(), 2);
    QCOMPARE(objectOf(lines[1]).value("outcome"_L1).toString(), u"cancelled"_s);
    QCOMPARE(ctl.err, ""_ba);
}

void tst_CtlJobs::csvOfManyJobs()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"report.csv"_s);
    CtlProcess ctl({u"run"_s, u"--csv"_s, path, u"--quiet"_s, u"--concurrency"_s, u"2"_s, u"--jobs"_s, u"-"_s});
    QCOMPARE(
        ctl.run("{\"command\": [\"sleep\", \"0.2\"], \"name\": \"=slow()\", \"env\": {\"MY_TOKEN\": \"hunter2\"}}\n"
                "{\"command\": [\"false\"]}\n"),
        1);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray content = file.readAll();
    const QList<QByteArray> lines = content.split('\n');
    QCOMPARE(lines.size(), 4);
    QCOMPARE(lines[0] + '\n', csvHeader());
    QVERIFY(lines[1].startsWith("1,'=slow(),"));
    QVERIFY(lines[1].contains(",succeeded,finished,0,"));
    QVERIFY(lines[2].startsWith("2,false,"));
    QVERIFY(lines[2].contains(",failed,finished,1,"));
    QCOMPARE(lines[3], ""_ba);
    QVERIFY(!content.contains("hunter2"));
    QCOMPARE(ctl.out + ctl.err, ""_ba);
}

void tst_CtlJobs::manyJobsFromAFile()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"jobs.jsonl"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("\xef\xbb\xbf{\"command\": [\"sh\", \"-c\", \"echo one; echo two >&2\"], \"name\": \"first\"}\r\n\r\n"
               "{\"command\": [\"sh\", \"-c\", \"exit 5\"], \"name\": \"second\"}");
    file.close();

    CtlProcess ctl({u"run"_s, u"--jobs"_s, file.fileName()});
    QCOMPARE(ctl.run(), 1);
    QCOMPARE(ctl.out, "[first] one\n"_ba);
    QVERIFY(ctl.err.contains("[first] two\n"));
    QVERIFY(ctl.err.contains("bitnetctl: second: Exit code 5."));
    QVERIFY2(ctl.err.contains("bitnetctl: 2 jobs in ") && ctl.err.contains(": 1 succeeded, 1 failed\n"),
             ctl.err.constData());
}

void tst_CtlJobs::manyJobsFromStandardInput()
{
    CtlProcess ctl({u"run"_s, u"--jobs"_s, u"-"_s});
    QCOMPARE(
        ctl.run(
            "{\"command\": [\"echo\", \"a\"], \"name\": \"x\"}\n{\"command\": [\"echo\", \"b\"], \"name\": \"y\"}\n"),
        0);
    QVERIFY(ctl.out == "[x] a\n[y] b\n" || ctl.out == "[y] b\n[x] a\n");
}

void tst_CtlJobs::jobsOfOneNameAreToldApart()
{
    CtlProcess ctl({u"run"_s, u"--concurrency"_s, u"1"_s, u"--jobs"_s, u"-"_s});
    QCOMPARE(
        ctl.run(
            "{\"command\": [\"echo\", \"a\"]}\n{\"command\": [\"echo\", \"b\"]}\n{\"command\": [\"printf\", \"c\"]}\n"),
        0);
    QCOMPARE(ctl.out, "[echo 1] a\n[echo 2] b\n[printf] c\n"_ba);
}

void tst_CtlJobs::longAndUnfinishedLines()
{
    CtlProcess ctl({u"run"_s, u"--jobs"_s, u"-"_s});
    const QByteArray child = programPath(u"bitnet-testchild"_s).toUtf8();
    QCOMPARE(ctl.run("{\"command\": [\"" + child + "\", \"line\", \"200000\"], \"name\": \"long\"}\n"), 0);
    QByteArray joined;
    for (const QByteArray &line : ctl.out.split('\n')) {
        if (line.isEmpty())
            continue;
        QVERIFY(line.startsWith("[long] "));
        joined += line.sliced(7);
    }
    QProcess direct;
    direct.start(programPath(u"bitnet-testchild"_s), {u"line"_s, u"200000"_s});
    QVERIFY(direct.waitForFinished(patience));
    QCOMPARE(joined, direct.readAllStandardOutput().replace('\n', ""));
}

void tst_CtlJobs::malformedLines_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("saying");

    QTest::newRow("no JSON") << "echo hello"_ba
                             << "Not valid JSON"_ba;
    QTest::newRow("no command") << "{\"name\": \"x\"}"_ba
                                << "\"command\" is missing"_ba;
    QTest::newRow("a string") << "{\"command\": \"ls -l\"}"_ba
                              << "no shell"_ba;
    QTest::newRow("unknown member") << "{\"command\": [\"true\"], \"retries\": 3}"_ba
                                    << "\"retries\" is not known"_ba;
    QTest::newRow("held") << "{\"command\": [\"true\"], \"held\": true}"_ba
                          << "nobody could release"_ba;
    QTest::newRow("wrong timeout") << "{\"command\": [\"true\"], \"timeout\": \"soon\"}"_ba
                                   << "\"timeout\""_ba;
}

void tst_CtlJobs::malformedLines()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, saying);

    const QTemporaryDir folder;
    const QString witness = folder.filePath(u"started"_s);
    CtlProcess ctl({u"run"_s, u"--jobs"_s, u"-"_s});
    const QByteArray good = "{\"command\": [\"touch\", \"" + witness.toUtf8() + "\"]}\n";
    QCOMPARE(ctl.run(good + "\n" + line + "\n" + good), 125);
    QVERIFY2(ctl.err.startsWith("bitnetctl: standard input, line 3: "), ctl.err.constData());
    QVERIFY2(ctl.err.contains(saying), ctl.err.constData());
    QCOMPARE(ctl.out, ""_ba);
    QVERIFY(!QFileInfo::exists(witness));
}

void tst_CtlJobs::optionsAreTheDefaultsOfJobs()
{
    CtlProcess ctl({u"run"_s, u"--timeout"_s, u"60s"_s, u"--env"_s, u"A=option"_s, u"--cwd"_s, u"/"_s, u"--json"_s,
                    u"-q"_s, u"--jobs"_s, u"-"_s});
    QCOMPARE(ctl.run("{\"command\": [\"sh\", \"-c\", \"test \\\"$A\\\" = option && test $(pwd) = /\"]}\n"
                     "{\"command\": [\"sh\", \"-c\", \"test \\\"$A\\\" = line\"], \"env\": {\"A\": \"line\"}}\n"
                     "{\"command\": [\"sleep\", \"60\"], \"timeout\": \"200ms\", \"name\": \"sleeper\"}\n"),
             1);
    QHash<int, QString> outcomes;
    for (const QByteArray &line : ctl.out.trimmed().split('\n'))
        outcomes.insert(objectOf(line).value("id"_L1).toInt(), objectOf(line).value("outcome"_L1).toString());
    const QHash<int, QString> expected = {{1, u"succeeded"_s}, {2, u"succeeded"_s}, {3, u"timed_out"_s}};
    QCOMPARE(outcomes, expected);
}

void tst_CtlJobs::concurrencyIsKept()
{
    const QTemporaryDir folder;
    QByteArray jobs;
    for (int i = 0; i < 12; ++i)
        jobs +=
            "{\"command\": [\"sh\", \"-c\", \"mkdir running.$$ && ls -d running.* | wc -l && rmdir running.$$\"]}\n";
    CtlProcess ctl({u"run"_s, u"--concurrency"_s, u"3"_s, u"--cwd"_s, folder.path(), u"--jobs"_s, u"-"_s});
    QCOMPARE(ctl.run(jobs), 0);
    int most = 0;
    for (const QByteArray &line : ctl.out.trimmed().split('\n'))
        most = std::max(most, line.split(' ').constLast().toInt());
    QVERIFY2(most >= 1 && most <= 3, ctl.out.constData());
}

void tst_CtlJobs::noJobs()
{
    CtlProcess ctl({u"run"_s, u"--jobs"_s, u"-"_s});
    QCOMPARE(ctl.run("\n"), 0);
    QCOMPARE(ctl.err, "bitnetctl: 0 jobs\n"_ba);
}

void tst_CtlJobs::aThousandJobs()
{
    QByteArray jobs;
    for (int i = 0; i < 1000; ++i)
        jobs += "{\"command\": [\"printf\", \"%s\\n\", \"" + QByteArray::number(i) + "\"], \"name\": \"j\"}\n";
    CtlProcess ctl({u"run"_s, u"--jobs"_s, u"-"_s});
    QCOMPARE(ctl.run(jobs), 0);
    QSet<QByteArray> seen;
    for (const QByteArray &line : ctl.out.trimmed().split('\n')) {
        const QByteArray number = line.sliced(line.lastIndexOf(' ') + 1);
        const QByteArray expected = "[j " + QByteArray::number(number.toInt() + 1) + "] " + number;
        QCOMPARE(line, expected);
        seen << number;
    }
    QCOMPARE(seen.size(), 1000);
}

void tst_CtlJobs::deadlineInTheQueue()
{
    CtlProcess ctl(
        {u"run"_s, u"--concurrency"_s, u"1"_s, u"--deadline"_s, u"400ms"_s, u"--json"_s, u"-q"_s, u"--jobs"_s, u"-"_s});
    QCOMPARE(ctl.run("{\"command\": [\"sleep\", \"60\"]}\n{\"command\": [\"sleep\", \"60\"]}\n"), 1);
    const QByteArray outcomes = ctl.out;
    QVERIFY2(outcomes.contains("\"timed_out\"") && outcomes.contains("\"expired\""), outcomes.constData());
}

// A name of somebody else must not reach a terminal as it is.
void tst_CtlJobs::hostileNames()
{
    CtlProcess ctl({u"run"_s, u"--jobs"_s, u"-"_s});
    QCOMPARE(ctl.run("{\"command\": [\"echo\", \"out\"], \"name\": \"a\\u001b[31m\\nb\\u202e\"}\n"
                     "{\"command\": [\"/no/such/\\u0007program\"]}\n"),
             1);
    QVERIFY2(ctl.out.startsWith("[a?[31m?b?] out\n"), ctl.out.constData());
    QVERIFY2(ctl.err.contains("/no/such/?program"), ctl.err.constData());
    QVERIFY(!ctl.err.contains('\x07') && !ctl.err.contains('\x1B'));
}

QTEST_GUILESS_MAIN(tst_CtlJobs)
#include "tst_ctljobs.moc"
