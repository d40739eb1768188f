// SPDX-License-Identifier: MIT
// bitnetctl reports on what was recorded, in every format, without a display.
#include "support/ctlprocess.h"
#include "support/historyrecords.h"
#include "support/smalldisk.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QXmlStreamReader>

using namespace BitNet;
using namespace BitNet::Testing;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_CtlReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void formats_data();
    void formats();
    void jobsOfATimeAreThoseThatEndedInIt();
    void selections_data();
    void selections();
    void limitsGiveGoodput();
    void theMeasureIsChosen();
    void slowestJobsHaveTheirNames();
    void pdfWithoutADisplay();
    void pdfNeedsItsProgram();
    void fault31_fullDisk_data();
    void fault31_fullDisk();
    void fault32_csvOfHostileTexts_data();
    void fault32_csvOfHostileTexts();
    void fault32_htmlOfHostileTexts();
    void nothingRecordedYet();
    void noJobMatches();
    void refusals_data();
    void refusals();
};

static JobRecord endedAgo(quint64 id, std::chrono::microseconds ago, Outcome outcome, const QString &sessionFolder,
                          const JobSpec &spec, std::chrono::nanoseconds runTime = 300ms)
{
    JobRecord record = queuedRecord(id, spec);
    const Instant now = Instant::now();
    const auto before = ago + std::chrono::ceil<std::chrono::microseconds>(runTime) + 20ms; // the queue's
    record.submitted = {.wall = now.wall - before, .monotonic = now.monotonic - before};
    return finishedRecord(std::move(record), sessionFolder, outcome, runTime);
}

// Three jobs of the day before, one that began then and has ended an hour ago, one that runs, and a server.
static void fill(HistoryFixture &f)
{
    const JobSpec night{.command = {u"/bin/true"_s},
                        .name = u"Nightly run"_s,
                        .group = u"night"_s,
                        .kind = JobKind::Inference,
                        .model = u"/m/a.gguf"_s,
                        .engine = u"llama"_s};
    const JobSpec plain{.command = {u"/bin/true"_s}, .name = u"plain"_s};
    f.record(endedAgo(1, 30h, Outcome::Succeeded, f.sessionFolder, plain, 100ms));
    f.record(endedAgo(2, 29h, Outcome::TimedOut, f.sessionFolder, night, 200ms));
    f.record(endedAgo(3, 28h, Outcome::Succeeded, f.sessionFolder, night, 400ms));
    f.record(endedAgo(4, 1h, Outcome::Succeeded, f.sessionFolder, plain, 26h));
    f.record(runningRecord(queuedRecord(5, plain), f.sessionFolder));
    f.record(endedAgo(6, 1h, Outcome::Cancelled, f.sessionFolder,
                      {.command = {u"/bin/llama-server"_s}, .kind = JobKind::Server}));
    f.save();
}

static QByteArray report(const QString &folder, const QStringList &options)
{
    CtlProcess process(QStringList{u"report"_s, u"--data-dir"_s, folder} + options);
    if (const int status = process.run(); status != 0 || !process.err.isEmpty())
        QTest::qFail(process.err.constData(), __FILE__, __LINE__);
    return process.out;
}

static QJsonObject jsonReport(const QString &folder, const QStringList &options = {})
{
    return objectOf(report(folder, QStringList{u"--format"_s, u"json"_s} + options));
}

static QList<int> jobsIn(const QByteArray &csv)
{
    QList<int> ids;
    QList<QByteArray> lines = csv.split('\n');
    lines.removeFirst();
    for (const QByteArray &line : lines) {
        if (!line.isEmpty())
            ids.append(line.left(line.indexOf(',')).toInt());
    }
    return ids;
}

static QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void tst_CtlReport::formats_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("begins");
    QTest::addColumn<QByteArray>("holds");

    QTest::newRow("csv") << u"csv"_s << QByteArray("id,name,group,kind,command,") << QByteArray("\r\n4,plain,,custom,");
    QTest::newRow("summary-csv") << u"summary-csv"_s << QByteArray("grouping,key,measure,count,")
                                 << QByteArray("\r\ngroup,night,run,1,1,");
    QTest::newRow("json") << u"json"_s << QByteArray("{") << QByteArray("\"report\": \"latency\"");
    QTest::newRow("html") << u"html"_s << QByteArray("<!DOCTYPE html>") << QByteArray("Slowest completed jobs");
}

