// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencyreport.h"
#include "ui/latency/chartlook.h"

#include <array>
#include <optional>
#include <stop_token>
#include <vector>

namespace BitNet {

// What the charts over time show of one bucket.
struct ChartBucket
{
    TimeRange window = {};
    qint64 count = 0;
    std::array<qint64, outcomeClassCount> outcomes = {};
    std::array<std::optional<double>, 3> percentiles = {}; // p50, p95, p99 of the report's measure, ms
    std::array<double, phaseCount> phases = {}; // ms, mean of a job
    Throughput throughput = {};
};

// The report's timeline. Sorts the values of every bucket: not on the GUI thread when there are many.
std::vector<ChartBucket> chartBuckets(const LatencyReport &report, const std::stop_token &stop = {});

// Where the time of one job went, in ms; all zero when its run was not measured.
std::array<double, phaseCount> phasesOf(const LatencySample &sample);

} // namespace BitNet
