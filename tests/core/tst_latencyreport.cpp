// SPDX-License-Identifier: MIT
#include "core/telemetry/latencyreport.h"
#include "core/telemetry/recordexport.h"
#include "core/telemetry/reportcsv.h"
#include "core/telemetry/reporthtml.h"
#include "core/telemetry/reportjson.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include <algorithm>
#include <random>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestLatencyReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ofNothing();
    void ofOneJob();
    void onlyJobsOfTheRangeCount();
    void slowestJobsInOrder();
    void smallGroupsAreMerged();
    void propertiesThatNobodyHasAreLeftOut();
    void wideValuesGetALogarithmicScale();
    void formatNames();
    void jsonRoundTrips_data();
    void jsonRoundTrips();
    void jsonHoldsTheFigures();
    void csvIsReadBack();
    void csvHoldsTheFigures();
    void fault32CsvKeysAreInert();
    void htmlIsWellFormed_data();
    void htmlIsWellFormed();
    void htmlShowsHostileNamesAsText_data();
    void htmlShowsHostileNamesAsText();
    void htmlLoadsNothing();
    void htmlSaysWhatWasCutOff();
    void htmlSaysTheErrorBound();
    void htmlChartsStayInside();
    void writesAFile();
    void fault31SaysWhyAFileCanNotBeWritten();
};

