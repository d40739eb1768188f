// SPDX-License-Identifier: MIT
#include "core/telemetry/latencytimeline.h"

#include <algorithm>
#include <array>

namespace BitNet {

using namespace std::chrono_literals;

namespace {

using std::chrono::microseconds;

qint64 bucketsOf(const TimeRange &range, microseconds width)
{
    const microseconds length = range.to - bucketBegin(range.from, width);
    return std::max<qint64>((length + width - 1us) / width, 1);
}

} // namespace

microseconds bucketWidth(const TimeRange &range, int maximumBuckets)
{
    Q_ASSERT(maximumBuckets >= 2);
    static constexpr std::array<microseconds, 27> widths = {
        100ms, 200ms, 500ms, 1s, 2s, 5s,  10s, 15s, 30s,     1min,     2min,     5min,     10min,    15min,
        30min, 1h,    2h,    3h, 6h, 12h, 24h, 48h, 7 * 24h, 14 * 24h, 30 * 24h, 90 * 24h, 360 * 24h};
    // A range may begin anywhere in its first bucket, so that it touches one bucket more than fit into it.
    const auto fits = [&](microseconds width) { return (range.length() + width - 1us) / width + 1 <= maximumBuckets; };
    for (const microseconds width : widths) {
        if (fits(width))
            return width;
    }
    microseconds width = widths.back();
    while (!fits(width))
        width *= 2;
    return width;
}

WallTime bucketBegin(WallTime time, std::chrono::microseconds width)
{
    microseconds rest = time.time_since_epoch() % width;
    if (rest < 0us)
        rest += width;
    return time - rest;
}

LatencyTimeline::LatencyTimeline(const TimeRange &range, int maximumBuckets, const StatisticsSettings &settings)
    : m_range(range)
    , m_width(bucketWidth(range, maximumBuckets))
    , m_begin(bucketBegin(range.from, m_width))
    , m_buckets(size_t(bucketsOf(range, m_width)), LatencyStatistics(settings))
{
}

void LatencyTimeline::add(const LatencySample &sample)
{
    if (m_range.contains(sample.completedAt))
        m_buckets[size_t((sample.completedAt - m_begin) / m_width)].add(sample);
}

TimeRange LatencyTimeline::window(size_t bucket) const
{
    const WallTime from = m_begin + m_width * qint64(bucket);
    return {std::max(from, m_range.from), std::min(from + m_width, m_range.to)};
}

} // namespace BitNet
