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

namespace {

// Collects the points of one column after the other; both decimated() go through it.
class Decimator
{
public:
    Decimator(double first, double last, int columns)
        : m_first(first)
        , m_width((last - first) / columns)
        , m_columns(columns)
    {
        m_result.reserve(qsizetype(columns) * 4);
    }

    void add(const QPointF &point)
    {
        const int column = m_width > 0 ? std::min(m_columns - 1, static_cast<int>((point.x() - m_first) / m_width)) : 0;
        if (column != m_column) {
            close();
            m_column = column;
            m_begin = m_lowest = m_highest = point;
        } else if (point.y() < m_lowest.y()) {
            m_lowest = point;
        } else if (point.y() > m_highest.y()) {
            m_highest = point;
        }
        m_end = point;
    }

    QList<QPointF> result()
    {
        close();
        return m_result;
    }

private:
    void close()
    {
        if (m_column < 0)
            return;
        std::array<QPointF, 4> chosen = {m_begin, m_lowest, m_highest, m_end};
        if (m_highest.x() < m_lowest.x())
            std::swap(chosen[1], chosen[2]);
        for (auto it = chosen.begin(), end = std::unique(chosen.begin(), chosen.end()); it != end; ++it)
            m_result.append(*it);
    }

    const double m_first;
    const double m_width;
    const int m_columns;
    int m_column = -1;
    QPointF m_begin;
    QPointF m_lowest;
    QPointF m_highest;
    QPointF m_end;
    QList<QPointF> m_result;
};

} // namespace

QList<QPointF> decimated(const QList<QPointF> &points, int columns)
{
    if (columns < 1 || points.size() <= qsizetype(columns) * 4)
        return points;
    Decimator decimator(points.first().x(), points.last().x(), columns);
    for (const QPointF &point : points)
        decimator.add(point);
    return decimator.result();
}

QList<QPointF> decimated(const QList<LatencySample> &samples, Measure measure, double unit, int columns,
                         bool onlyFailed)
{
    const auto isWanted = [measure, onlyFailed](const LatencySample &sample) {
        return (sample.failed || !onlyFailed) && !std::isnan(sample.value(measure));
    };
    const auto point = [measure, unit](const LatencySample &sample) {
        return QPointF(static_cast<double>(sample.completedMs), sample.value(measure) / unit);
    };
    if (samples.size() <= qsizetype(columns) * 4) {
        QList<QPointF> all;
        for (const LatencySample &sample : samples) {
            if (isWanted(sample))
                all.append(point(sample));
        }
        return all;
    }
    Decimator decimator(static_cast<double>(samples.first().completedMs),
                        static_cast<double>(samples.last().completedMs), columns);
    for (const LatencySample &sample : samples) {
        if (isWanted(sample))
            decimator.add(point(sample));
    }
    return decimator.result();
}

} // namespace BitNet
