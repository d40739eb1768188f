// SPDX-License-Identifier: MIT
#include "core/telemetry/reporttables.h"

#include "core/telemetry/markup.h"
#include "core/telemetry/reporttext.h"

#include <QLocale>
#include <QStringList>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

QString cell(const QString &markup)
{
    return "<td class=\"num\">"_L1 + markup + "</td>"_L1;
}

QString countCell(qint64 number)
{
    return number == 0 ? cell(u"<span class=\"faint\">0</span>"_s) : cell(countText(number));
}

QString absentCell()
{
    return cell(u"<span class=\"faint\">–</span>"_s);
}

// For people, with the exact figure on hover.
QString durationCell(const std::optional<double> &ms, bool isFaint = false)
{
    if (!ms)
        return absentCell();
    return u"<td class=\"num%1\" title=\"%2 ms\">%3</td>"_s.arg(
        isFaint ? u" faint"_s : QString(), QString::number(*ms, 'f', QLocale::FloatingPointShortest),
        durationText(*ms));
}

QString shareCell(const std::optional<double> &share)
{
    return share ? cell(percentText(*share)) : absentCell();
}

// Text of people may turn the reading direction, which must not reach the cells beside it, and be of any length.
QString textCell(const QString &text)
{
    static constexpr qsizetype longest = 120; // the records have all of it
    if (text.size() > longest)
        return textCell(QString(text.left(longest - 1) + u'…'));
    return "<td class=\"name\"><bdi>"_L1 + escaped(text) + "</bdi></td>"_L1;
}

// Fewer values than it takes for one to lie beyond the percentile: then it is just the largest.
bool isOnlyTheLargest(qint64 count, double share)
{
    return double(count) * (1 - share) < 1 - 1e-9;
}

QString header(const QStringList &titles, int textColumns)
{
    QString row = u"<thead><tr>"_s;
    for (qsizetype i = 0; i < titles.size(); ++i)
        row += (i < textColumns ? "<th scope=\"col\">"_L1 : "<th scope=\"col\" class=\"num\">"_L1) + titles[i]
            + "</th>"_L1;
    return row + "</tr></thead>\n"_L1;
}

// The bodies are <tbody> elements; the first columns hold text, the others numbers.
QString table(const QString &title, const QStringList &columns, const QString &bodies, int textColumns = 1)
{
    return "<section class=\"table\"><h3>"_L1 + title + "</h3><div class=\"scroll\"><table>\n"_L1
        + header(columns, textColumns) + bodies + "</table></div></section>\n"_L1;
}

QString body(const QString &rows)
{
    return "<tbody>\n"_L1 + rows + "</tbody>\n"_L1;
}

QString titleWithMeasure(QStringView title, const LatencyReport &report)
{
    return title + " <small>"_L1 + measureTitle(report.settings().measure) + "</small>"_L1;
}

QString rowHeader(const QString &text)
{
    return "<tr><th scope=\"row\">"_L1 + text + "</th>"_L1;
}

QString censoredRow(const LatencySummary &summary)
{
    QString row = u"<tr class=\"sub\"><th scope=\"row\">with time-outs as “at least”</th>"_s + absentCell()
        + absentCell() + absentCell() + absentCell();
    for (const std::optional<double> &percentile : summary.percentilesWithCensored) {
        if (percentile)
            row += durationCell(percentile);
        else if (summary.maximum)
            row += cell(QString("&gt; "_L1 + durationText(*summary.maximum)));
        else
            row += absentCell();
    }
    return row + absentCell() + absentCell() + absentCell() + "</tr>\n"_L1;
}

QString groupName(const ReportGrouping &grouping, const ReportGroup &group)
{
    if (group.mergedGroups > 0)
        return u"<td class=\"name faint\">%1 others</td>"_s.arg(group.mergedGroups);
    if (group.key.isEmpty())
        return u"<td class=\"name faint\">none</td>"_s;
    return textCell(grouping.by == GroupBy::Outcome ? spokenName(QLatin1StringView(group.key.toLatin1())) : group.key);
}

QString durationCells(const LatencySummary &summary)
{
    QString cells = durationCell(summary.mean);
    for (const size_t i : {0, 2, 3, 4}) // p50, p90, p95, p99
        cells += durationCell(summary.percentiles[i], isOnlyTheLargest(summary.count, summaryShares[i]));
    return cells + durationCell(summary.maximum);
}

} // namespace

QString measureTitle(Measure measure)
{
    switch (measure) {
    case Measure::QueueWait:
        return u"Queue wait"_s;
    case Measure::Ttft:
        return u"TTFT"_s;
    case Measure::Run:
        return u"Run time"_s;
    case Measure::E2E:
        return u"E2E latency"_s;
    case Measure::Tpot:
        return u"TPOT"_s;
    case Measure::Load:
        return u"Load"_s;
    case Measure::Prefill:
        return u"Prefill"_s;
    case Measure::Decode:
        break;
    }
    return u"Decode"_s;
}

QString spokenName(QLatin1StringView name)
{
    return QString(name).replace(u'_', u' ');
}

