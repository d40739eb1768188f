// SPDX-License-Identifier: MIT
// bitnetctl records what it runs, and shows what was recorded.
#include "app/ctl/historyaccess.h"
#include "core/history/datafolder.h"
#include "support/ctlprocess.h"
#include "support/historyrecords.h"

#include <QFileInfo>
#include <QJsonArray>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_CtlHistory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runIsRecordedWithItsOutput();
    void manyJobsAreRecorded();
    void noHistoryLeavesNothing();
    void oldJobsAreForgotten();
    void secretsAreNotRecorded();
    void whileTheFolderIsInUse();
    void aFolderThatCantBeUsed();
    void filtersAndFormats();
    void csvOfHostileNames();
    void readsWhileTheApplicationWrites();
    void nothingRecordedYet();
    void refusals_data();
    void refusals();
    void moments_data();
    void moments();
};

static QList<QJsonObject> recorded(const QString &folder, const QStringList &options = {})
{
    CtlProcess history(QStringList{u"history"_s, u"--json"_s, u"--data-dir"_s, folder} + options);
    if (const int status = history.run(); status != 0)
        QTest::qFail(history.err.constData(), __FILE__, __LINE__);
    QList<QJsonObject> records;
    for (const QByteArray &line : history.out.split('\n')) {
        if (!line.isEmpty())
            records.append(objectOf(line));
    }
    return records;
}

void tst_CtlHistory::runIsRecordedWithItsOutput()
{
    QTemporaryDir folder;
    CtlProcess run({u"run"_s, u"--data-dir"_s, folder.path(), u"--name"_s, u"greeting"_s, u"--env"_s,
                    u"HF_TOKEN=verysecret"_s, u"--"_s, u"/bin/sh"_s, u"-c"_s, u"echo hello; exit 3"_s});
    QCOMPARE(run.run(), 3);
    QCOMPARE(run.out, "hello\n");
    QCOMPARE(run.err, "");
    QVERIFY(run.leftNothingBehind());
    const QList<QJsonObject> records = recorded(folder.path());
    QCOMPARE(records.size(), 1);
    QCOMPARE(records[0].value("name"_L1), u"greeting"_s);
    QCOMPARE(records[0].value("outcome"_L1), u"failed"_s);
    QCOMPARE(records[0].value("exit_code"_L1), 3);
    QCOMPARE(records[0].value("stdout_bytes"_L1), 6);

    HistoryFixture f(folder.path());
    QCOMPARE(f.opening.interruptedJobs, 0);
    const HistoryEntry entry = f.entry(1);
    QFile log(entry.record.outputFolder + u"/output.log"_s);
    QVERIFY2(log.open(QIODevice::ReadOnly), qPrintable(log.fileName()));
    QCOMPARE(log.readAll(), "hello\n");
    QCOMPARE(entry.withheldSecrets, QStringList{u"HF_TOKEN"_s});
    QCOMPARE(f.opening.nextJobId, 2u);
}

void tst_CtlHistory::manyJobsAreRecorded()
{
    QTemporaryDir folder;
    QByteArray jobs;
    for (int i = 0; i < 30; ++i)
        jobs += R"({"command": ["/bin/sh", "-c", "exit )" + QByteArray::number(i % 3)
            + R"("], "group": "g"})"
              "\n";
    for (int round = 0; round < 2; ++round) {
        CtlProcess run({u"run"_s, u"--jobs"_s, u"-"_s, u"--quiet"_s, u"--data-dir"_s, folder.path()});
        QCOMPARE(run.run(jobs), 1);
    }
    QCOMPARE(recorded(folder.path()).size(), 60);
    QCOMPARE(recorded(folder.path(), {u"--outcome"_s, u"failed"_s}).size(), 40);
    HistoryFixture f(folder.path());
    QCOMPARE(f.opening.nextJobId, 61u);
}

void tst_CtlHistory::noHistoryLeavesNothing()
{
    QTemporaryDir folder;
    const QString data = folder.filePath(u"data"_s);
    CtlProcess run({u"run"_s, u"--no-history"_s, u"--data-dir"_s, data, u"--"_s, u"echo"_s, u"hello"_s});
    QCOMPARE(run.run(), 0);
    QCOMPARE(run.out, "hello\n");
    QVERIFY(!QFileInfo::exists(data));
    QVERIFY(run.leftNothingBehind());
}

