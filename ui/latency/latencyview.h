// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencyreport.h"
#include "core/telemetry/rankcomparison.h"
#include "core/telemetry/sampleseries.h"
#include "core/telemetry/sampleset.h"
#include "ui/latency/breakdowndrawing.h"
#include "ui/latency/chartbuckets.h"
#include "ui/latency/comparisondrawing.h"
#include "ui/latency/figuresmodel.h"

#include <array>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

namespace BitNet {

enum class ComparisonKind : quint8 { BeforeAfter, Models, Groups };

// Two selections of the jobs that the page shows.
struct ComparisonQuestion
{
    ComparisonKind kind = ComparisonKind::BeforeAfter;
    WallTime moment = {}; // BeforeAfter: A ended before it, B then or later
    std::array<QString, 2> keys = {}; // Models, Groups; an empty one: jobs without
    std::array<QString, 2> names = {}; // in words

    friend bool operator==(const ComparisonQuestion &, const ComparisonQuestion &) = default;
};

// What the page shall show.
struct LatencyQuestion
{
    Measure measure = Measure::E2E;
    SampleFilter filter = {}; // without a range
    std::optional<TimeRange> range = std::nullopt; // nothing: all
    LatencyLimits limits = {};
    std::optional<ComparisonQuestion> comparison = std::nullopt;
    QString selection = {}; // the filter in words

    friend bool operator==(const LatencyQuestion &, const LatencyQuestion &) = default;
};

struct LatencyComparison
{
    ComparisonQuestion question = {};
    std::array<LatencySummary, 2> summaries = {};
    std::optional<RankComparison> ranks = std::nullopt; // nothing when one of the selections is empty
    ComparisonDrawing::Content chart = {};
};

// Everything that the page shows: computed once, in any thread, and not changed any more.
struct LatencyView
{
    LatencyQuestion question = {};
    std::shared_ptr<const LatencyReport> report = {};
    TimeRange range = {}; // of the charts
    std::vector<ChartBucket> buckets = {};
    std::shared_ptr<const SampleSeries> series = {}; // of the question's measure; of all times
    std::vector<BreakdownDrawing::Bar> jobBars = {}; // when there are few jobs in the range, else empty
    LatencySummary summary = {}; // of the question's measure
    std::vector<CumulativePoint> cumulative = {};
    std::vector<CumulativePoint> cumulativeWithCensored = {};
    std::vector<FigureRow> figures = {};
    std::optional<LatencyComparison> comparison = std::nullopt;

    // Up to so many jobs are shown one by one in the breakdown.
    static constexpr qint64 mostJobBars = 60;
};

// Takes about 2 s for a million samples. Nothing when it was told to stop.
std::shared_ptr<const LatencyView> makeLatencyView(const LatencyQuestion &question, const SampleSet &samples,
                                                   WallTime now, const std::stop_token &stop);

} // namespace BitNet
