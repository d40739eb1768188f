// SPDX-License-Identifier: MIT
#include "core/telemetry/reportjson.h"

#include "core/telemetry/recordexport.h"

#include <QJsonArray>

#include <array>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr int formatVersion = 1;
constexpr int cumulativePoints = 200;

QJsonValue number(const std::optional<double> &value)
{
    return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null);
}

QJsonValue range(const std::optional<TimeRange> &range)
{
    if (!range)
        return QJsonValue::Null;
    return QJsonObject{{u"from"_s, isoTime(range->from)}, {u"to"_s, isoTime(range->to)}};
}

QJsonObject percentiles(const std::array<std::optional<double>, summaryShares.size()> &values)
{
    QJsonObject object;
    for (size_t i = 0; i < values.size(); ++i)
        object.insert(QString(percentileNames[i] + "_ms"_L1), number(values[i]));
    return object;
}

QJsonObject measure(const LatencySummary &summary)
{
    QJsonObject object = percentiles(summary.percentiles);
    object.insert("count"_L1, summary.count);
    object.insert("censored"_L1, summary.censored);
    object.insert("apart"_L1, summary.apart);
    object.insert("mean_ms"_L1, number(summary.mean));
    object.insert("stddev_ms"_L1, number(summary.standardDeviation));
    object.insert("min_ms"_L1, number(summary.minimum));
    object.insert("max_ms"_L1, number(summary.maximum));
    object.insert("relative_error_bound"_L1, summary.relativeErrorBound);
    object.insert("with_censored"_L1, percentiles(summary.percentilesWithCensored));
    return object;
}

QJsonObject measures(const LatencyStatistics &statistics)
{
    QJsonObject object;
    for (size_t i = 0; i < measureCount; ++i)
        object.insert(name(Measure(i)), measure(statistics.summary(Measure(i))));
    return object;
}

QJsonObject jobs(const LatencyStatistics &statistics)
{
    QJsonObject object{{u"finished"_s, statistics.count()}};
    for (size_t i = 0; i < outcomeClassCount; ++i)
        object.insert(name(OutcomeClass(i)), statistics.count(OutcomeClass(i)));
    QJsonObject outcomes;
    for (size_t i = 0; i < outcomeCount; ++i)
        outcomes.insert(name(Outcome(i)), statistics.count(Outcome(i)));
    object.insert("outcomes"_L1, outcomes);
    return object;
}

QJsonValue goodput(const LatencyStatistics &statistics)
{
    if (!statistics.settings().limits.isSet())
        return QJsonValue::Null;
    const Goodput goodput = statistics.goodput();
    QJsonObject attainment;
    for (const Measure limited : {Measure::Ttft, Measure::Tpot, Measure::E2E})
        attainment.insert(name(limited), number(statistics.attainment(limited)));
    return QJsonObject{{u"met"_s, goodput.met},
                       {u"missed"_s, goodput.missed},
                       {u"unjudged"_s, goodput.unjudged},
                       {u"not_completed"_s, goodput.notCompleted},
                       {u"share"_s, number(goodput.share())},
                       {u"share_of_all"_s, number(goodput.shareOfAll())},
                       {u"attainment"_s, attainment}};
}

QJsonValue throughput(const std::optional<Throughput> &throughput)
{
    if (!throughput)
        return QJsonValue::Null;
    return QJsonObject{{u"finished_per_min"_s, throughput->finishedPerMinute},
                       {u"completed_per_min"_s, throughput->completedPerMinute},
                       {u"output_tokens_per_min"_s, throughput->outputTokensPerMinute}};
}

QJsonObject groups(const LatencyReport &report)
{
    QJsonObject object;
    for (const ReportGrouping &grouping : report.groupings()) {
        QJsonArray array;
        for (const ReportGroup &group : grouping.groups) {
            const bool isMerged = group.mergedGroups > 0;
            array.append(QJsonObject{{u"key"_s, isMerged ? QJsonValue(QJsonValue::Null) : QJsonValue(group.key)},
                                     {u"merged_groups"_s, group.mergedGroups},
                                     {u"jobs"_s, jobs(group.statistics)},
                                     {u"goodput"_s, goodput(group.statistics)},
                                     {u"output_tokens"_s, group.statistics.outputTokens()},
                                     {u"measures"_s, measures(group.statistics)}});
        }
        object.insert(name(grouping.by), array);
    }
    return object;
}

