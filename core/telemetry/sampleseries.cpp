// SPDX-License-Identifier: MIT
#include "core/telemetry/sampleseries.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace BitNet {

namespace {

quint8 mark(OutcomeClass outcomeClass, Observation observation)
{
    return quint8(quint8(outcomeClass) | quint8(observation) << 4);
}

OutcomeClass outcomeClassOf(quint8 mark)
{
    return OutcomeClass(mark & 0x0f);
}

Observation observationOf(quint8 mark)
{
    return Observation(mark >> 4);
}

WallTime wallTime(qint64 microseconds)
{
    return WallTime(std::chrono::microseconds(microseconds));
}

qint64 microseconds(WallTime time)
{
    return time.time_since_epoch().count();
}

template<typename T>
void reorder(std::vector<T> &values, const std::vector<qsizetype> &order)
{
    std::vector<T> sorted;
    sorted.reserve(values.size());
    for (const qsizetype index : order)
        sorted.push_back(values[size_t(index)]);
    values = std::move(sorted);
}

template<typename T>
void insert(std::vector<T> &values, qsizetype index, T value)
{
    values.insert(values.begin() + index, value);
}

} // namespace

void SampleSeries::reserve(qsizetype count)
{
    m_times.reserve(size_t(count));
    m_values.reserve(size_t(count));
    m_marks.reserve(size_t(count));
    m_jobs.reserve(size_t(count));
}

void SampleSeries::append(const Sample &sample)
{
    const qint64 time = microseconds(sample.at);
    qsizetype index = size();
    while (index > 0 && m_times[size_t(index - 1)] > time)
        --index;
    insert(m_times, index, time);
    insert(m_values, index, sample.ms);
    insert(m_marks, index, mark(sample.outcomeClass, sample.observation));
    insert(m_jobs, index, sample.job.value);
}

void SampleSeries::append(std::span<const LatencySample> samples, Measure measure)
{
    appendUnsorted(samples, measure, SampleFilter());
    sortByTime();
}

void SampleSeries::append(const SampleSet &samples, Measure measure, const SampleFilter &filter)
{
    for (const auto &chunk : samples.chunks())
        appendUnsorted(*chunk, measure, filter);
    sortByTime();
}

void SampleSeries::appendUnsorted(std::span<const LatencySample> samples, Measure measure, const SampleFilter &filter)
{
    for (const LatencySample &sample : samples) {
        if (sample.observation(measure) == Observation::Absent || !filter.matches(sample))
            continue;
        m_times.push_back(microseconds(sample.completedAt));
        m_values.push_back(sample.value(measure));
        m_marks.push_back(mark(outcomeClass(sample.outcome), sample.observation(measure)));
        m_jobs.push_back(sample.job.value);
    }
}

void SampleSeries::sortByTime()
{
    if (std::is_sorted(m_times.begin(), m_times.end()))
        return;
    std::vector<qsizetype> order(m_times.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [this](qsizetype a, qsizetype b) { return m_times[size_t(a)] < m_times[size_t(b)]; });
    reorder(m_times, order);
    reorder(m_values, order);
    reorder(m_marks, order);
    reorder(m_jobs, order);
}

void SampleSeries::clear()
{
    m_times.clear();
    m_values.clear();
    m_marks.clear();
    m_jobs.clear();
}

SampleSeries::Sample SampleSeries::at(qsizetype index) const
{
    const auto i = size_t(index);
    return {.at = wallTime(m_times[i]),
            .ms = m_values[i],
            .outcomeClass = outcomeClassOf(m_marks[i]),
            .observation = observationOf(m_marks[i]),
            .job = {m_jobs[i]}};
}

std::optional<TimeRange> SampleSeries::timeRange() const
{
    if (isEmpty())
        return std::nullopt;
    return TimeRange{wallTime(m_times.front()), wallTime(m_times.back() + 1)};
}