void tst_CtlReport::formats()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, begins);
    QFETCH(QByteArray, holds);

    HistoryFixture f;
    fill(f);
    const QByteArray printed = report(f.folder(), {u"--format"_s, format});
    QVERIFY2(printed.startsWith(begins), printed.left(200).constData());
    QVERIFY2(printed.contains(holds), printed.constData());

    // The ending of the file says it too, where it can; the file is complete and replaces what was there.
    const QString path = f.folder() + u"/report."_s + (format == "summary-csv"_L1 ? u"csv"_s : format);
    QFile old(path);
    QVERIFY(old.open(QIODevice::WriteOnly));
    old.write("old");
    old.close();
    QStringList options{u"-o"_s, path};
    if (format == "summary-csv"_L1)
        options += {u"--format"_s, format};
    QCOMPARE(report(f.folder(), options), QByteArray());
    const QByteArray written = contentOf(path);
    QVERIFY2(written.startsWith(begins) && written.contains(holds), written.constData());
    QVERIFY(QDir(f.folder()).entryList({u".bitnet*"_s}, QDir::Files | QDir::Hidden).isEmpty());
    QCOMPARE(report(f.folder(), {u"--format"_s, format, u"-o"_s, u"-"_s}).left(begins.size()), begins);
}

void tst_CtlReport::jobsOfATimeAreThoseThatEndedInIt()
{
    HistoryFixture f;
    fill(f);
    const auto ids = [&](const QStringList &options) {
        return jobsIn(report(f.folder(), QStringList{u"--format"_s, u"csv"_s} + options));
    };
    QCOMPARE(ids({}), (QList<int>{1, 2, 3, 4})); // what runs is not reported on
    QCOMPARE(ids({u"--since"_s, u"24h"_s}), QList<int>{4}); // submitted 27 hours ago
    QCOMPARE(ids({u"--until"_s, u"24h"_s}), (QList<int>{1, 2, 3}));
    QCOMPARE(ids({u"--since=29h30m"_s, u"--until=28h30m"_s}), QList<int>{2});

    const QJsonObject day = jsonReport(f.folder(), {u"--since"_s, u"24h"_s});
    QCOMPARE(day.value("jobs"_L1)["finished"_L1].toInt(), 1);
    const QJsonValue range = day.value("range"_L1);
    const QDateTime from = QDateTime::fromString(range["from"_L1].toString(), Qt::ISODateWithMs);
    const QDateTime to = QDateTime::fromString(range["to"_L1].toString(), Qt::ISODateWithMs);
    QVERIFY2(std::abs(from.secsTo(to) - 24 * 3600) <= 60, qPrintable(from.toString() + to.toString()));
    QCOMPARE(jsonReport(f.folder()).value("jobs"_L1)["finished"_L1].toInt(), 4);
}

void tst_CtlReport::selections_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QList<int>>("ids");
    QTest::addColumn<QString>("words");

    const auto row = [](const char *name, const QStringList &options, const QList<int> &ids, const QString &words) {
        QTest::newRow(name) << options << ids << words;
    };
    row("all", {}, {1, 2, 3, 4}, u""_s);
    row("group", {u"--group"_s, u"night"_s}, {2, 3}, u"group night"_s);
    row("model", {u"--model"_s, u"/m/a.gguf"_s}, {2, 3}, u"model /m/a.gguf"_s);
    row("engine", {u"--engine"_s, u"llama"_s}, {2, 3}, u"engine llama"_s);
    row("kind", {u"--kind"_s, u"custom"_s}, {1, 4}, u"custom"_s);
    row("kinds", {u"--kind"_s, u"custom,inference"_s}, {1, 2, 3, 4}, u"custom or inference"_s);
    row("name", {u"--name"_s, u"NIGHT"_s}, {2, 3}, u"“NIGHT” in the name"_s);
    row("outcome", {u"--outcome"_s, u"timed-out"_s}, {2}, u"timed out"_s);
    row("both", {u"--group"_s, u"night"_s, u"--outcome"_s, u"succeeded"_s}, {3}, u"group night, succeeded"_s);
}

void tst_CtlReport::selections()
{
    QFETCH(QStringList, options);
    QFETCH(QList<int>, ids);
    QFETCH(QString, words);

    HistoryFixture f;
    fill(f);
    QCOMPARE(jobsIn(report(f.folder(), QStringList{u"--format"_s, u"csv"_s} + options)), ids);
    const QJsonObject json = jsonReport(f.folder(), options);
    QCOMPARE(json.value("jobs"_L1)["finished"_L1].toInt(), ids.size());
    QCOMPARE(json.value("selection"_L1).toString(), words);
}

