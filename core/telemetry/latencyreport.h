// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/histogram.h"
#include "core/telemetry/latencystatistics.h"
#include "core/telemetry/latencytimeline.h"
#include "core/telemetry/sampleset.h"

#include <QString>

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace BitNet {

struct ReportSettings
{
    QString title = QStringLiteral("Latency report");
    // Which jobs were chosen, in words ("group night, last 24 h"); may be empty.
    QString selection = {};
    // Jobs that ended outside are left out. Nothing: all jobs, from the first submission to the last end.
    std::optional<TimeRange> range = std::nullopt;
    // Other jobs are left out. Its range is a further condition and does not set the report's.
    SampleFilter filter = {};
    WallTime generatedAt = {};
    Measure measure = Measure::E2E; // the one that the charts show and the groups are compared by
    StatisticsSettings statistics = {};
};

// Jobs that share a property.
struct ReportGroup
{
    QString key; // empty: the jobs without that property
    int mergedGroups = 0; // greater than 0: stands for so many small groups together, and key means nothing
    LatencyStatistics statistics;
};

struct ReportGrouping
{
    GroupBy by = GroupBy::Group;
    std::vector<ReportGroup> groups; // most jobs first, merged ones last
};

// Everything that a latency report says, computed once; the writers (reportjson.h, reportcsv.h, reporthtml.h, and the pages
// drawn by the user interface) only lay it out. A plain value; any thread.
class LatencyReport
{
public:
    // Takes about a second for a million samples: not on the ui thread. When it was told to stop it returns within some
    // milliseconds, and what it says then means nothing.
    LatencyReport(const ReportSettings &settings, std::span<const LatencySample> samples, std::stop_token stop = {});
    LatencyReport(const ReportSettings &settings, const SampleSet &samples, std::stop_token stop = {});

    const ReportSettings &settings() const { return m_settings; }
    // Nothing without jobs and without a range in the settings.
    const std::optional<TimeRange> &range() const { return m_range; }
    const LatencyStatistics &statistics() const { return m_statistics; }
    // Over range(); nothing without range.
    std::optional<Throughput> throughput() const;
    // At most maximumBuckets buckets. Nothing without range.
    const std::optional<LatencyTimeline> &timeline() const { return m_timeline; }
    // Of settings().measure. Logarithmic when the values span more than a factor of 30.
    const std::vector<HistogramBucket> &histogram() const { return m_histogram; }
    HistogramScale histogramScale() const { return m_histogramScale; }
    // Only properties that at least one job has.
    const std::vector<ReportGrouping> &groupings() const { return m_groupings; }
    // The completed jobs with the largest values of settings().measure, largest first; at most slowestCount.
    const std::vector<LatencySample> &slowest() const { return m_slowest; }
    // Samples from a history have no names (see historysamples.h): name is asked for those of slowest().
    void nameSlowest(const std::function<QString(JobId)> &name);

    static constexpr int maximumBuckets = 72;
    static constexpr int maximumGroups = 12;
    static constexpr size_t slowestCount = 8;

private:
    using Spans = std::vector<std::span<const LatencySample>>;
    LatencyReport(const ReportSettings &settings, const Spans &spans, const std::stop_token &stop);
    void addSample(const LatencySample &sample);
    void addGroupings(const Spans &spans, const std::stop_token &stop);
    void chooseScale();

    ReportSettings m_settings;
    std::optional<TimeRange> m_range;
    LatencyStatistics m_statistics;
    std::optional<LatencyTimeline> m_timeline;
    HistogramScale m_histogramScale = HistogramScale::Linear;
    std::vector<HistogramBucket> m_histogram;
    std::vector<ReportGrouping> m_groupings;
    std::vector<LatencySample> m_slowest;
};

// The names of LatencySummary's percentiles: "p50", "p75", "p90", "p95", "p99", "p99_9".
inline constexpr std::array<QLatin1StringView, summaryShares.size()> percentileNames = {
    QLatin1StringView("p50"), QLatin1StringView("p75"), QLatin1StringView("p90"),
    QLatin1StringView("p95"), QLatin1StringView("p99"), QLatin1StringView("p99_9")};

enum class ReportFormat : quint8 { SummaryCsv, Json, Html };

// "summary-csv", "json", "html".
std::optional<ReportFormat> reportFormatFromName(QStringView text);
// The whole document, UTF-8.
QByteArray renderReport(const LatencyReport &report, ReportFormat format);
// Written aside and renamed, see replaceFile(). On failure false and a sentence.
bool writeReport(const QString &path, const LatencyReport &report, ReportFormat format, QString *error);

} // namespace BitNet
