// SPDX-License-Identifier: MIT
#include "core/telemetry/recordexport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <csignal>
#include <limits>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestRecordExport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void fieldsAreThoseOfTheJobModel();
    void jsonOfAFinishedJob();
    void jsonOfAQueuedJob();
    void csvOfAFinishedJob();
    void csvOfAQueuedJob();
    void numbersAreNeverDefusedNorInExponents();
    void valuesThatAreNoNumbersAreAbsent();
    void fault32TextCellsAreInert_data();
    void fault32TextCellsAreInert();
    void secretsStayOut();
    void isoTimes_data();
    void isoTimes();

    void replacesAFile();
    void keepsTheModeOfTheFileItReplaces();
    void makesANewFileWithTheUmask();
    void followsASymbolicLink();
    void writesToADeviceDirectly();
    void refusesAFolder();
    void saysWhyAFolderIsMissing();
    void aWriterThatGivesUpChangesNothing();
    void fault31FullDiskLeavesTheOldFile();
    void fault31FileSizeLimitLeavesTheOldFile();
    void exportsManyRows();
};

namespace {

Instant instantAt(std::chrono::nanoseconds monotonic, std::chrono::microseconds wall)
{
    return {.wall = WallTime(wall), .monotonic = MonotonicTime(monotonic)};
}

JobRecord finishedRecord()
{
    auto spec = std::make_shared<JobSpec>();
    spec->command = {u"/opt/bin/llama-cli"_s, u"-p"_s, u"say \"hi\", please"_s};
    spec->name = u"greeting"_s;
    spec->group = u"night"_s;
    spec->kind = JobKind::Inference;
    spec->model = u"/models/tiny.gguf"_s;
    spec->engine = u"/opt"_s;
    spec->server = u"tiny · 8080"_s;

    JobRecord record;
    record.id = {42};
    record.spec = spec;
    record.state = JobState::Finished;
    record.outcome = Outcome::Failed;
    record.reason = u"exit code 3"_s;
    record.attempts = 1;
    record.submitted = instantAt(1s, 1'700'000'000'000'001us);
    record.started = instantAt(1s + 1500us, 1'700'000'000'001'501us);
    record.firstOutput = instantAt(1s + 2ms, 1'700'000'000'002'001us);
    record.completed = instantAt(3s + 1500us, 1'700'000'002'001'501us);
    record.exitCode = 3;
    record.stdoutBytes = 5'000'000'000;
    record.stderrBytes = 7;
    record.truncated = true;
    record.peakRssBytes = 1'234'567;
    record.cpuTime = 12'345us;
    record.timings = {.loadMs = 1.5,
                      .prefillMs = 20,
                      .decodeMs = 300.25,
                      .promptTokens = 11,
                      .outputTokens = 22,
                      .prefillTps = 550,
                      .decodeTps = 73.27};
    record.ttft = 25ms;
    record.stopReason = u"limit"_s;
    return record;
}

JobRecord queuedRecord()
{
    auto spec = std::make_shared<JobSpec>();
    spec->command = {u"true"_s};
    JobRecord record;
    record.id = {7};
    record.spec = spec;
    record.pendingReason = PendingReason::WaitingForSlot;
    record.submitted = instantAt(1s, 0us);
    return record;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void setContent(const QString &path, const QByteArray &content)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

mode_t modeOf(const QString &path)
{
    struct stat status = {};
    return ::stat(QFile::encodeName(path).constData(), &status) == 0 ? status.st_mode & 07777 : 0;
}

QStringList entriesOf(const QString &folder)
{
    return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::Name);
}

bool writeMuch(QIODevice &device)
{
    for (int i = 0; i < 64; ++i) {
        if (device.write(QByteArray(16 * 1024, 'n')) < 0)
            return false;
    }
    return true;
}

} // namespace

void TestRecordExport::fieldsAreThoseOfTheJobModel()
{
    QCOMPARE(recordFieldNames().join(u", "),
             u"id, name, group, kind, command, model, prompt_tokens, output_tokens, outcome, state, exit_code, signal, "
             u"reason, "
             "attempts, submitted_at, started_at, first_output_at, completed_at, queue_wait_ms, ttft_ms, run_ms, "
             "latency_ms, "
             "load_ms, prefill_ms, decode_ms, prefill_tps, decode_tps, stdout_bytes, stderr_bytes, truncated, "
             "peak_rss_bytes, "
             "cpu_ms, stop_reason, server, engine"_s);
    QCOMPARE(csvHeader(), recordFieldNames().join(u',').toUtf8() + "\r\n");
    QStringList jsonNames = recordToJson(finishedRecord()).keys();
    QStringList names = recordFieldNames();
    names.sort();
    QCOMPARE(jsonNames, names);
}

void TestRecordExport::jsonOfAFinishedJob()
{
    const QByteArray expected = R"({
        "id": 42, "name": "greeting", "group": "night", "kind": "inference",
        "command": ["/opt/bin/llama-cli", "-p", "say \"hi\", please"], "model": "/models/tiny.gguf",
        "prompt_tokens": 11, "output_tokens": 22, "outcome": "failed", "state": "finished", "exit_code": 3, "signal": null,
        "reason": "exit code 3", "attempts": 1,
        "submitted_at": "2023-11-14T22:13:20.000001Z", "started_at": "2023-11-14T22:13:20.001501Z",
        "first_output_at": "2023-11-14T22:13:20.002001Z", "completed_at": "2023-11-14T22:13:22.001501Z",
        "queue_wait_ms": 1.5, "ttft_ms": 25, "run_ms": 2000, "latency_ms": 2001.5,
        "load_ms": 1.5, "prefill_ms": 20, "decode_ms": 300.25, "prefill_tps": 550, "decode_tps": 73.27,
        "stdout_bytes": 5000000000, "stderr_bytes": 7, "truncated": true, "peak_rss_bytes": 1234567, "cpu_ms": 12.345,
        "stop_reason": "limit", "server": "tiny · 8080", "engine": "/opt"})";
    QCOMPARE(recordToJson(finishedRecord()), QJsonDocument::fromJson(expected).object());
}

void TestRecordExport::jsonOfAQueuedJob()
{
    const QJsonObject object = recordToJson(queuedRecord());
    QCOMPARE(object.value("name"_L1), QJsonValue(u"true"_s));
    QCOMPARE(object.value("state"_L1), QJsonValue(u"queued"_s));
    QCOMPARE(object.value("attempts"_L1), QJsonValue(0));
    QCOMPARE(object.value("truncated"_L1), QJsonValue(false));
    for (const auto &name :
         {"group"_L1, "model"_L1, "prompt_tokens"_L1, "outcome"_L1, "exit_code"_L1, "signal"_L1, "reason"_L1,
          "started_at"_L1, "first_output_at"_L1, "completed_at"_L1, "queue_wait_ms"_L1, "ttft_ms"_L1, "run_ms"_L1,
          "latency_ms"_L1, "load_ms"_L1, "decode_tps"_L1, "peak_rss_bytes"_L1, "cpu_ms"_L1}) {
        QVERIFY2(object.value(name).isNull(), name.data());
    }
}

void TestRecordExport::csvOfAFinishedJob()
{
    QCOMPARE(
        csvRow(finishedRecord()),
        "42,greeting,night,inference,\"/opt/bin/llama-cli -p 'say \"\"hi\"\", please'\",/models/tiny.gguf,11,22,failed,"
        "finished,3,,exit code 3,1,2023-11-14T22:13:20.000001Z,2023-11-14T22:13:20.001501Z,2023-11-14T22:13:20.002001Z,"
        "2023-11-14T22:13:22.001501Z,1.5,25,2000,2001.5,1.5,20,300.25,550,73.27,5000000000,7,true,1234567,12.345,limit,"
        "tiny · 8080,/opt\r\n");
}

void TestRecordExport::csvOfAQueuedJob()
{
    QCOMPARE(csvRow(queuedRecord()),
             "7,true,,custom,true,,,,,queued,,,,0,1970-01-01T00:00:00.000000Z,,,,,,,,,,,,,0,0,false,,,,,\r\n");
}

void TestRecordExport::numbersAreNeverDefusedNorInExponents()
{
    JobRecord record = finishedRecord();
    record.timings.loadMs = -1.25; // a clock of the engine's own
    record.timings.prefillTps = 1e21;
    record.timings.decodeTps = 1e-7;
    const QList<QByteArray> cells = csvRow(record).split(',');
    QVERIFY(cells.contains("-1.25"));
    QVERIFY(cells.contains("1000000000000000000000"));
    QVERIFY(cells.contains("0.0000001"));
}

void TestRecordExport::valuesThatAreNoNumbersAreAbsent()
{
    JobRecord record = finishedRecord();
    record.timings.prefillTps = std::numeric_limits<double>::infinity();
    record.timings.decodeTps = std::nan("");
    QVERIFY(recordToJson(record).value("prefill_tps"_L1).isNull());
    QVERIFY(recordToJson(record).value("decode_tps"_L1).isNull());
    QVERIFY(csvRow(record).contains(",300.25,,,5000000000,"));
}

void TestRecordExport::fault32TextCellsAreInert_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("cell");

    const auto row = [](const QString &text, const QByteArray &cell) {
        QTest::newRow(cell.constData()) << text << cell;
    };
    row(u"=cmd|'/c calc'!A0"_s, "'=cmd|'/c calc'!A0");
    row(u"=HYPERLINK(\"http://x\",1)"_s, "\"'=HYPERLINK(\"\"http://x\"\",1)\"");
    row(u"+1"_s, "'+1");
    row(u"-1"_s, "'-1");
    row(u"@SUM(A1)"_s, "'@SUM(A1)");
    row(u"\t=1"_s, "'\t=1");
    row(u"\r=1"_s, "\"'\r=1\"");
    row(u"\n=1"_s, "\"'\n=1\"");
    row(u"\uFF1D1"_s, "'\uFF1D1");
    row(u"\uFF0B1"_s, "'\uFF0B1");
    row(u"\uFF0D1"_s, "'\uFF0D1");
    row(u"\uFF201"_s, "'\uFF201");
    row(u"plain"_s, "plain");
    row(u"a=b"_s, "a=b");
    row(u"a,b"_s, "\"a,b\"");
    row(u"a\"b"_s, "\"a\"\"b\"");
    row(u"a\r\nb"_s, "\"a\r\nb\"");
    row(u"größer"_s, "größer");
    row(QString(u"a\0b"_s), "a\uFFFDb");
    row(QString(), "");
}

void TestRecordExport::fault32TextCellsAreInert()
{
    QFETCH(QString, text);
    QFETCH(QByteArray, cell);

    QCOMPARE(csvTextCell(text), cell);

    JobRecord record = queuedRecord();
    auto spec = std::make_shared<JobSpec>(*record.spec);
    spec->group = text;
    record.spec = spec;
    const QByteArray beginning = "7,true," + cell + ",custom,";
    QVERIFY(csvRow(record).startsWith(beginning));
}

void TestRecordExport::secretsStayOut()
{
    JobRecord record = finishedRecord();
    auto spec = std::make_shared<JobSpec>(*record.spec);
    spec->environment.overrides = {{u"API_KEY"_s, u"hunter2"_s},
                                   {u"HF_TOKEN"_s, u"hunter3"_s},
                                   {u"DB_PASSWORD"_s, u"hunter4"_s},
                                   {u"client_secret"_s, u"hunter5"_s}};
    spec->command += {u"--api-key"_s, u"hunter6"_s, u"--token=hunter7"_s};
    record.spec = spec;
    QVERIFY(!csvRow(record).contains("hunter"));
    QVERIFY(!QJsonDocument(recordToJson(record)).toJson().contains("hunter"));
}

void TestRecordExport::isoTimes_data()
{
    QTest::addColumn<qint64>("microseconds");
    QTest::addColumn<QString>("expected");

    QTest::newRow("epoch") << qint64(0) << u"1970-01-01T00:00:00.000000Z"_s;
    QTest::newRow("microseconds") << qint64(1'795'470'155'000'001) << u"2026-11-23T21:42:35.000001Z"_s;
    QTest::newRow("before the epoch") << qint64(-1) << u"1969-12-31T23:59:59.999999Z"_s;
    QTest::newRow("leap day") << qint64(1'709'164'800'000'000) << u"2024-02-29T00:00:00.000000Z"_s;
}

void TestRecordExport::isoTimes()
{
    QFETCH(qint64, microseconds);
    QFETCH(QString, expected);

    QCOMPARE(isoTime(WallTime(std::chrono::microseconds(microseconds))), expected);
}

void TestRecordExport::replacesAFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"report.csv"_s);
    setContent(path, "old");

    QString error;
    QVERIFY2(replaceFile(
                 path, [](QIODevice &device) { return device.write("new") == 3; }, &error),
             qPrintable(error));
    QCOMPARE(contentOf(path), "new");
    QCOMPARE(entriesOf(folder.path()), QStringList{u"report.csv"_s});
}

void TestRecordExport::keepsTheModeOfTheFileItReplaces()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"report.csv"_s);
    setContent(path, "old");
    QCOMPARE(::chmod(QFile::encodeName(path).constData(), 0640), 0);

    QString error;
    QVERIFY2(replaceFile(
                 path, [](QIODevice &device) { return device.write("new") == 3; }, &error),
             qPrintable(error));
    QCOMPARE(modeOf(path), mode_t(0640));
}