static void setContent(const QString &path, const QByteArray &content)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

// As the application's settings say, also when there is never an application.
void tst_CtlHistory::oldJobsAreForgotten()
{
    QTemporaryDir folder;
    const QStringList options{u"--data-dir"_s, folder.path()};
    const QByteArray job = R"({"command": ["/bin/echo", "output"]})"
                           "\n";
    CtlProcess run(QStringList{u"run"_s, u"--jobs"_s, u"-"_s, u"--quiet"_s} + options);
    QCOMPARE(run.run(job.repeated(12)), 0);
    QStringList outputs;
    {
        HistoryFixture f(folder.path());
        for (quint64 id = 1; id <= 12; ++id)
            outputs.append(f.entry(id).record.outputFolder);
    }
    // Nothing is too much for the defaults, and that is noted down.
    const QString mark = folder.filePath(u"retention.mark"_s);
    for (int i = 0; i < 100 && !QFileInfo::exists(mark); ++i) {
        CtlProcess another(QStringList{u"run"_s, u"--quiet"_s} + options + QStringList{u"--"_s, u"sleep"_s, u"0.1"_s});
        QCOMPARE(another.run(), 0);
    }
    QVERIFY(QFileInfo::exists(mark));
    for (const QString &output : std::as_const(outputs))
        QVERIFY2(QFileInfo::exists(output + u"/output.log"_s), qPrintable(output));

    setContent(folder.filePath(u"settings.ini"_s), "[settings]\nhistory\\jobs=5\n");
    QVERIFY(QFile::remove(mark));
    const qsizetype before = recorded(folder.path()).size();
    QVERIFY(before >= 12);
    // This job ends when it sees the newest of those twelve go, whose rows go after their output.
    CtlProcess watching(QStringList{u"run"_s, u"--timeout"_s, u"50s"_s} + options
                        + QStringList{u"--"_s, u"/bin/sh"_s, u"-c"_s, u"while [ -e \"$0\" ]; do sleep 0.02; done"_s,
                                      outputs[std::min<qsizetype>(before - 4, 12) - 1]});
    QCOMPARE(watching.run(), 0);
    const QList<QJsonObject> left = recorded(folder.path());
    QVERIFY2(left.size() < before, qPrintable(QString::number(left.size())));
    QVERIFY(!QFileInfo::exists(outputs[0]));
    QCOMPARE(left[0].value("outcome"_L1), u"succeeded"_s); // the one that watched
    // What is left to do is done by those who come after, until it is noted down.
    for (int i = 0; i < 100 && !QFileInfo::exists(mark); ++i) {
        CtlProcess another(QStringList{u"run"_s, u"--quiet"_s} + options + QStringList{u"--"_s, u"sleep"_s, u"0.1"_s});
        QCOMPARE(another.run(), 0);
    }
    QVERIFY(QFileInfo::exists(mark));
    QCOMPARE(recorded(folder.path()).size(), 5);
}

void tst_CtlHistory::secretsAreNotRecorded()
{
    QTemporaryDir folder;
    CtlProcess run({u"run"_s, u"--json"_s, u"--data-dir"_s, folder.path(), u"--"_s, u"/bin/sh"_s, u"-c"_s,
                    u"test ${#1} = 7"_s, u"--api-key"_s, u"hunter2"_s});
    QCOMPARE(run.run(), 0); // the program has it
    QVERIFY2(run.out.contains("\"--api-key\",\"•••\""), run.out.constData());
    for (const QStringList &command : {QStringList{u"history"_s, u"--json"_s},
                                       {u"history"_s, u"--csv"_s, u"-"_s},
                                       {u"report"_s, u"--format"_s, u"csv"_s},
                                       {u"report"_s, u"--format"_s, u"html"_s}}) {
        CtlProcess shown(command + QStringList{u"--data-dir"_s, folder.path()});
        QCOMPARE(shown.run(), 0);
        QVERIFY2(!shown.out.isEmpty() && !shown.out.contains("hunter2"), shown.out.constData());
    }
}

