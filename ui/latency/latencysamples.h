// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QList>
#include <QPointF>

#include <array>
#include <optional>

namespace BitNet {

// What can be measured of a finished job.
enum class Measure { RunTime, QueueWait, Latency, FirstToken };
inline constexpr std::array allMeasures = {Measure::RunTime, Measure::QueueWait, Measure::Latency, Measure::FirstToken};

// A finished job as the charts need it. Milliseconds; NaN where a measure is absent.
struct LatencySample
{
    JobId id = {};
    qint64 completedMs = 0; // since the epoch, UTC
    std::array<double, allMeasures.size()> values = {};
    bool failed = false; // JobRecord::isFailure

    double value(Measure measure) const { return values[static_cast<size_t>(measure)]; }
    // Nothing unless the job is finished.
    static std::optional<LatencySample> of(const JobRecord &record);
};

// Figures over one measure, in milliseconds. Percentiles by nearest rank: the smallest value that at least p percent of the
// samples do not exceed.
struct LatencyFigures
{
    qsizetype count = 0;
    double mean = 0;
    double p50 = 0;
    double p90 = 0;
    double p95 = 0;
    double p99 = 0;
    double maximum = 0;

    // Absent values are left out. All zero when nothing is left.
    static LatencyFigures over(const QList<LatencySample> &samples, Measure measure);
    friend bool operator==(const LatencyFigures &, const LatencyFigures &) = default;
};

// At most four points for each of columns equal parts of the x range: the first, the lowest, the highest and the last of
// each, in order of x. Looks the same as all points when a column is a pixel. points must be sorted by x; the result
// holds points of the input only, all of them when they are few.
QList<QPointF> decimated(const QList<QPointF> &points, int columns);

// The same over one measure of samples that are sorted by completedMs, without a list of all points in between; values are
// divided by unit. onlyFailed leaves out the samples that have not failed.
QList<QPointF> decimated(const QList<LatencySample> &samples, Measure measure, double unit, int columns,
                         bool onlyFailed = false);

} // namespace BitNet
