// SPDX-License-Identifier: MIT
#include "core/telemetry/reporthtml.h"

#include "core/telemetry/markup.h"
#include "core/telemetry/reportcharts.h"
#include "core/telemetry/reportstyle.h"
#include "core/telemetry/reporttables.h"
#include "core/telemetry/reporttext.h"
#include "core/telemetry/reportwords.h"

#include <QStringList>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

QString tile(QStringView what, const QString &value, const QString &more)
{
    return "<div class=\"tile\"><div class=\"what\">"_L1 + what + "</div><div class=\"value\">"_L1 + value
        + "</div><div class=\"more\">"_L1 + more + "</div></div>\n"_L1;
}

QString percentileTile(const LatencyReport &report, QStringView label, double share, const QString &more)
{
    const auto value = report.statistics().distribution(report.settings().measure).quantile(share);
    return tile(QString(label + u' ' + measureTitle(report.settings().measure)),
                value ? unbrokenDuration(*value) : u"–"_s, more);
}

QString tiles(const LatencyReport &report)
{
    const LatencyStatistics &statistics = report.statistics();
    const qint64 completed = statistics.count(OutcomeClass::Completed);
    const qint64 failed = statistics.count(OutcomeClass::Failed);
    const qint64 timedOut = statistics.count(OutcomeClass::TimedOut);

    QString text = u"<div class=\"tiles\">\n"_s;
    text += tile(u"Jobs finished", countText(statistics.count()),
                 QString(countText(completed) + u" completed, " + countText(failed) + u" failed, " + countText(timedOut)
                         + u" timed out"));
    text += percentileTile(report, u"p50", 0.5, u"half are faster"_s);
    text += percentileTile(report, u"p95", 0.95, u"1 in 20 is slower"_s);
    text += percentileTile(report, u"p99", 0.99, u"1 in 100 is slower"_s);

    const std::optional<Throughput> throughput = report.throughput();
    text += tile(u"Throughput",
                 throughput ? QString(rateText(throughput->finishedPerMinute) + u"<small>/min</small>") : u"–"_s,
                 throughput && throughput->outputTokensPerMinute > 0
                     ? QString(rateText(throughput->outputTokensPerMinute) + u" output tokens/min")
                     : u"jobs, over the whole range"_s);
    if (statistics.settings().limits.isSet()) {
        const Goodput goodput = statistics.goodput();
        text += tile(u"Goodput", goodput.share() ? percentText(*goodput.share()) : u"–"_s,
                     limitsText(statistics.settings().limits));
    } else {
        const qint64 ended = completed + failed + timedOut;
        text += tile(u"Success", ended > 0 ? percentText(double(completed) / double(ended)) : u"–"_s,
                     u"of what was not cancelled"_s);
    }
    return text + "</div>\n"_L1;
}

QString legend(QStringView cssClass, QStringView text)
{
    return "<span><i class=\""_L1 + cssClass + "\"></i>"_L1 + text + "</span>"_L1;
}

QString charts(const LatencyReport &report)
{
    if (report.statistics().count() == 0)
        return {};
    const QString title = measureTitle(report.settings().measure);
    const QString heading = u"<section class=\"card\"><h3>%1 <small>%2</small></h3>"_s;
    QString text = heading.arg(
        QString(title + u" over time"),
        QString(u"by when jobs ended, each point " + durationLabel(double(report.timeline()->width().count()) / 1000)));
    text += "<div class=\"legend\">"_L1 + legend(u"completed", u"completed") + legend(u"failed", u"failed ✕")
        + legend(u"timedout", u"timed out ▲") + legend(u"cancelled", u"cancelled") + "</div>"_L1;
    text += overTimeChart(report) + "</section>\n"_L1;

    const LatencySummary summary = report.statistics().summary(report.settings().measure);
    if (summary.count + summary.censored == 0)
        return text;
    text += "<div class=\"pair\">"_L1 + heading.arg(u"Distribution"_s, QString(title + u", jobs per bucket"))
        + "<div class=\"legend\">"_L1 + legend(u"completed", u"measured")
        + (summary.censored > 0 ? legend(u"timedout", u"timed out here") : QString()) + "</div>"_L1
        + histogramChart(report) + "</section>\n"_L1;
    if (summary.count > 0) {
        text += heading.arg(u"Cumulative"_s, QString(title + u", share of values at or below"))
            + "<div class=\"legend\">"_L1 + legend(u"stroke", u"measured")
            + (summary.censored > 0 ? legend(u"stroke estimate", u"with time-outs as “at least”") : QString())
            + "</div>"_L1 + cumulativeChart(report) + "</section>"_L1;
    }
    return text + "</div>\n"_L1;
}

} // namespace

QByteArray reportToHtml(const LatencyReport &report)
{
    const ReportSettings &settings = report.settings();
    QStringList meta;
    if (report.range())
        meta.append(rangeText(*report.range()));
    meta.append(countedText(report.statistics().count(), u"job", u"jobs"));
    if (!settings.selection.isEmpty())
        meta.append(QString("<bdi>"_L1 + escaped(settings.selection) + "</bdi>"_L1));

    QString text =
        u"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"_s;
    text += "<title>"_L1 + escaped(settings.title) + "</title>\n<style>"_L1 + reportStyle()
        + "</style>\n</head>\n<body>\n<main>\n"_L1;
    text += "<header><h1><bdi>"_L1 + escaped(settings.title) + "</bdi></h1><p class=\"meta\">"_L1 + meta.join(u" · "_s)
        + "</p></header>\n"_L1;
    text += tiles(report) + reportFindings(report) + charts(report);

    text += "<section class=\"check\"><h2>To check</h2><p class=\"hint\">Every figure behind the page above. Rest the "
            "pointer "
            "on a duration for its exact value.</p>\n"_L1;
    text += measuresTable(report) + groupsTable(report);
    text += "<div class=\"columns\">"_L1 + outcomesTable(report) + timeToOutcomeTable(report) + "</div>\n"_L1;
    text += slowestTable(report) + reportMethod(report) + "</section>\n"_L1;
    text += "<footer>Made by BitNet Supervisor at "_L1 + timeText(settings.generatedAt)
        + " UTC. All times are UTC.</footer>\n</main>\n</body>\n</html>\n"_L1;
    return text.toUtf8();
}

} // namespace BitNet