namespace {

constexpr WallTime day{std::chrono::microseconds(1'700'000'000'000'000)}; // 2023-11-14T22:13:20Z

LatencySample sampleAt(quint64 id, std::chrono::microseconds offset, double latency,
                       Outcome outcome = Outcome::Succeeded)
{
    LatencySample sample;
    sample.job = {id};
    sample.outcome = outcome;
    sample.name = u"sleep"_s;
    sample.completedAt = day + offset;
    sample.submittedAt = sample.completedAt - std::chrono::microseconds(qint64(latency * 1000));
    const Observation atEnd = outcomeClass(outcome) == OutcomeClass::Completed ? Observation::Measured
        : outcomeClass(outcome) == OutcomeClass::TimedOut                      ? Observation::Censored
                                                                               : Observation::Apart;
    sample.set(Measure::QueueWait, Observation::Measured, latency / 10);
    sample.set(Measure::Run, atEnd, latency * 0.9);
    sample.set(Measure::E2E, atEnd, latency);
    return sample;
}

std::vector<LatencySample> manySamples(int count)
{
    std::mt19937_64 random(1);
    std::lognormal_distribution latency(6.0, 0.7);
    std::vector<LatencySample> samples;
    for (int i = 0; i < count; ++i) {
        const auto offset = std::chrono::microseconds(qint64(random() % 3'600'000'000));
        const Outcome outcome = random() % 10 ? Outcome::Succeeded : Outcome(random() % outcomeCount);
        LatencySample sample = sampleAt(quint64(i + 1), offset, latency(random), outcome);
        sample.kind = random() % 3 ? JobKind::Inference : JobKind::Custom;
        if (sample.kind == JobKind::Inference) {
            sample.set(Measure::Ttft, Observation::Measured, sample.value(Measure::E2E) / 4);
            sample.set(Measure::Tpot, Observation::Measured, sample.value(Measure::E2E) / 80);
            sample.outputTokens = 64;
            sample.model = random() % 2 ? u"a.gguf"_s : u"b.gguf"_s;
            sample.engine = u"b1"_s;
        }
        sample.group = random() % 4 ? u"night"_s : QString();
        samples.push_back(sample);
    }
    return samples;
}

ReportSettings settings()
{
    return {
        .selection = u"all groups"_s, .generatedAt = day + 2h, .statistics = {.limits = {.ttftMs = 150, .e2eMs = 900}}};
}

LatencyReport reportOf(const std::vector<LatencySample> &samples)
{
    return {settings(), samples};
}

// RFC 4180, as a reader of other people's making would take it.
QList<QStringList> parsedCsv(const QByteArray &bytes)
{
    const QString text = QString::fromUtf8(bytes);
    QList<QStringList> rows = {{QString()}};
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        QString &cell = rows.last().last();
        if (quoted && text[i] == u'"' && i + 1 < text.size() && text[i + 1] == u'"') {
            cell += u'"';
            ++i;
        } else if (text[i] == u'"') {
            quoted = !quoted;
        } else if (!quoted && text[i] == u',') {
            rows.last().append(QString());
        } else if (!quoted && text[i] == u'\r' && i + 1 < text.size() && text[i + 1] == u'\n') {
            rows.append({QString()});
            ++i;
        } else {
            cell += text[i];
        }
    }
    rows.removeLast(); // after the last line's end
    return rows;
}

struct Document
{
    QString error;
    QString text; // of all elements
    QSet<QString> elements;
    QSet<QString> attributes;
    QStringList points; // of the charts' shapes: "x,y"
};

Document parsedHtml(const QByteArray &html)
{
    Document document;
    QXmlStreamReader reader(html);
    while (!reader.atEnd()) {
        const auto token = reader.readNext();
        if (token == QXmlStreamReader::Characters)
            document.text += reader.text();
        if (token != QXmlStreamReader::StartElement)
            continue;
        document.elements.insert(reader.name().toString());
        const QXmlStreamAttributes attributes = reader.attributes();
        for (const QXmlStreamAttribute &attribute : attributes)
            document.attributes.insert(attribute.name().toString());
        if (attributes.hasAttribute("points"_L1))
            document.points += attributes.value("points"_L1).toString().split(u' ');
    }
    if (reader.hasError())
        document.error = u"%1: %2"_s.arg(reader.lineNumber()).arg(reader.errorString());
    return document;
}

std::vector<LatencySample> oddSet(const QByteArray &name)
{
    if (name == "one job")
        return {sampleAt(1, 0s, 1234.5)};
    if (name == "only time-outs")
        return {sampleAt(1, 0s, 3000, Outcome::TimedOut), sampleAt(2, 5s, 3000, Outcome::Expired)};
    if (name == "only failures")
        return {sampleAt(1, 0s, 3, Outcome::Failed), sampleAt(2, 5s, 5, Outcome::Crashed)};
    if (name == "all in one moment")
        return {sampleAt(1, 0s, 0), sampleAt(2, 0s, 0), sampleAt(3, 0s, 0)};
    if (name == "years")
        return {sampleAt(1, 0s, 1), sampleAt(2, 24h * 3000, 3.1e11)};
    if (name == "many")
        return manySamples(3000);
    return {};
}

void oddSets()
{
    QTest::addColumn<QByteArray>("set");
    for (const char *name :
         {"nothing", "one job", "only time-outs", "only failures", "all in one moment", "years", "many"})
        QTest::newRow(name) << QByteArray(name);
}

} // namespace

void TestLatencyReport::ofNothing()
{
    const LatencyReport report = reportOf({});
    QVERIFY(!report.range() && !report.timeline() && !report.throughput());
    QVERIFY(report.groupings().empty() && report.slowest().empty() && report.histogram().empty());
    QVERIFY(reportToHtml(report).contains("No job ended in this range."));
    QCOMPARE(parsedCsv(reportToCsv(report)), QList<QStringList>{reportCsvColumns()});

    ReportSettings ranged = settings();
    ranged.range = TimeRange{day, day + 1h};
    const LatencyReport inRange(ranged, std::vector<LatencySample>());
    QVERIFY(inRange.timeline());
    QCOMPARE(inRange.throughput()->finishedPerMinute, 0.0);
    QVERIFY(reportToHtml(inRange).contains("No job ended in this range."));
}

void TestLatencyReport::ofOneJob()
{
    const LatencyReport report = reportOf({sampleAt(1, 0s, 1234.5)});
    QCOMPARE(report.statistics().count(), 1);
    QVERIFY(report.range() == (TimeRange{day - 1234500us, day + 1us}));
    QCOMPARE(report.slowest().size(), 1u);
    QVERIFY(reportToHtml(report).contains("the only measured value is <b>1.23\u00a0s</b>"));
}

void TestLatencyReport::onlyJobsOfTheRangeCount()
{
    ReportSettings ranged = settings();
    ranged.range = TimeRange{day, day + 1min};
    const std::vector<LatencySample> samples = {sampleAt(1, -1us, 10), sampleAt(2, 0s, 20), sampleAt(3, 59s, 30),
                                                sampleAt(4, 60s, 40)};
    const LatencyReport report(ranged, samples);
    QCOMPARE(report.statistics().count(), 2);
    QCOMPARE(report.slowest().size(), 2u);
    QCOMPARE(report.throughput()->finishedPerMinute, 2.0);
    qint64 inBuckets = 0;
    for (const LatencyStatistics &bucket : report.timeline()->buckets())
        inBuckets += bucket.count();
    QCOMPARE(inBuckets, 2);
    for (const ReportGrouping &grouping : report.groupings())
        QCOMPARE(grouping.groups.front().statistics.count(), 2);
}

void TestLatencyReport::slowestJobsInOrder()
{
    std::vector<LatencySample> samples = manySamples(500);
    const LatencyReport report = reportOf(samples);
    std::erase_if(samples, [](const LatencySample &sample) { return sample.outcome != Outcome::Succeeded; });
    std::ranges::stable_sort(samples, std::ranges::greater(),
                             [](const LatencySample &sample) { return sample.value(Measure::E2E); });
    QCOMPARE(report.slowest().size(), LatencyReport::slowestCount);
    for (size_t i = 0; i < report.slowest().size(); ++i)
        QCOMPARE(report.slowest()[i].job, samples[i].job);
}

void TestLatencyReport::smallGroupsAreMerged()
{
    std::vector<LatencySample> samples;
    for (int i = 0; i < 40; ++i) {
        for (int k = 0; k <= i; ++k) {
            samples.push_back(sampleAt(quint64(samples.size() + 1), 1s * k, 10));
            samples.back().model = u"model %1"_s.arg(i, 2, 10, QChar(u'0'));
        }
    }
    const LatencyReport report = reportOf(samples);
    const auto it = std::ranges::find(report.groupings(), GroupBy::Model, &ReportGrouping::by);
    QVERIFY(it != report.groupings().end());
    QCOMPARE(it->groups.size(), size_t(LatencyReport::maximumGroups));
    QCOMPARE(it->groups.front().key, u"model 39"_s);
    QCOMPARE(it->groups.back().mergedGroups, 40 - LatencyReport::maximumGroups + 1);
    qint64 sum = 0;
    for (const ReportGroup &group : it->groups)
        sum += group.statistics.count();
    QCOMPARE(sum, qint64(samples.size()));
    QVERIFY(reportToCsv(report).contains("model,(29 other groups),"));
    QVERIFY(reportToHtml(report).contains("29 others"));
}

void TestLatencyReport::propertiesThatNobodyHasAreLeftOut()
{
    const LatencyReport report = reportOf({sampleAt(1, 0s, 5)});
    QVERIFY(std::ranges::none_of(report.groupings(), [](const ReportGrouping &grouping) {
        return grouping.by == GroupBy::Model || grouping.by == GroupBy::Group || grouping.by == GroupBy::Engine;
    }));
}

void TestLatencyReport::wideValuesGetALogarithmicScale()
{
    QVERIFY(reportOf({sampleAt(1, 0s, 10), sampleAt(2, 1s, 20)}).histogramScale() == HistogramScale::Linear);
    QVERIFY(reportOf({sampleAt(1, 0s, 10), sampleAt(2, 1s, 2000)}).histogramScale() == HistogramScale::Logarithmic);
    QVERIFY(reportOf({sampleAt(1, 0s, 0), sampleAt(2, 1s, 2000)}).histogramScale() == HistogramScale::Linear);
}

void TestLatencyReport::formatNames()
{
    QCOMPARE(reportFormatFromName(u"summary-csv"), std::optional(ReportFormat::SummaryCsv));
    QCOMPARE(reportFormatFromName(u"json"), std::optional(ReportFormat::Json));
    QCOMPARE(reportFormatFromName(u"html"), std::optional(ReportFormat::Html));
    QVERIFY(!reportFormatFromName(u"csv")); // one row a job: exportCsv()
    QVERIFY(!reportFormatFromName(u""));
}

void TestLatencyReport::jsonRoundTrips_data()
{
    oddSets();
}

void TestLatencyReport::jsonRoundTrips()
{
    QFETCH(QByteArray, set);

    const LatencyReport report = reportOf(oddSet(set));
    const QJsonObject object = reportToJson(report);
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(renderReport(report, ReportFormat::Json), &error);
    QCOMPARE(error.error, QJsonParseError::NoError);
    QCOMPARE(document.object(), object);
}

void TestLatencyReport::jsonHoldsTheFigures()
{
    const LatencyReport report = reportOf(manySamples(1000));
    const QJsonObject object = reportToJson(report);
    QCOMPARE(object.value("report"_L1), QJsonValue(u"latency"_s));
    QCOMPARE(object.value("jobs"_L1)["finished"_L1].toInt(), 1000);
    const LatencySummary latency = report.statistics().summary(Measure::E2E);
    const QJsonObject measure = object.value("measures"_L1)["latency"_L1].toObject();
    QCOMPARE(measure.value("count"_L1).toInteger(), latency.count);
    QCOMPARE(measure.value("censored"_L1).toInteger(), latency.censored);
    QCOMPARE(measure.value("p99_ms"_L1).toDouble(), *latency.percentiles[4]);
    QCOMPARE(measure.value("with_censored"_L1)["p50_ms"_L1].toDouble(), *latency.percentilesWithCensored[0]);
    QCOMPARE(object.value("goodput"_L1)["share"_L1].toDouble(), *report.statistics().goodput().share());
    QCOMPARE(object.value("limits"_L1)["latency_ms"_L1].toDouble(), 900.0);
    QVERIFY(object.value("limits"_L1)["tpot_ms"_L1].isNull());
    QCOMPARE(object.value("range"_L1)["to"_L1].toString(), isoTime(report.range()->to));

    qint64 inBuckets = 0;
    const QJsonArray buckets = object.value("over_time"_L1)["buckets"_L1].toArray();
    for (const QJsonValue &bucket : buckets) {
        for (const auto &outcome : {"completed"_L1, "failed"_L1, "timed_out"_L1, "cancelled"_L1})
            inBuckets += bucket[outcome].toInteger();
    }
    QCOMPARE(inBuckets, 1000);
    QCOMPARE(object.value("slowest"_L1)[0]["id"_L1].toInteger(), qint64(report.slowest().front().job.value));
}

void TestLatencyReport::csvIsReadBack()
{
    const QList<QStringList> rows = parsedCsv(reportToCsv(reportOf(manySamples(500))));
    QCOMPARE(rows.first(), reportCsvColumns());
    QSet<QString> keys;
    for (const QStringList &row : rows) {
        QCOMPARE(row.size(), rows.first().size());
        keys.insert(row[0] + u'/' + row[1] + u'/' + row[2]);
    }
    QCOMPARE(keys.size(), rows.size()); // no row twice
}

void TestLatencyReport::csvHoldsTheFigures()
{
    const LatencyReport report = reportOf(manySamples(500));
    const QList<QStringList> rows = parsedCsv(reportToCsv(report));
    const QStringList columns = reportCsvColumns();
    const auto row = std::ranges::find_if(
        rows, [](const QStringList &cells) { return cells[0] == u"all" && cells[2] == u"latency"; });
    QVERIFY(row != rows.end());
    const auto value = [&](const QString &column) { return row->at(columns.indexOf(column)); };
    const LatencySummary latency = report.statistics().summary(Measure::E2E);
    QCOMPARE(value(u"count"_s).toLongLong(), latency.count);
    QCOMPARE(value(u"censored"_s).toLongLong(), latency.censored);
    QCOMPARE(value(u"apart"_s).toLongLong(), latency.apart);
    QCOMPARE(value(u"mean_ms"_s).toDouble(), *latency.mean);
    QCOMPARE(value(u"p50_ms"_s).toDouble(), *latency.percentiles[0]);
    QCOMPARE(value(u"p99_9_ms"_s).toDouble(), *latency.percentiles[5]);
    QCOMPARE(value(u"max_ms"_s).toDouble(), *latency.maximum);
    QCOMPARE(value(u"relative_error_bound"_s), u"0"_s);
    QCOMPARE(value(u"finished"_s), u"500"_s);
    QCOMPARE(value(u"goodput"_s).toDouble(), *report.statistics().goodput().share());
}

void TestLatencyReport::fault32CsvKeysAreInert()
{
    const QStringList hostile = {u"=cmd|'/c calc'!A0"_s, u"+1"_s, u"@SUM(A1)"_s, u"a,b\r\n\"c\""_s, u"\uFF1D1"_s};
    std::vector<LatencySample> samples;
    for (const QString &key : hostile) {
        samples.push_back(sampleAt(1, 0s, 5));
        samples.back().model = key;
    }
    const QList<QStringList> rows = parsedCsv(reportToCsv(reportOf(samples)));
    QSet<QString> keys;
    for (const QStringList &row : rows) {
        QCOMPARE(row.size(), reportCsvColumns().size());
        if (row[0] == u"model")
            keys.insert(row[1]);
    }
    QCOMPARE(keys,
             (QSet<QString>{u"'=cmd|'/c calc'!A0"_s, u"'+1"_s, u"'@SUM(A1)"_s, u"a,b\r\n\"c\""_s, u"'\uFF1D1"_s}));
}

void TestLatencyReport::htmlIsWellFormed_data()
{
    oddSets();
}

void TestLatencyReport::htmlIsWellFormed()
{
    QFETCH(QByteArray, set);

    const QByteArray html = reportToHtml(reportOf(oddSet(set)));
    const Document document = parsedHtml(html);
    QVERIFY2(document.error.isEmpty(), qPrintable(document.error));
    QVERIFY(!html.contains("nan") && !html.contains("inf\"") && !html.contains("-inf"));
    QVERIFY(document.text.contains(u"How the figures are made"_s));
}

void TestLatencyReport::htmlShowsHostileNamesAsText_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("shown");

    const auto same = [](const char *row, const QString &name) { QTest::newRow(row) << name << name; };
    same("script", u"<script>alert(1)</script>"_s);
    same("attribute", u"\" onmouseover=\"alert(1)"_s);
    same("apostrophe", u"' onclick='alert(1)"_s);
    same("entity", u"&lt;b&gt; &amp; &#60;"_s);
    same("end of style", u"</style></title></svg><img src=x>"_s);
    same("comment", u"<!-- ]]> -->"_s);
    same("other scripts", u"größer 模型 نموذج 😀"_s);
    QTest::newRow("controls") << u"a\0b\x1b[31mc\x7f"_s << u"a\uFFFDb\uFFFD[31mc\uFFFD"_s;
    QTest::newRow("turned around") << u"gnp\u202Eexe.\u2066x"_s << u"gnp\uFFFDexe.\uFFFDx"_s;
    QTest::newRow("half a character") << QString(QChar(0xd83d)) + u'x' + QChar(0xde00) << u"\uFFFDx\uFFFD"_s;
    QTest::newRow("no character") << QString(QChar(0xffff)) << u"\uFFFD"_s;
}

void TestLatencyReport::htmlShowsHostileNamesAsText()
{
    QFETCH(QString, name);
    QFETCH(QString, shown);

    std::vector<LatencySample> samples = manySamples(50);
    for (LatencySample &sample : samples) {
        sample.name = name;
        sample.model = name;
        sample.group = name;
        sample.engine = name;
    }
    ReportSettings hostile = settings();
    hostile.title = name;
    hostile.selection = name;
    const Document document = parsedHtml(reportToHtml(LatencyReport(hostile, samples)));
    QVERIFY2(document.error.isEmpty(), qPrintable(document.error));
    // Title twice, selection, three groupings, the slowest jobs' names and models.
    QCOMPARE(document.text.count(shown), 2 + 1 + 3 + 2 * qsizetype(LatencyReport::slowestCount));

    const Document harmless = parsedHtml(reportToHtml(reportOf(manySamples(50))));
    QCOMPARE(document.elements, harmless.elements);
    QCOMPARE(document.attributes, harmless.attributes);
}

void TestLatencyReport::htmlLoadsNothing()
{
    const QByteArray html = reportToHtml(reportOf(manySamples(500)));
    const Document document = parsedHtml(html);
    for (const auto &element :
         {u"script"_s, u"link"_s, u"img"_s, u"iframe"_s, u"object"_s, u"image"_s, u"use"_s, u"a"_s})
        QVERIFY2(!document.elements.contains(element), qPrintable(element));
    for (const auto &attribute : {u"src"_s, u"href"_s, u"style"_s, u"onload"_s})
        QVERIFY2(!document.attributes.contains(attribute), qPrintable(attribute));
    QVERIFY(!html.contains("url(") && !html.contains("@import") && !html.contains("://"));
    QVERIFY(html.contains("default-src 'none'"));
}

void TestLatencyReport::htmlSaysWhatWasCutOff()
{
    std::vector<LatencySample> samples;
    for (int i = 1; i <= 10; ++i)
        samples.push_back(sampleAt(quint64(i), 1s * i, 100.0 * i));
    QVERIFY(!reportToHtml(reportOf(samples)).contains("time-outs are not among"));
    for (int i = 0; i < 10; ++i)
        samples.push_back(sampleAt(quint64(20 + i), 20s, 2000, Outcome::TimedOut));
    const QString text = parsedHtml(reportToHtml(reportOf(samples))).text;
    QVERIFY(text.contains(u"10 time-outs are not among these percentiles"_s));
    // Half of all twenty took at most 1 s; how long the slowest would have taken nobody knows.
    QVERIFY2(text.contains(u"p50 is 1.00\u00a0s, p95 beyond 1.00\u00a0s"_s), qPrintable(text));
    QVERIFY(text.contains(u"> 1.00 s"_s));
}

void TestLatencyReport::htmlSaysTheErrorBound()
{
    ReportSettings small = settings();
    QVERIFY(reportToHtml(LatencyReport(small, manySamples(300))).contains("percentiles are exact"));
    small.statistics.distribution = {.exactLimit = 100, .relativeAccuracy = 0.01};
    const QByteArray html = reportToHtml(LatencyReport(small, manySamples(300)));
    QVERIFY(!html.contains("percentiles are exact"));
    QVERIFY(html.contains("more than 100 values") && html.contains("at most 1 % of their value"));
}

void TestLatencyReport::htmlChartsStayInside()
{
    for (const char *set : {"one job", "only time-outs", "all in one moment", "years", "many"}) {
        const Document document = parsedHtml(reportToHtml(reportOf(oddSet(set))));
        for (const QString &point : document.points) {
            const QStringList coordinates = point.split(u',');
            QCOMPARE(coordinates.size(), 2);
            const double x = coordinates[0].toDouble();
            const double y = coordinates[1].toDouble();
            QVERIFY2(x >= 0 && x <= 1040 && y >= 0 && y <= 410, qPrintable(point));
        }
    }
}

void TestLatencyReport::writesAFile()
{
    const QTemporaryDir folder;
    const LatencyReport report = reportOf(manySamples(100));
    for (const ReportFormat format : {ReportFormat::SummaryCsv, ReportFormat::Json, ReportFormat::Html}) {
        const QString path = folder.filePath(u"report"_s);
        QString error;
        QVERIFY2(writeReport(path, report, format, &error), qPrintable(error));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), renderReport(report, format));
    }
}

void TestLatencyReport::fault31SaysWhyAFileCanNotBeWritten()
{
    if (!QFile::exists(u"/dev/full"_s))
        QSKIP("/dev/full is missing");
    QString error;
    QVERIFY(!writeReport(u"/dev/full"_s, reportOf({}), ReportFormat::Html, &error));
    QVERIFY2(error.contains(u"/dev/full"_s) && error.contains(qt_error_string(ENOSPC)), qPrintable(error));
}

QTEST_GUILESS_MAIN(TestLatencyReport)
#include "tst_latencyreport.moc"