void tst_CtlHistory::whileTheFolderIsInUse()
{
    HistoryFixture f;
    f.record(queuedRecord(1));
    f.save();
    const QStringList command{u"--data-dir"_s, f.folder(), u"--"_s, u"echo"_s, u"hello"_s};
    CtlProcess run(QStringList{u"run"_s} + command);
    QCOMPARE(run.run(), 0);
    QCOMPARE(run.out, "hello\n");
    const QByteArray expected = "bitnetctl: not recorded: another program (process "
        + QByteArray::number(QCoreApplication::applicationPid()) + ") uses the history in " + f.folder().toUtf8()
        + '\n';
    QCOMPARE(run.err, expected); // once
    QVERIFY(run.leftNothingBehind());
    CtlProcess quiet(QStringList{u"run"_s, u"--quiet"_s} + command);
    QCOMPARE(quiet.run(), 0);
    QCOMPARE(quiet.err, "");
    QCOMPARE(resultOf(f.history().count({})), 1);
}

void tst_CtlHistory::aFolderThatCantBeUsed()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QString below = file.fileName() + u"/data"_s;
    CtlProcess named({u"run"_s, u"--data-dir"_s, below, u"--"_s, u"echo"_s, u"hello"_s});
    QCOMPARE(named.run(), 125);
    QVERIFY2(named.err.contains(file.fileName().toUtf8()), named.err.constData());
    QCOMPARE(named.out, "");
    // Nobody asked for that one: the job matters more.
    CtlProcess usual({u"run"_s, u"--"_s, u"echo"_s, u"hello"_s});
    QProcessEnvironment environment = usual.processEnvironment();
    environment.insert(u"XDG_DATA_HOME"_s, file.fileName());
    usual.setProcessEnvironment(environment);
    QCOMPARE(usual.run(), 0);
    QCOMPARE(usual.out, "hello\n");
    QVERIFY2(usual.err.startsWith("bitnetctl: not recorded: "), usual.err.constData());
}

// Three jobs of yesterday and one of an hour ago.
static void fill(HistoryFixture &f)
{
    const auto at = [](JobRecord record, std::chrono::microseconds ago) {
        const Instant now = Instant::now();
        record.submitted = {.wall = now.wall - ago, .monotonic = now.monotonic - ago};
        return record;
    };
    const JobSpec other{
        .command = {u"/bin/true"_s}, .name = u"Nightly run"_s, .group = u"night"_s, .model = u"/m/a.gguf"_s};
    f.record(finishedRecord(at(queuedRecord(1), 30h), f.sessionFolder));
    f.record(finishedRecord(at(queuedRecord(2, other), 29h), f.sessionFolder, Outcome::TimedOut));
    f.record(finishedRecord(at(queuedRecord(3, other), 28h), f.sessionFolder, Outcome::Crashed));
    f.record(finishedRecord(at(queuedRecord(4), 1h), f.sessionFolder));
    f.history().setKept({{4}}, true);
    f.save();
}