QString measuresTable(const LatencyReport &report)
{
    QString rows;
    for (const Measure measure : latencyMeasures) {
        const LatencySummary summary = report.statistics().summary(measure);
        if (summary.count + summary.censored + summary.apart == 0)
            continue;
        rows += rowHeader(measureTitle(measure)) + countCell(summary.count) + durationCell(summary.mean)
            + durationCell(summary.standardDeviation) + durationCell(summary.minimum);
        for (size_t i = 0; i < summaryShares.size(); ++i)
            rows += durationCell(summary.percentiles[i], isOnlyTheLargest(summary.count, summaryShares[i]));
        rows += durationCell(summary.maximum) + countCell(summary.censored) + countCell(summary.apart) + "</tr>\n"_L1;
        if (summary.censored > 0)
            rows += censoredRow(summary);
    }
    if (rows.isEmpty())
        return {};
    return table(u"Measures"_s,
                 {u"Measure"_s, u"Values"_s, u"Mean"_s, u"Std&#160;dev"_s, u"Min"_s, u"p50"_s, u"p75"_s, u"p90"_s,
                  u"p95"_s, u"p99"_s, u"p99.9"_s, u"Max"_s, u"Cut&#160;off"_s, u"Apart"_s},
                 body(rows));
}

QString outcomesTable(const LatencyReport &report)
{
    const LatencyStatistics &statistics = report.statistics();
    QString rows;
    for (size_t i = 0; i < outcomeCount; ++i) {
        const qint64 jobs = statistics.count(Outcome(i));
        if (jobs == 0)
            continue;
        rows += rowHeader(spokenName(name(Outcome(i)))) + countCell(jobs)
            + shareCell(double(jobs) / double(statistics.count())) + "</tr>\n"_L1;
    }
    return rows.isEmpty() ? QString() : table(u"Outcomes"_s, {u"Outcome"_s, u"Jobs"_s, u"Share"_s}, body(rows));
}

QString groupsTable(const LatencyReport &report)
{
    const bool hasLimits = report.settings().statistics.limits.isSet();
    const bool hasTokens = report.statistics().outputTokens() > 0;
    QStringList columns = {u""_s,    u"Jobs"_s, u"Completed"_s, u"Failed"_s, u"Timed&#160;out"_s, u"Mean"_s, u"p50"_s,
                           u"p90"_s, u"p95"_s,  u"p99"_s,       u"Max"_s};
    if (hasLimits)
        columns.append(u"Goodput"_s);
    if (hasTokens)
        columns.append(u"Tokens"_s);

    QString bodies;
    for (const ReportGrouping &grouping : report.groupings()) {
        if (grouping.by == GroupBy::Outcome)
            continue;
        QString rows = u"<tr class=\"by\"><th scope=\"rowgroup\" colspan=\"%1\">By %2</th></tr>\n"_s.arg(columns.size())
                           .arg(name(grouping.by));
        for (const ReportGroup &group : grouping.groups) {
            const LatencyStatistics &statistics = group.statistics;
            rows += "<tr>"_L1 + groupName(grouping, group) + countCell(statistics.count())
                + countCell(statistics.count(OutcomeClass::Completed))
                + countCell(statistics.count(OutcomeClass::Failed))
                + countCell(statistics.count(OutcomeClass::TimedOut))
                + durationCells(statistics.summary(report.settings().measure));
            if (hasLimits)
                rows += shareCell(statistics.goodput().share());
            if (hasTokens)
                rows += countCell(statistics.outputTokens());
            rows += "</tr>\n"_L1;
        }
        bodies += body(rows);
    }
    if (bodies.isEmpty())
        return {};
    return table(titleWithMeasure(u"Groups", report), columns, bodies);
}

QString timeToOutcomeTable(const LatencyReport &report)
{
    QString rows;
    for (const ReportGrouping &grouping : report.groupings()) {
        if (grouping.by != GroupBy::Outcome)
            continue;
        for (const ReportGroup &group : grouping.groups) {
            const LatencySummary summary = group.statistics.summary(report.settings().measure);
            rows += "<tr>"_L1 + groupName(grouping, group) + countCell(group.statistics.count())
                + countCell(summary.censored) + durationCells(summary) + "</tr>\n"_L1;
        }
    }
    if (rows.isEmpty())
        return {};
    return table(
        titleWithMeasure(u"Time until each outcome", report),
        {u"Outcome"_s, u"Jobs"_s, u"Cut&#160;off"_s, u"Mean"_s, u"p50"_s, u"p90"_s, u"p95"_s, u"p99"_s, u"Max"_s},
        body(rows));
}

QString slowestTable(const LatencyReport &report)
{
    QString rows;
    for (const LatencySample &sample : report.slowest()) {
        rows += u"<tr><th scope=\"row\">%1</th>"_s.arg(sample.job.value) + textCell(sample.name)
            + textCell(sample.model) + "<td>"_L1 + timeText(sample.submittedAt) + "</td>"_L1;
        for (const Measure measure : latencyMeasures) {
            const bool isKnown = sample.observation(measure) == Observation::Measured;
            rows += durationCell(isKnown ? std::optional(sample.value(measure)) : std::nullopt);
        }
        rows += "</tr>\n"_L1;
    }
    if (rows.isEmpty())
        return {};
    QStringList columns = {u"Job"_s, u"Name"_s, u"Model"_s, u"Submitted (UTC)"_s};
    for (const Measure measure : latencyMeasures)
        columns.append(measureTitle(measure));
    return table(titleWithMeasure(u"Slowest completed jobs", report), columns, body(rows), 4);
}

} // namespace BitNet
