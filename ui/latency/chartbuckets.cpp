// SPDX-License-Identifier: MIT
#include "ui/latency/chartbuckets.h"

#include <algorithm>
#include <numeric>

namespace BitNet {

namespace {

constexpr std::array shownShares = {0.5, 0.95, 0.99};
constexpr std::array engineMeasures = {Measure::Load, Measure::Prefill, Measure::Decode};

// The mean of all jobs, those without a value counted as zero.
double meanOfAll(const LatencyDistribution &distribution, qint64 jobs)
{
    return jobs == 0 ? 0 : distribution.mean().value_or(0) * double(distribution.count()) / double(jobs);
}

void addRest(std::array<double, phaseCount> &phases, double run)
{
    const double known = phases[size_t(LatencyPhase::Load)] + phases[size_t(LatencyPhase::Prefill)]
        + phases[size_t(LatencyPhase::Decode)];
    phases[size_t(LatencyPhase::Rest)] = std::max(0.0, run - known);
}

} // namespace

std::vector<ChartBucket> chartBuckets(const LatencyReport &report, const std::stop_token &stop)
{
    std::vector<ChartBucket> buckets;
    if (!report.timeline())
        return buckets;
    const LatencyTimeline &timeline = *report.timeline();
    for (size_t i = 0; i < timeline.buckets().size() && !stop.stop_requested(); ++i) {
        const LatencyStatistics &statistics = timeline.buckets()[i];
        ChartBucket bucket;
        bucket.window = timeline.window(i);
        bucket.count = statistics.count();
        for (size_t k = 0; k < outcomeClassCount; ++k)
            bucket.outcomes[k] = statistics.count(OutcomeClass(k));
        std::ranges::copy(statistics.distribution(report.settings().measure).quantiles(shownShares),
                          bucket.percentiles.begin());
        const qint64 ran = statistics.distribution(Measure::Run).count();
        bucket.phases[0] = statistics.distribution(Measure::QueueWait).mean().value_or(0);
        for (size_t k = 0; k < engineMeasures.size(); ++k)
            bucket.phases[k + 1] = meanOfAll(statistics.distribution(engineMeasures[k]), ran);
        addRest(bucket.phases, statistics.distribution(Measure::Run).mean().value_or(0));
        bucket.throughput = statistics.throughput(bucket.window.length()).value_or(Throughput());
        buckets.push_back(bucket);
    }
    return buckets;
}

std::array<double, phaseCount> phasesOf(const LatencySample &sample)
{
    std::array<double, phaseCount> phases = {};
    phases[0] = sample.value(Measure::QueueWait);
    for (size_t k = 0; k < engineMeasures.size(); ++k)
        phases[k + 1] = sample.value(engineMeasures[k]);
    addRest(phases, sample.value(Measure::Run));
    return phases;
}

} // namespace BitNet
