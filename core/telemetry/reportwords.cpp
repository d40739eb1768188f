// SPDX-License-Identifier: MIT
#include "core/telemetry/reportwords.h"

#include "core/telemetry/reporttables.h"
#include "core/telemetry/reporttext.h"

#include <QStringList>

namespace BitNet {

using namespace Qt::StringLiterals;

// A duration that a line does not break.
QString unbrokenDuration(double ms)
{
    return durationText(ms).replace(u' ', u'\u00a0');
}

QString countedText(qint64 number, QStringView one, QStringView many)
{
    return countText(number) + u' ' + (number == 1 ? one : many);
}

// Three digits are enough for a rate.
QString rateText(double perMinute)
{
    if (perMinute >= 100)
        return countText(qRound64(perMinute));
    return QString::number(perMinute, 'f', perMinute < 10 ? 2 : 1);
}

QString rangeText(const TimeRange &range)
{
    const QString from = timeText(range.from);
    QString to = timeText(range.to);
    if (from.sliced(0, 10) == to.sliced(0, 10))
        to = to.sliced(11);
    return from + u" – " + to + u" UTC";
}

QString limitsText(const LatencyLimits &limits)
{
    QStringList parts;
    for (const Measure measure : {Measure::Ttft, Measure::Tpot, Measure::E2E}) {
        if (limits.of(measure))
            parts.append(QString(measureTitle(measure) + u"\u00a0≤\u00a0"
                                 + durationLabel(*limits.of(measure)).replace(u' ', u'\u00a0')));
    }
    return parts.join(u", "_s);
}

namespace {

QString percentilesFinding(const LatencyReport &report)
{
    const LatencySummary summary = report.statistics().summary(report.settings().measure);
    const QString title = measureTitle(report.settings().measure);
    if (summary.count == 0)
        return QString(u"No job has a measured " + title + u'.');
    if (summary.count == 1)
        return QString(title + u": the only measured value is <b>" + unbrokenDuration(*summary.maximum) + u"</b>.");
    QString text = QString(title + u": half of " + countText(summary.count) + u" measured values" + u" are at most <b>"
                           + unbrokenDuration(*summary.percentiles[0]) + u"</b>, 95\u00a0% at most <b>"
                           + unbrokenDuration(*summary.percentiles[3]) + u"</b>, 99\u00a0% at most <b>"
                           + unbrokenDuration(*summary.percentiles[4]) + u"</b>; the longest is "
                           + unbrokenDuration(*summary.maximum) + u'.');
    if (summary.count < 100)
        text += u" With so few values p99 is just the longest of them."_s;
    return text;
}

QString censoredFinding(const LatencyReport &report)
{
    const LatencySummary summary = report.statistics().summary(report.settings().measure);
    if (summary.censored == 0)
        return {};
    const QString text = countedText(summary.censored, u"time-out is", u"time-outs are")
        + u" not among these percentiles: of such a job it is only known that it would have taken longer than its limit."_s;
    if (!summary.maximum)
        return text;
    const auto said = [&](const std::optional<double> &value) -> QString {
        return value ? unbrokenDuration(*value) : QString(u"beyond " + unbrokenDuration(*summary.maximum));
    };
    return QString(text + u" Counted as “at least so long” (Kaplan–Meier), p50 is "
                   + said(summary.percentilesWithCensored[0]) + u", p95 " + said(summary.percentilesWithCensored[3])
                   + u", p99 " + said(summary.percentilesWithCensored[4]) + u'.');
}

QString goodputFinding(const LatencyReport &report)
{
    const LatencyStatistics &statistics = report.statistics();
    const Goodput goodput = statistics.goodput();
    if (!goodput.share())
        return {};
    QStringList each;
    for (const Measure measure : {Measure::Ttft, Measure::Tpot, Measure::E2E}) {
        if (const std::optional<double> share = statistics.attainment(measure))
            each.append(QString(measureTitle(measure) + u' ' + percentText(*share)));
    }
    QString text = u"<b>%1</b> of completed requests met every limit (%2)."_s.arg(
        percentText(*goodput.share()), limitsText(statistics.settings().limits));
    if (each.size() > 1)
        text += u" Each on its own: "_s + each.join(u", "_s) + u'.';
    if (goodput.notCompleted > 0)
        text += u" Taking failures and time-outs as missed, it is "_s + percentText(*goodput.shareOfAll()) + u'.';
    if (goodput.unjudged > 0)
        text += u' ' + countedText(goodput.unjudged, u"completed job has", u"completed jobs have")
            + u" no value that a limit asks for and can't be judged."_s;
    return text;
}

QString queueFinding(const LatencyReport &report)
{
    const LatencySummary wait = report.statistics().summary(Measure::QueueWait);
    if (wait.count == 0 || report.settings().measure == Measure::QueueWait)
        return {};
    return QString(u"In the queue, jobs waited " + unbrokenDuration(*wait.mean) + u" on average, 95\u00a0% at most "
                   + unbrokenDuration(*wait.percentiles[3]) + u'.');
}

} // namespace

QString reportFindings(const LatencyReport &report)
{
    if (report.statistics().count() == 0)
        return u"<ul class=\"findings\"><li>No job ended in this range.</li></ul>\n"_s;
    QString text = u"<ul class=\"findings\">\n"_s;
    for (const QString &finding :
         {percentilesFinding(report), censoredFinding(report), goodputFinding(report), queueFinding(report)}) {
        if (!finding.isEmpty())
            text += "<li>"_L1 + finding + "</li>\n"_L1;
    }
    return text + "</ul>\n"_L1;
}

QString reportMethod(const LatencyReport &report)
{
    double bound = 0;
    for (const Measure measure : latencyMeasures)
        bound = std::max(bound, report.statistics().distribution(measure).relativeErrorBound());
    const QString accuracy = bound == 0
        ? u"All values were kept, so percentiles are exact."_s
        : u"There are more than %1 values: percentiles come from a DDSketch (Masson et al., VLDB 2019) and differ from "
          u"the "
          "exact ones by at most %2 % of their value. Count, mean, deviation, minimum and maximum are exact."_s
              .arg(countText(report.settings().statistics.distribution.exactLimit))
              .arg(bound * 100);

    QString text = u"<section class=\"method\"><h3>How the figures are made</h3><dl>\n"_s;
    const auto entry = [&text](QStringView term, const QString &meaning) {
        text += "<dt>"_L1 + term + "</dt><dd>"_L1 + meaning + "</dd>\n"_L1;
    };
    entry(u"Measures",
          u"Queue wait: submitted to started. TTFT, time to first token: submitted to first generated output. Run "
          u"time: started "
          "to completed. E2E latency: submitted to completed. TPOT, time per output token: decode time / (output "
          "tokens − 1), "
          "for more than one token. All from a monotonic clock, or as the engine printed them."_s);
    entry(u"Values",
          u"Only what was measured to its end: run time and E2E latency of jobs that succeeded; queue wait and TTFT "
          u"once they "
          "were over, whatever became of the job later."_s);
    entry(
        u"Cut off",
        u"Time-outs are right-censored: the true value is larger than the limit that ended the job. They are counted, "
        u"drawn, "
        "and left out of mean and percentiles. The rows “with time-outs as at least” are Kaplan–Meier estimates, which "
        "take each as at least so long; “&gt;” means beyond all that was measured."_s);
    entry(
        u"Apart",
        u"Times that ended in failure or cancellation. They are no latencies of the work, so they are only counted."_s);
    entry(u"Percentiles",
          QString(u"Nearest rank: a value that was really measured. " + accuracy
                  + u" Grey ones rest on so few values that they are just the largest."));
    entry(
        u"Goodput",
        u"Share of completed requests that met every limit set; a value equal to its limit meets it. TTFT and TPOT are "
        u"asked of "
        "inferences only, TPOT of those with more than one token. Requests without a value that is asked for are left out."_s);
    entry(u"Throughput", u"Jobs that finished, whatever their outcome, per minute of the whole range."_s);
    return text + "</dl></section>\n"_L1;
}

} // namespace BitNet
