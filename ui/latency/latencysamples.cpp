// SPDX-License-Identifier: MIT
#include "ui/latency/latencysamples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace BitNet {

static double milliseconds(const std::optional<std::chrono::nanoseconds> &duration)
{
    return duration ? static_cast<double>(duration->count()) / 1e6 : std::numeric_limits<double>::quiet_NaN();
}

std::optional<LatencySample> LatencySample::of(const JobRecord &record)
{
    if (!record.isFinished() || !record.completed)
        return std::nullopt;
    LatencySample sample;
    sample.id = record.id;
    sample.completedMs =
        std::chrono::floor<std::chrono::milliseconds>(record.completed->wall).time_since_epoch().count();
    sample.failed = record.isFailure();
    sample.values[static_cast<size_t>(Measure::RunTime)] = milliseconds(record.runTime());
    sample.values[static_cast<size_t>(Measure::QueueWait)] = milliseconds(record.queueWait());
    sample.values[static_cast<size_t>(Measure::Latency)] = milliseconds(record.latency());
    sample.values[static_cast<size_t>(Measure::FirstToken)] = milliseconds(record.ttft);
    return sample;
}

LatencyFigures LatencyFigures::over(const QList<LatencySample> &samples, Measure measure)
{
    std::vector<double> values;
    values.reserve(static_cast<size_t>(samples.size()));
    for (const LatencySample &sample : samples) {
        if (!std::isnan(sample.value(measure)))
            values.push_back(sample.value(measure));
    }
    LatencyFigures figures;
    if (values.empty())
        return figures;
    std::sort(values.begin(), values.end());
    const auto count = static_cast<double>(values.size());
    const auto percentile = [&values, count](double percent) {
        const auto rank = static_cast<size_t>(std::ceil(percent / 100 * count));
        return values[std::max<size_t>(rank, 1) - 1];
    };
    figures.count = static_cast<qsizetype>(values.size());
    figures.mean = std::accumulate(values.cbegin(), values.cend(), 0.0) / count;
    figures.p50 = percentile(50);
    figures.p90 = percentile(90);
    figures.p95 = percentile(95);
    figures.p99 = percentile(99);
    figures.maximum = values.back();
    return figures;
}

QList<QPointF> decimated(const QList<QPointF> &points, int columns)
{
    if (columns < 1 || points.size() <= qsizetype(columns) * 4)
        return points;
    const double first = points.first().x();
    const double width = (points.last().x() - first) / columns;
    QList<QPointF> result;
    result.reserve(qsizetype(columns) * 4);
    const auto columnOf = [first, width, columns](const QPointF &point) {
        return width > 0 ? std::min(columns - 1, static_cast<int>((point.x() - first) / width)) : 0;
    };
    for (qsizetype i = 0; i < points.size();) {
        const int column = columnOf(points[i]);
        const qsizetype from = i;
        qsizetype lowest = i;
        qsizetype highest = i;
        for (; i < points.size() && columnOf(points[i]) == column; ++i) {
            if (points[i].y() < points[lowest].y())
                lowest = i;
            if (points[i].y() > points[highest].y())
                highest = i;
        }
        std::array<qsizetype, 4> chosen = {from, lowest, highest, i - 1};
        std::sort(chosen.begin(), chosen.end());
        for (auto it = chosen.begin(), end = std::unique(chosen.begin(), chosen.end()); it != end; ++it)
            result.append(points[*it]);
    }
    return result;
}

} // namespace BitNet