void tst_CtlReport::limitsGiveGoodput()
{
    HistoryFixture f;
    fill(f);
    QVERIFY(jsonReport(f.folder()).value("goodput"_L1).isNull());
    const QJsonObject json = jsonReport(f.folder(), {u"--latency-limit"_s, u"200ms"_s});
    QCOMPARE(json.value("limits"_L1)["latency_ms"_L1].toDouble(), 200.0);
    QCOMPARE(json.value("goodput"_L1)["met"_L1].toInt(), 1);
    QCOMPARE(json.value("goodput"_L1)["missed"_L1].toInt(), 2);
    QCOMPARE(json.value("goodput"_L1)["not_completed"_L1].toInt(), 1);
}

void tst_CtlReport::theMeasureIsChosen()
{
    HistoryFixture f;
    fill(f);
    const auto slowest = [&](const QStringList &options) {
        return jsonReport(f.folder(), options).value("slowest"_L1).toArray().size();
    };
    QCOMPARE(slowest({u"--measure"_s, u"run"_s}), 3);
    QCOMPARE(slowest({u"--measure"_s, u"ttft"_s}), 0); // nobody has it
    QVERIFY(report(f.folder(), {u"--measure=queue-wait"_s, u"--format=html"_s}).contains("Queue wait over time"));
}

void tst_CtlReport::slowestJobsHaveTheirNames()
{
    HistoryFixture f;
    fill(f);
    QStringList names;
    for (const QJsonValue &job : jsonReport(f.folder()).value("slowest"_L1).toArray())
        names.append(job["name"_L1].toString());
    QCOMPARE(names, (QStringList{u"plain"_s, u"Nightly run"_s, u"plain"_s}));
}

void tst_CtlReport::pdfWithoutADisplay()
{
    if (!QFileInfo::exists(programPath(u"bitnet-report-pdf"_s)))
        QSKIP("built without the user interface");
    HistoryFixture f;
    fill(f);
    const QString path = f.folder() + u"/latency.pdf"_s;
    CtlProcess process({u"report"_s, u"--data-dir"_s, f.folder(), u"--title"_s, u"Two words"_s, u"-o"_s, path});
    QProcessEnvironment environment = process.processEnvironment();
    for (const QString &variable : {u"DISPLAY"_s, u"WAYLAND_DISPLAY"_s})
        environment.remove(variable);
    environment.insert(u"QT_QPA_PLATFORM"_s, u"xcb"_s); // as a person's session may have it
    environment.insert(u"LC_ALL"_s, u"C"_s);
    process.setProcessEnvironment(environment);
    QCOMPARE(process.run(), 0);
    QCOMPARE(process.out, QByteArray());
    QCOMPARE(process.err, QByteArray());
    const QByteArray pdf = contentOf(path);
    QVERIFY(pdf.startsWith("%PDF-"));
    QVERIFY(pdf.trimmed().endsWith("%%EOF"));
    QVERIFY(pdf.count("/Type /Page\n") >= 2);

    const QByteArray printed = report(f.folder(), {u"--format"_s, u"pdf"_s, u"-o"_s, u"-"_s});
    QVERIFY(printed.startsWith("%PDF-"));

    CtlProcess untold({u"report"_s, u"--data-dir"_s, f.folder(), u"--format"_s, u"pdf"_s});
    QCOMPARE(untold.run(), 125);
    QCOMPARE(untold.out, QByteArray());
    QVERIFY2(untold.err.contains("--output"), untold.err.constData());
}

void tst_CtlReport::pdfNeedsItsProgram()
{
    HistoryFixture f;
    fill(f);
    // An installation without the desktop application.
    QTemporaryDir bin;
    const QString ctl = bin.filePath(u"bitnetctl"_s);
    QVERIFY(QFile::copy(programPath(u"bitnetctl"_s), ctl));
    const QString path = f.folder() + u"/latency.pdf"_s;
    CtlProcess process({u"report"_s, u"--data-dir"_s, f.folder(), u"-o"_s, path});
    process.setProgram(ctl);
    QCOMPARE(process.run(), 125);
    QVERIFY2(process.err.contains("bitnet-report-pdf") && process.err.contains("--format html"),
             process.err.constData());
    QVERIFY(!QFileInfo::exists(path));
}

