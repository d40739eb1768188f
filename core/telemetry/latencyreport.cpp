// SPDX-License-Identifier: MIT
#include "core/telemetry/latencyreport.h"

#include "core/telemetry/recordexport.h"
#include "core/telemetry/reportcsv.h"
#include "core/telemetry/reporthtml.h"
#include "core/telemetry/reportjson.h"

#include <QJsonDocument>

#include <algorithm>

namespace BitNet {

namespace {

using Spans = std::vector<std::span<const LatencySample>>;

// Calls visit for each sample that the settings' filter lets through, until it is told to stop.
template<typename Visit>
void forEach(const Spans &spans, const SampleFilter &filter, const std::stop_token &stop, Visit visit)
{
    static constexpr size_t betweenLooks = 8192;
    for (const std::span<const LatencySample> samples : spans) {
        for (size_t i = 0; i < samples.size(); ++i) {
            if (i % betweenLooks == 0 && stop.stop_requested())
                return;
            if (filter.matches(samples[i]))
                visit(samples[i]);
        }
    }
}

std::optional<TimeRange> rangeOf(const Spans &spans, const SampleFilter &filter, const std::stop_token &stop)
{
    std::optional<TimeRange> range;
    forEach(spans, filter, stop, [&range](const LatencySample &sample) {
        if (!range)
            range = TimeRange{sample.submittedAt, sample.completedAt};
        range->from = std::min({range->from, sample.submittedAt, sample.completedAt});
        range->to = std::max(range->to, sample.completedAt);
    });
    if (range)
        range->to += std::chrono::microseconds(1); // the last job is inside
    return range;
}

// The largest groups, and the others as one.
std::vector<ReportGroup> largest(const GroupedStatistics &grouped, int maximum)
{
    std::vector<ReportGroup> groups;
    for (const auto &[key, statistics] : grouped.groups())
        groups.push_back({.key = key, .mergedGroups = 0, .statistics = statistics});
    std::ranges::stable_sort(groups, std::ranges::greater(),
                             [](const ReportGroup &group) { return group.statistics.count(); });
    if (groups.size() <= size_t(maximum))
        return groups;
    const auto firstSmall = groups.begin() + maximum - 1;
    for (auto it = firstSmall + 1; it != groups.end(); ++it)
        firstSmall->statistics.merge(it->statistics);
    firstSmall->mergedGroups = int(groups.end() - firstSmall);
    firstSmall->key.clear();
    groups.erase(firstSmall + 1, groups.end());
    return groups;
}

} // namespace

LatencyReport::LatencyReport(const ReportSettings &settings, std::span<const LatencySample> samples,
                             std::stop_token stop)
    : LatencyReport(settings, Spans{samples}, stop)
{
}

LatencyReport::LatencyReport(const ReportSettings &settings, const SampleSet &samples, std::stop_token stop)
    : LatencyReport(settings, samples.spans(), stop)
{
}

LatencyReport::LatencyReport(const ReportSettings &settings, const Spans &spans, const std::stop_token &stop)
    : m_settings(settings)
    , m_range(settings.range ? settings.range : rangeOf(spans, settings.filter, stop))
    , m_statistics(settings.statistics)
{
    if (!m_range || stop.stop_requested())
        return;
    m_timeline.emplace(*m_range, maximumBuckets, settings.statistics);
    forEach(spans, m_settings.filter, stop, [this](const LatencySample &sample) {
        if (m_range->contains(sample.completedAt))
            addSample(sample);
    });
    addGroupings(spans, stop);
    if (!stop.stop_requested())
        chooseScale();
}

void LatencyReport::addSample(const LatencySample &sample)
{
    m_statistics.add(sample);
    m_timeline->add(sample);
    const auto slower = [this](const LatencySample &a, const LatencySample &b) {
        return a.value(m_settings.measure) > b.value(m_settings.measure);
    };
    const bool counts =
        sample.outcome == Outcome::Succeeded && sample.observation(m_settings.measure) == Observation::Measured;
    if (!counts || (m_slowest.size() == slowestCount && !slower(sample, m_slowest.back())))
        return;
    m_slowest.insert(std::ranges::upper_bound(m_slowest, sample, slower), sample);
    if (m_slowest.size() > slowestCount)
        m_slowest.pop_back();
}

void LatencyReport::addGroupings(const Spans &spans, const std::stop_token &stop)
{
    for (const GroupBy by : {GroupBy::Model, GroupBy::Group, GroupBy::Kind, GroupBy::Engine, GroupBy::Outcome}) {
        GroupedStatistics grouped(by, m_settings.statistics);
        forEach(spans, m_settings.filter, stop, [&](const LatencySample &sample) {
            if (m_range->contains(sample.completedAt))
                grouped.add(sample);
        });
        if (stop.stop_requested())
            return;
        const bool noneHasIt = grouped.groups().size() == 1 && grouped.groups().begin()->first.isEmpty();
        if (!grouped.groups().empty() && !noneHasIt)
            m_groupings.push_back({.by = by, .groups = largest(grouped, maximumGroups)});
    }
}

void LatencyReport::chooseScale()
{
    static constexpr double wide = 30;
    static constexpr int buckets = 60;
    const LatencyDistribution &distribution = m_statistics.distribution(m_settings.measure);
    // The middle of the values decides: a single stray one must not squeeze the others.
    const double low = distribution.quantile(0.01).value_or(0);
    const double high = distribution.maximum().value_or(0);
    if (low > 0 && high > wide * low)
        m_histogramScale = HistogramScale::Logarithmic;
    m_histogram = BitNet::histogram(distribution, m_histogramScale, buckets);
}

void LatencyReport::nameSlowest(const std::function<QString(JobId)> &name)
{
    for (LatencySample &sample : m_slowest)
        sample.name = name(sample.job);
}

std::optional<Throughput> LatencyReport::throughput() const
{
    return m_range ? m_statistics.throughput(m_range->length()) : std::nullopt;
}

std::optional<ReportFormat> reportFormatFromName(QStringView text)
{
    if (text == u"summary-csv")
        return ReportFormat::SummaryCsv;
    if (text == u"json")
        return ReportFormat::Json;
    if (text == u"html")
        return ReportFormat::Html;
    return std::nullopt;
}

QByteArray renderReport(const LatencyReport &report, ReportFormat format)
{
    switch (format) {
    case ReportFormat::SummaryCsv:
        return reportToCsv(report);
    case ReportFormat::Json:
        return QJsonDocument(reportToJson(report)).toJson();
    case ReportFormat::Html:
        break;
    }
    return reportToHtml(report);
}

bool writeReport(const QString &path, const LatencyReport &report, ReportFormat format, QString *error)
{
    const QByteArray document = renderReport(report, format);
    return replaceFile(
        path, [&document](QIODevice &device) { return device.write(document) == document.size(); }, error);
}

} // namespace BitNet