void tst_CtlHistory::filtersAndFormats()
{
    HistoryFixture f;
    fill(f);
    const auto ids = [&](const QStringList &options) {
        QList<int> found;
        for (const QJsonObject &record : recorded(f.folder(), options))
            found.append(record.value("id"_L1).toInt());
        return found;
    };
    QCOMPARE(ids({}), (QList<int>{4, 3, 2, 1}));
    QCOMPARE(ids({u"--since"_s, u"24h"_s}), QList<int>{4});
    QCOMPARE(ids({u"--until"_s, u"24h"_s}), (QList<int>{3, 2, 1}));
    QCOMPARE(ids({u"--since=29h30m"_s, u"--until=28h30m"_s}), QList<int>{2});
    QCOMPARE(ids({u"--outcome"_s, u"crashed,timed-out"_s}), (QList<int>{3, 2}));
    QCOMPARE(ids({u"--outcome"_s, u"crashed"_s, u"--outcome"_s, u"succeeded"_s}), (QList<int>{4, 3, 1}));
    QCOMPARE(ids({u"--group"_s, u"night"_s, u"--limit"_s, u"1"_s}), QList<int>{3});
    QCOMPARE(ids({u"--model"_s, u"/m/a.gguf"_s}), (QList<int>{3, 2}));
    QCOMPARE(ids({u"--name"_s, u"nightLY"_s}), (QList<int>{3, 2}));

    CtlProcess table({u"history"_s, u"--data-dir"_s, f.folder(), u"--limit"_s, u"3"_s});
    QCOMPARE(table.run(), 0);
    QList<QByteArray> lines = table.out.split('\n');
    QVERIFY(lines.takeLast().isEmpty());
    QCOMPARE(lines.size(), 4);
    QVERIFY2(lines[0].trimmed().startsWith("ID  SUBMITTED"), lines[0].constData());
    QVERIFY2(lines[1].contains("succeeded") && lines[1].endsWith("true (kept)"), lines[1].constData());
    QVERIFY2(lines[3].contains("timed out") && lines[3].endsWith("Nightly run"), lines[3].constData());
    const qsizetype column = lines[0].indexOf("STATE");
    QVERIFY(column > 0);
    QCOMPARE(lines[1].indexOf("succeeded"), column);
    QCOMPARE(lines[2].indexOf("crashed"), column);
    QCOMPARE(lines[3].indexOf("timed out"), column);
    QCOMPARE(table.err, "bitnetctl: These are the newest 3; --limit shows more.\n");

    CtlProcess nothing({u"history"_s, u"--data-dir"_s, f.folder(), u"--group"_s, u"no such"_s});
    QCOMPARE(nothing.run(), 0);
    QCOMPARE(nothing.out, "");
    QCOMPARE(nothing.err, "bitnetctl: No job matches.\n");
}

void tst_CtlHistory::csvOfHostileNames()
{
    HistoryFixture f;
    const QStringList names{u"=cmd|' /C calc'!A0"_s, u"@SUM(1)"_s, u"a,\"b\"\r\nc"_s, u"\t=1+1"_s, u"fünf 🦙"_s};
    quint64 id = 0;
    for (const QString &name : names)
        f.record(finishedRecord(queuedRecord(++id, {.command = {u"/bin/true"_s}, .name = name}), f.sessionFolder));
    f.save();
    const QString path = f.folder() + u"/jobs.csv"_s;
    CtlProcess csv({u"history"_s, u"--data-dir"_s, f.folder(), u"--csv"_s, path});
    QCOMPARE(csv.run(), 0);
    QCOMPARE(csv.out + csv.err, "");
    // Read by another program's parser.
    QProcess python;
    python.start(u"python3"_s,
                 {u"-c"_s,
                  u"import csv, json, sys\n"
                  "rows = list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8')))\n"
                  "print(json.dumps([row['name'] for row in rows]))"_s,
                  path});
    QVERIFY(python.waitForFinished(ctlPatience));
    QCOMPARE(python.exitCode(), 0);
    const QJsonArray read = QJsonDocument::fromJson(python.readAllStandardOutput()).array();
    const QStringList inert{u"fünf 🦙"_s, u"'\t=1+1"_s, u"a,\"b\"\r\nc"_s, u"'@SUM(1)"_s, u"'=cmd|' /C calc'!A0"_s};
    QCOMPARE(read, QJsonArray::fromStringList(inert));
    // In the table they are one line each.
    CtlProcess table({u"history"_s, u"--data-dir"_s, f.folder()});
    QCOMPARE(table.run(), 0);
    QCOMPARE(table.out.count('\n'), 6);

    CtlProcess standardOutput({u"history"_s, u"--data-dir"_s, f.folder(), u"--csv"_s, u"-"_s});
    QCOMPARE(standardOutput.run(), 0);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(standardOutput.out, file.readAll());
}

void tst_CtlHistory::readsWhileTheApplicationWrites()
{
    HistoryFixture f;
    for (quint64 id = 1; id <= 2500; ++id)
        f.record(finishedRecord(queuedRecord(id), f.sessionFolder));
    f.save();
    f.record(runningRecord(queuedRecord(2501), f.sessionFolder));
    f.save();
    const QList<QJsonObject> records = recorded(f.folder());
    QCOMPARE(records.size(), 2501);
    QCOMPARE(records[0].value("state"_L1), u"running"_s);
    for (qsizetype i = 0; i < records.size(); ++i)
        QCOMPARE(records[i].value("id"_L1).toInt(), 2501 - i);
}

