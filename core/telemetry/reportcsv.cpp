// SPDX-License-Identifier: MIT
#include "core/telemetry/reportcsv.h"

#include "core/telemetry/recordexport.h"

#include <QLocale>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

class Row
{
public:
    void text(QStringView cell) { append(csvTextCell(cell)); }
    void number(qint64 value) { append(QByteArray::number(value)); }
    void number(const std::optional<double> &value)
    {
        append(value ? QByteArray::number(*value, 'f', QLocale::FloatingPointShortest) : QByteArray());
    }
    QByteArray finish() const { return m_cells.join(',') + QByteArrayLiteral("\r\n"); }

private:
    void append(const QByteArray &cell) { m_cells.append(cell); }

    QByteArrayList m_cells;
};

QByteArray rows(QStringView grouping, QStringView key, const LatencyStatistics &statistics,
                std::chrono::microseconds window)
{
    QByteArray text;
    for (const Measure measure : latencyMeasures) {
        const LatencySummary summary = statistics.summary(measure);
        if (summary.count + summary.censored + summary.apart == 0)
            continue;
        Row row;
        row.text(grouping);
        row.text(key);
        row.text(QString(name(measure)));
        row.number(summary.count);
        row.number(summary.censored);
        row.number(summary.apart);
        row.number(summary.mean);
        row.number(summary.standardDeviation);
        row.number(summary.minimum);
        for (const std::optional<double> &percentile : summary.percentiles)
            row.number(percentile);
        row.number(summary.maximum);
        for (const std::optional<double> &percentile : summary.percentilesWithCensored)
            row.number(percentile);
        row.number(std::optional(summary.relativeErrorBound));
        row.number(statistics.count());
        for (size_t i = 0; i < outcomeClassCount; ++i)
            row.number(statistics.count(OutcomeClass(i)));
        row.number(statistics.goodput().share());
        row.number(statistics.attainment(measure));
        row.number(statistics.outputTokens());
        const std::optional<Throughput> throughput = statistics.throughput(window);
        row.number(throughput ? std::optional(throughput->finishedPerMinute) : std::nullopt);
        row.number(throughput ? std::optional(throughput->outputTokensPerMinute) : std::nullopt);
        text += row.finish();
    }
    return text;
}

} // namespace

QStringList reportCsvColumns()
{
    QStringList columns = {u"grouping"_s, u"key"_s,     u"measure"_s,   u"count"_s, u"censored"_s,
                           u"apart"_s,    u"mean_ms"_s, u"stddev_ms"_s, u"min_ms"_s};
    for (const QLatin1StringView percentile : percentileNames)
        columns.append(QString(percentile + "_ms"_L1));
    columns.append(u"max_ms"_s);
    for (const QLatin1StringView percentile : percentileNames)
        columns.append(QString(percentile + "_with_censored_ms"_L1));
    columns.append({u"relative_error_bound"_s, u"finished"_s});
    for (size_t i = 0; i < outcomeClassCount; ++i)
        columns.append(name(OutcomeClass(i)));
    columns.append(
        {u"goodput"_s, u"attainment"_s, u"output_tokens"_s, u"finished_per_min"_s, u"output_tokens_per_min"_s});
    return columns;
}

QByteArray reportToCsv(const LatencyReport &report)
{
    const std::chrono::microseconds window = report.range() ? report.range()->length() : std::chrono::microseconds();
    QByteArray text = reportCsvColumns().join(u',').toUtf8() + QByteArrayLiteral("\r\n");
    text += rows(u"all", u"", report.statistics(), window);
    for (const ReportGrouping &grouping : report.groupings()) {
        for (const ReportGroup &group : grouping.groups) {
            const QString key = group.mergedGroups > 0 ? u"(%1 other groups)"_s.arg(group.mergedGroups) : group.key;
            text += rows(QString(name(grouping.by)), key, group.statistics, window);
        }
    }
    return text;
}

} // namespace BitNet