QJsonValue overTime(const LatencyReport &report)
{
    if (!report.timeline())
        return QJsonValue::Null;
    const LatencyTimeline &timeline = *report.timeline();
    QJsonArray buckets;
    for (size_t i = 0; i < timeline.buckets().size(); ++i) {
        const LatencyStatistics &statistics = timeline.buckets()[i];
        QJsonObject bucket = percentiles(statistics.summary(report.settings().measure).percentiles);
        const TimeRange window = timeline.window(i);
        bucket.insert("from"_L1, isoTime(window.from));
        bucket.insert("to"_L1, isoTime(window.to));
        bucket.insert("throughput"_L1, throughput(statistics.throughput(window.length())));
        for (size_t k = 0; k < outcomeClassCount; ++k)
            bucket.insert(name(OutcomeClass(k)), statistics.count(OutcomeClass(k)));
        buckets.append(bucket);
    }
    return QJsonObject{{u"measure"_s, name(report.settings().measure)},
                       {u"width_ms"_s, double(timeline.width().count()) / 1000},
                       {u"buckets"_s, buckets}};
}

QJsonObject histogramOf(const LatencyReport &report)
{
    QJsonArray buckets;
    for (const HistogramBucket &bucket : report.histogram()) {
        buckets.append(QJsonObject{{u"from_ms"_s, bucket.from},
                                   {u"to_ms"_s, bucket.to},
                                   {u"count"_s, bucket.count},
                                   {u"censored"_s, bucket.censored}});
    }
    const bool isLogarithmic = report.histogramScale() == HistogramScale::Logarithmic;
    return {{u"measure"_s, name(report.settings().measure)},
            {u"scale"_s, isLogarithmic ? u"logarithmic"_s : u"linear"_s},
            {u"buckets"_s, buckets}};
}

QJsonObject cumulativeOf(const LatencyReport &report)
{
    const auto points = [](const std::vector<CumulativePoint> &curve) {
        QJsonArray array;
        for (const CumulativePoint &point : curve)
            array.append(QJsonObject{{u"ms"_s, point.ms}, {u"share"_s, point.share}});
        return array;
    };
    const LatencyDistribution &distribution = report.statistics().distribution(report.settings().measure);
    return {{u"measure"_s, name(report.settings().measure)},
            {u"points"_s, points(distribution.cumulative(cumulativePoints))},
            {u"with_censored"_s, points(distribution.cumulativeWithCensored(cumulativePoints))}};
}

QJsonArray slowest(const LatencyReport &report)
{
    QJsonArray array;
    for (const LatencySample &sample : report.slowest()) {
        QJsonObject job{{u"id"_s, qint64(sample.job.value)},
                        {u"name"_s, sample.name},
                        {u"group"_s, sample.group},
                        {u"model"_s, sample.model},
                        {u"submitted_at"_s, isoTime(sample.submittedAt)},
                        {u"completed_at"_s, isoTime(sample.completedAt)}};
        for (const Measure one : latencyMeasures) {
            const bool isKnown = sample.observation(one) == Observation::Measured;
            job.insert(QString(name(one) + "_ms"_L1),
                       isKnown ? QJsonValue(sample.value(one)) : QJsonValue(QJsonValue::Null));
        }
        array.append(job);
    }
    return array;
}

} // namespace

QJsonObject reportToJson(const LatencyReport &report)
{
    const ReportSettings &settings = report.settings();
    const LatencyLimits &limits = settings.statistics.limits;
    return {{u"report"_s, u"latency"_s},
            {u"version"_s, formatVersion},
            {u"title"_s, settings.title},
            {u"selection"_s, settings.selection},
            {u"generated_at"_s, isoTime(settings.generatedAt)},
            {u"range"_s, range(report.range())},
            {u"limits"_s,
             QJsonObject{{u"ttft_ms"_s, number(limits.ttftMs)},
                         {u"tpot_ms"_s, number(limits.tpotMs)},
                         {u"latency_ms"_s, number(limits.e2eMs)}}},
            {u"jobs"_s, jobs(report.statistics())},
            {u"output_tokens"_s, report.statistics().outputTokens()},
            {u"throughput"_s, throughput(report.throughput())},
            {u"goodput"_s, goodput(report.statistics())},
            {u"measures"_s, measures(report.statistics())},
            {u"groups"_s, groups(report)},
            {u"over_time"_s, overTime(report)},
            {u"histogram"_s, histogramOf(report)},
            {u"cumulative"_s, cumulativeOf(report)},
            {u"slowest"_s, slowest(report)}};
}

} // namespace BitNet