std::pair<qsizetype, qsizetype> SampleSeries::indices(const TimeRange &range) const
{
    const auto first = std::lower_bound(m_times.begin(), m_times.end(), microseconds(range.from));
    const auto last =
        std::lower_bound(first, m_times.end(), std::max(microseconds(range.to), microseconds(range.from)));
    return {first - m_times.begin(), last - m_times.begin()};
}

std::vector<double> SampleSeries::measuredValues(const TimeRange &range) const
{
    const auto [first, last] = indices(range);
    std::vector<double> values;
    for (auto i = size_t(first); i < size_t(last); ++i) {
        if (observationOf(m_marks[i]) == Observation::Measured)
            values.push_back(m_values[i]);
    }
    return values;
}

std::vector<SampleSeries::PixelColumn> SampleSeries::decimate(const TimeRange &range, int columns) const
{
    Q_ASSERT(columns >= 1);
    std::vector<PixelColumn> result(static_cast<size_t>(columns));
    auto [next, last] = indices(range);
    const double length = double(range.length().count());

    const auto keepLarger = [this](qsizetype &kept, qsizetype index) {
        if (kept < 0 || m_values[size_t(index)] > m_values[size_t(kept)])
            kept = index;
    };
    for (int i = 0; i < columns; ++i) {
        PixelColumn &column = result[size_t(i)];
        const double end = double(microseconds(range.from)) + length * (i + 1) / columns;
        column.first = next;
        for (; next < last && (i + 1 == columns || double(m_times[size_t(next)]) < end); ++next) {
            const OutcomeClass outcome = outcomeClassOf(m_marks[size_t(next)]);
            ++column.counts[size_t(outcome)];
            switch (outcome) {
            case OutcomeClass::Completed:
                keepLarger(column.largest, next);
                if (column.smallest < 0 || m_values[size_t(next)] < m_values[size_t(column.smallest)])
                    column.smallest = next;
                break;
            case OutcomeClass::Failed:
                keepLarger(column.largestFailed, next);
                break;
            case OutcomeClass::TimedOut:
                keepLarger(column.largestTimedOut, next);
                break;
            case OutcomeClass::Cancelled:
                break;
            }
        }
        column.count = next - column.first;
    }
    return result;
}

std::vector<qsizetype> SampleSeries::visible(const TimeRange &range, int columns) const
{
    std::vector<qsizetype> kept;
    for (const PixelColumn &column : decimate(range, columns)) {
        std::array indices = {column.smallest, column.largest, column.largestFailed, column.largestTimedOut};
        std::sort(indices.begin(), indices.end());
        for (const qsizetype index : indices) {
            if (index >= 0 && (kept.empty() || kept.back() != index))
                kept.push_back(index);
        }
    }
    return kept;
}

std::optional<qsizetype> SampleSeries::nearest(WallTime at, double ms, const PixelSize &pixel,
                                               double maximumPixels) const
{
    const auto height = [&](double value) {
        return pixel.axis == ValueAxis::Linear ? value / pixel.value : std::log10(std::max(value, 1e-6)) / pixel.value;
    };
    // Only what is near enough in time is looked at.
    const double reach = std::min(maximumPixels * pixel.microseconds, 9e15); // a few centuries
    const auto reachTime = std::chrono::microseconds(qint64(std::ceil(reach)));
    const auto [first, last] = indices({at - reachTime, at + reachTime + std::chrono::microseconds(1)});

    std::optional<qsizetype> best;
    double bestSquare = maximumPixels * maximumPixels;
    for (qsizetype i = first; i < last; ++i) {
        const double x = double(m_times[size_t(i)] - microseconds(at)) / pixel.microseconds;
        const double y = height(m_values[size_t(i)]) - height(ms);
        const double square = x * x + y * y;
        if (square < bestSquare || (!best && square <= bestSquare)) {
            bestSquare = square;
            best = i;
        }
    }
    return best;
}

} // namespace BitNet