void tst_CtlReport::fault31_fullDisk_data()
{
    QTest::addColumn<QString>("format");
    for (const char *format : {"csv", "summary-csv", "json", "html", "pdf"})
        QTest::newRow(format) << QString::fromLatin1(format);
}

void tst_CtlReport::fault31_fullDisk()
{
    QFETCH(QString, format);
    if (!SmallDisk::isPossible())
        QSKIP("small disks can't be mounted here");
    if (format == "pdf"_L1 && !QFileInfo::exists(programPath(u"bitnet-report-pdf"_s)))
        QSKIP("built without the user interface");
    HistoryFixture f;
    fill(f);
    SmallDisk disk("64k");
    QVERIFY(disk.isMounted());
    const QString path = disk.path() + u"/report"_s;
    const QByteArray before(5000, 'o');
    QFile old(path);
    QVERIFY(old.open(QIODevice::WriteOnly));
    QCOMPARE(old.write(before), before.size());
    old.close();
    disk.fill();
    const QStringList options{u"report"_s, u"--data-dir"_s, f.folder(), u"--format"_s, format, u"-o"_s, path};
    CtlProcess full(options);
    QCOMPARE(full.run(), 125);
    QVERIFY2(full.err.startsWith(QByteArray("bitnetctl: Could not write " + path.toUtf8())), full.err.constData());
    QVERIFY2(full.err.contains("No space left"), full.err.constData());
    QCOMPARE(full.err.count('\n'), 1);
    QCOMPARE(full.out, QByteArray());
    QCOMPARE(contentOf(path), before);
    QCOMPARE(QDir(disk.path()).entryList(QDir::Files | QDir::Hidden), (QStringList{u"filler"_s, u"report"_s}));
}

void tst_CtlReport::fault32_csvOfHostileTexts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("read"); // by a spreadsheet: a text, never a formula

    const auto inert = [](const char *name, const QString &text) { QTest::newRow(name) << text << u'\'' + text; };
    const auto same = [](const char *name, const QString &text) { QTest::newRow(name) << text << text; };
    inert("command", u"=cmd|' /C calc'!A0"_s);
    inert("plus", u"+1+1"_s);
    inert("minus", u"-2+3"_s);
    inert("at", u"@SUM(1)"_s);
    inert("tab", u"\t=1+1"_s);
    inert("return", u"\r=1+1"_s);
    inert("newline", u"\n=1+1"_s);
    inert("full-width equals", u"＝1+1"_s);
    inert("full-width plus", u"＋1"_s);
    inert("full-width minus", u"－1"_s);
    inert("full-width at", u"＠SUM(1)"_s);
    inert("quoted formula", u"=HYPERLINK(\"http://x/\",\"a\")"_s);
    same("quotes and lines", u"a,\"b\"\r\nc"_s);
    same("quotes only", u"\"\"\"\""_s);
    same("words", u"fünf 🦙 \u202Eoverride\u202C"_s);
    same("like a number", u"1e5"_s);
    QTest::newRow("NUL") << u"a\0=1"_s << u"a�=1"_s;
    QTest::newRow("half a character") << QString(u"a"_s + QChar(0xd83e)) << u"a�"_s;
}

void tst_CtlReport::fault32_csvOfHostileTexts()
{
    QFETCH(QString, text);
    QFETCH(QString, read);

    HistoryFixture f;
    const JobSpec spec{.command = {u"/bin/true"_s, text}, .name = text, .group = text, .model = text};
    f.record(endedAgo(1, 1h, Outcome::Succeeded, f.sessionFolder, spec));
    f.save();
    for (const auto &[format, columns, row] :
         {std::tuple(u"csv"_s, u"name group model"_s, 0), std::tuple(u"summary-csv"_s, u"key"_s, -1)}) {
        const QString path = f.folder() + u'/' + format;
        QCOMPARE(report(f.folder(), {u"--format"_s, format, u"-o"_s, path}), QByteArray());
        // Read by another program's parser, which is told to be strict.
        QProcess python;
        python.start(u"python3"_s,
                     {u"-c"_s,
                      u"import csv, json, sys\n"
                      "rows = list(csv.DictReader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))\n"
                      "assert all(None not in row and None not in row.values() for row in rows)\n"
                      "rows = [row for row in rows if row.get('grouping', 'group') == 'group']\n"
                      "print(json.dumps([row[column] for row in rows[:1] for column in sys.argv[2].split()]))"_s,
                      path, columns});
        QVERIFY(python.waitForFinished(ctlPatience));
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
        const QJsonArray cells = QJsonDocument::fromJson(python.readAllStandardOutput()).array();
        QCOMPARE(cells.size(), columns.split(u' ').size());
        for (const QJsonValue &cell : cells)
            QCOMPARE(cell.toString(), read);
    }
}