void tst_CtlHistory::nothingRecordedYet()
{
    QTemporaryDir folder;
    CtlProcess history({u"history"_s, u"--data-dir"_s, folder.filePath(u"none"_s)});
    QCOMPARE(history.run(), 0);
    QCOMPARE(history.out, "");
    QVERIFY2(history.err.contains("Nothing is recorded"), history.err.constData());
    QVERIFY(!QFileInfo::exists(folder.filePath(u"none"_s)));

    QFile file(historyFilePath(folder.path()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(8192, 'x'));
    file.close();
    CtlProcess damaged({u"history"_s, u"--data-dir"_s, folder.path()});
    QCOMPARE(damaged.run(), 125);
    QVERIFY2(damaged.err.contains("damaged"), damaged.err.constData());
    QCOMPARE(file.size(), 8192);
}

void tst_CtlHistory::refusals_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArray>("says");

    QTest::newRow("moment") << QStringList{u"--since"_s, u"soon"_s} << QByteArray("--since: \"soon\" is no moment");
    QTest::newRow("outcome") << QStringList{u"--outcome"_s, u"failed,lucky"_s} << QByteArray("\"lucky\" is none");
    QTest::newRow("limit") << QStringList{u"--limit"_s, u"0"_s} << QByteArray("--limit: \"0\"");
    QTest::newRow("order") << QStringList{u"--since"_s, u"1h"_s, u"--until"_s, u"2h"_s} << QByteArray("no job can be");
    QTest::newRow("formats") << QStringList{u"--json"_s, u"--csv"_s, u"x"_s} << QByteArray("not both");
    QTest::newRow("csv folder") << QStringList{u"--csv"_s, u"/nowhere/x.csv"_s} << QByteArray("/nowhere");
}

void tst_CtlHistory::refusals()
{
    QFETCH(QStringList, options);
    QFETCH(QByteArray, says);

    HistoryFixture f;
    f.record(queuedRecord(1));
    f.save();
    CtlProcess history(QStringList{u"history"_s, u"--data-dir"_s, f.folder()} + options);
    QCOMPARE(history.run(), 125);
    QVERIFY2(history.err.contains(says), history.err.constData());
    QCOMPARE(history.out, "");
}

void tst_CtlHistory::moments_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QDateTime>("moment");

    const QDate day(2026, 11, 23);
    QTest::newRow("date") << u"2026-11-23"_s << day.startOfDay();
    QTest::newRow("time") << u"2026-11-23T21:42:35"_s << QDateTime(day, QTime(21, 42, 35));
    QTest::newRow("minutes") << u"2026-11-23T21:42"_s << QDateTime(day, QTime(21, 42));
    QTest::newRow("UTC") << u"2026-11-23T21:42:35Z"_s << QDateTime(day, QTime(21, 42, 35), Qt::UTC);
    QTest::newRow("today") << u"today"_s << QDate::currentDate().startOfDay();
    QTest::newRow("yesterday") << u"yesterday"_s << QDate::currentDate().addDays(-1).startOfDay();
    QTest::newRow("ago") << u"1h30m"_s << QDateTime::currentDateTime().addSecs(-5400);
    QTest::newRow("nonsense") << u"2026-13-45"_s << QDateTime();
    QTest::newRow("empty") << u""_s << QDateTime();
}

void tst_CtlHistory::moments()
{
    QFETCH(QString, text);
    QFETCH(QDateTime, moment);

    QString error;
    const auto read = parseMoment(text, &error);
    QCOMPARE(read.has_value(), moment.isValid());
    QCOMPARE(error.isEmpty(), moment.isValid());
    if (!read)
        return;
    const qint64 milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(read->time_since_epoch()).count();
    QVERIFY2(std::abs(milliseconds - moment.toMSecsSinceEpoch()) < 60'000, qPrintable(QString::number(milliseconds)));
}

QTEST_GUILESS_MAIN(tst_CtlHistory)
#include "tst_ctlhistory.moc"