void TestRecordExport::makesANewFileWithTheUmask()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"report.csv"_s);

    const mode_t before = ::umask(0027);
    QString error;
    const bool replaced = replaceFile(path, writeMuch, &error);
    ::umask(before);
    QVERIFY2(replaced, qPrintable(error));
    QCOMPARE(modeOf(path), mode_t(0640));
    QCOMPARE(contentOf(path).size(), 1024 * 1024);
}

void TestRecordExport::followsASymbolicLink()
{
    const QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkdir(u"deep"_s));
    const QString target = folder.filePath(u"deep/report.csv"_s);
    const QString link = folder.filePath(u"link.csv"_s);
    QVERIFY(QFile::link(target, link));

    for (const QByteArray content : {"first", "second"}) { // to a file that is missing, then to one that is there
        QString error;
        QVERIFY2(replaceFile(
                     link, [&](QIODevice &device) { return device.write(content) > 0; }, &error),
                 qPrintable(error));
        QCOMPARE(contentOf(target), content);
        QVERIFY(QFileInfo(link).isSymLink());
    }
}

void TestRecordExport::writesToADeviceDirectly()
{
    QString error;
    QVERIFY2(replaceFile(u"/dev/null"_s, writeMuch, &error), qPrintable(error));
    QVERIFY(!QFileInfo(u"/dev/null"_s).isFile());

    if (!QFileInfo::exists(u"/dev/full"_s))
        QSKIP("/dev/full is missing");
    QVERIFY(!replaceFile(u"/dev/full"_s, writeMuch, &error));
    QVERIFY2(error.contains(qt_error_string(ENOSPC)), qPrintable(error));
}

