// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencystatistics.h"

#include <chrono>
#include <vector>

namespace BitNet {

// A range of wall time, its end not included.
struct TimeRange
{
    WallTime from = {};
    WallTime to = {};

    std::chrono::microseconds length() const { return to - from; }
    bool contains(WallTime time) const { return time >= from && time < to; }
    friend bool operator==(const TimeRange &, const TimeRange &) = default;
};

// A length that people read easily (100 ms, … 10 s, 15 s, 30 s, 1 min, … 30 d, 90 d, …) of which at most
// maximumBuckets (≥ 2) cover the range, wherever it begins.
std::chrono::microseconds bucketWidth(const TimeRange &range, int maximumBuckets);
// The last multiple of width since 1970 (UTC) that is not later than time.
WallTime bucketBegin(WallTime time, std::chrono::microseconds width);

// Statistics of each bucket of time, by when the jobs ended: p50, p95 and p99 over time, failures over time, throughput.
// Buckets begin at multiples of their width since 1970 (UTC). Which jobs enter is decided by range alone.
class LatencyTimeline
{
public:
    LatencyTimeline(const TimeRange &range, int maximumBuckets, const StatisticsSettings &settings);

    // Samples that ended outside the range are left out.
    void add(const LatencySample &sample);

    std::chrono::microseconds width() const { return m_width; }
    // Of the time that the buckets cover: the range, its ends moved outwards to multiples of the width.
    WallTime begin() const { return m_begin; }
    WallTime end() const { return m_begin + m_width * qint64(m_buckets.size()); }
    const std::vector<LatencyStatistics> &buckets() const { return m_buckets; }
    // What of this bucket lies in the range: the window of its throughput.
    TimeRange window(size_t bucket) const;

private:
    TimeRange m_range;
    std::chrono::microseconds m_width;
    WallTime m_begin;
    std::vector<LatencyStatistics> m_buckets;
};

} // namespace BitNet