void tst_CtlReport::fault32_htmlOfHostileTexts()
{
    HistoryFixture f;
    const QString text = u"</td><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;"_s;
    const JobSpec spec{.command = {u"/bin/true"_s}, .name = text, .group = text, .model = text, .engine = text};
    f.record(endedAgo(1, 1h, Outcome::Succeeded, f.sessionFolder, spec));
    f.save();
    const QByteArray html = report(f.folder(), {u"--format"_s, u"html"_s, u"--title"_s, text, u"--group"_s, text});
    QXmlStreamReader reader(html);
    QString shown;
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isStartElement()) {
            const QString element = reader.name().toString();
            QVERIFY2(element != "script"_L1 && element != "img"_L1 && element != "iframe"_L1, qPrintable(element));
            for (const QXmlStreamAttribute &attribute : reader.attributes())
                QVERIFY2(!attribute.name().startsWith("on"_L1), qPrintable(attribute.name().toString()));
        } else if (reader.isCharacters()) {
            shown += reader.text();
        }
    }
    QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
    QVERIFY(shown.count(text) >= 4); // title, selection, group, model, …
}

void tst_CtlReport::nothingRecordedYet()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"report.html"_s);
    CtlProcess process({u"report"_s, u"--data-dir"_s, folder.filePath(u"none"_s), u"-o"_s, path});
    QCOMPARE(process.run(), 125);
    QVERIFY2(process.err.contains("Nothing is recorded in"), process.err.constData());
    QCOMPARE(process.out, QByteArray());
    QVERIFY(!QFileInfo::exists(path));
    QVERIFY(!QFileInfo::exists(folder.filePath(u"none"_s)));
}

void tst_CtlReport::noJobMatches()
{
    HistoryFixture f;
    fill(f);
    QVERIFY(report(f.folder(), {u"--group"_s, u"none"_s, u"--format"_s, u"html"_s}).contains("No job ended"));
    QCOMPARE(jobsIn(report(f.folder(), {u"--group"_s, u"none"_s, u"--format"_s, u"csv"_s})), QList<int>());
}

void tst_CtlReport::refusals_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArray>("says");

    const auto row = [](const char *name, const QStringList &options, const char *says) {
        QTest::newRow(name) << options << QByteArray(says);
    };
    row("format", {u"--format"_s, u"docx"_s}, "--format: \"docx\" is none");
    row("no format", {}, "Give --format");
    row("unknown ending", {u"-o"_s, u"x.docx"_s}, "Give --format");
    row("measure", {u"--format=html"_s, u"--measure"_s, u"load"_s}, "--measure: \"load\" is none");
    row("limit", {u"--format=html"_s, u"--ttft-limit"_s, u"soon"_s}, "--ttft-limit: ");
    row("moment", {u"--format=html"_s, u"--since"_s, u"soon"_s}, "--since: \"soon\" is no moment");
    row("kind", {u"--format=html"_s, u"--kind"_s, u"lucky"_s}, "--kind: \"lucky\" is none");
    row("servers", {u"--format=html"_s, u"--kind"_s, u"custom,server"_s}, "servers have no latency");
    row("order", {u"--format=html"_s, u"--since"_s, u"1h"_s, u"--until"_s, u"2h"_s}, "no job can be");
    row("folder", {u"-o"_s, u"/nowhere/x.html"_s}, "/nowhere");
    row("a folder as file", {u"--format=html"_s, u"-o"_s, u"/tmp"_s}, "/tmp");
    row("empty path", {u"--format=html"_s, u"-o"_s, u""_s}, "--output");
}

void tst_CtlReport::refusals()
{
    QFETCH(QStringList, options);
    QFETCH(QByteArray, says);

    HistoryFixture f;
    fill(f);
    CtlProcess process(QStringList{u"report"_s, u"--data-dir"_s, f.folder()} + options);
    QCOMPARE(process.run(), 125);
    QVERIFY2(process.err.contains(says), process.err.constData());
    QCOMPARE(process.out, QByteArray());
}

int main(int argc, char *argv[])
{
    SmallDisk::prepare(); // before the first thread
    QCoreApplication app(argc, argv);
    tst_CtlReport test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_ctlreport.moc"