void TestRecordExport::refusesAFolder()
{
    const QTemporaryDir folder;
    QString error;
    QVERIFY(!replaceFile(folder.path(), writeMuch, &error));
    QVERIFY2(error.contains(qt_error_string(EISDIR)), qPrintable(error));
}

void TestRecordExport::saysWhyAFolderIsMissing()
{
    const QTemporaryDir folder;
    QString error;
    const QString path = folder.filePath(u"none/report.csv"_s);
    QVERIFY(!replaceFile(path, writeMuch, &error));
    QVERIFY2(error.contains(path) && error.contains(qt_error_string(ENOENT)), qPrintable(error));
}

void TestRecordExport::aWriterThatGivesUpChangesNothing()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"report.csv"_s);
    setContent(path, "old");

    QString error;
    QVERIFY(!replaceFile(
        path, [](QIODevice &device) { return writeMuch(device) && false; }, &error));
    QVERIFY(!error.isEmpty());
    QCOMPARE(contentOf(path), "old");
    QCOMPARE(entriesOf(folder.path()), QStringList{u"report.csv"_s});
}

void TestRecordExport::fault31FullDiskLeavesTheOldFile()
{
    const QTemporaryDir folder;
    const QByteArray mountPoint = QFile::encodeName(folder.path());
    if (::mount("tmpfs", mountPoint.constData(), "tmpfs", MS_NOSUID | MS_NODEV, "size=128k") != 0)
        QSKIP(qPrintable(u"a small disk can't be mounted here: %1"_s.arg(qt_error_string(errno))));
    const auto unmount = qScopeGuard([&] { ::umount2(mountPoint.constData(), MNT_DETACH); });

    const QString path = folder.filePath(u"report.csv"_s);
    setContent(path, "old");
    QString error;
    QVERIFY(!replaceFile(path, writeMuch, &error));
    QVERIFY2(error.contains(qt_error_string(ENOSPC)), qPrintable(error));
    QCOMPARE(contentOf(path), "old");
    QCOMPARE(entriesOf(folder.path()), QStringList{u"report.csv"_s});

    // A writer that looks at no result.
    error.clear();
    QVERIFY(!replaceFile(
        path,
        [](QIODevice &device) {
            writeMuch(device);
            return true;
        },
        &error));
    QVERIFY2(error.contains(qt_error_string(ENOSPC)), qPrintable(error));
    QCOMPARE(contentOf(path), "old");

    QVERIFY(!exportCsv(path, QList<JobRecord>(2000, finishedRecord()), &error));
    QCOMPARE(contentOf(path), "old");
}

void TestRecordExport::fault31FileSizeLimitLeavesTheOldFile()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"report.csv"_s);
    setContent(path, "old");

    rlimit before = {};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto oldHandler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {.rlim_cur = 100'000, .rlim_max = before.rlim_max};
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
    QString error;
    const bool replaced = replaceFile(path, writeMuch, &error); // a short write first, then EFBIG
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, oldHandler);

    QVERIFY(!replaced);
    QVERIFY2(error.contains(qt_error_string(EFBIG)), qPrintable(error));
    QCOMPARE(contentOf(path), "old");
    QCOMPARE(entriesOf(folder.path()), QStringList{u"report.csv"_s});
}

void TestRecordExport::exportsManyRows()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"report.csv"_s);
    QString error;
    QVERIFY2(exportCsv(path, QList<JobRecord>(1000, finishedRecord()), &error), qPrintable(error));
    QCOMPARE(contentOf(path), csvHeader() + csvRow(finishedRecord()).repeated(1000));
}

QTEST_GUILESS_MAIN(TestRecordExport)
#include "tst_recordexport.moc"
