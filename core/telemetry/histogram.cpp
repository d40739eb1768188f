// SPDX-License-Identifier: MIT
#include "core/telemetry/histogram.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace BitNet {

namespace {

// The bound with this number, from the smallest value's bucket on, on a grid that does not depend on the values.
class Grid
{
public:
    Grid(HistogramScale scale, double smallest, double largest, int maximumBuckets)
        : m_scale(scale)
    {
        if (scale == HistogramScale::Linear)
            chooseWidth(smallest, largest, maximumBuckets);
        else
            chooseRatio(smallest, largest, maximumBuckets);
    }

    double bound(qint64 index) const
    {
        if (m_scale == HistogramScale::Linear)
            return double(index) * m_mantissa * std::pow(10.0, m_exponent);
        // Split so that the decades' ends are exact.
        const qint64 decade = qint64(std::floor(double(index) / double(m_perDecade)));
        const double within = double(index - decade * m_perDecade) / double(m_perDecade);
        return std::pow(10.0, double(decade)) * std::pow(10.0, within);
    }

    qint64 indexOf(double value) const
    {
        const double position = m_scale == HistogramScale::Linear
            ? value / (m_mantissa * std::pow(10.0, m_exponent))
            : std::log10(std::max(value, QuantileSketch::smallestValue)) * double(m_perDecade);
        // Rounding may put a value that is a bound on its wrong side.
        qint64 index = qint64(std::floor(position));
        if (value >= bound(index + 1))
            ++index;
        else if (value < bound(index) && value >= QuantileSketch::smallestValue)
            --index;
        return index;
    }

private:
    static constexpr std::array<int, 3> steps = {1, 2, 5};

    qint64 bucketsFor(double smallest, double largest) const
    {
        qint64 last = indexOf(largest);
        const qint64 first = indexOf(smallest);
        if (last > first && largest == bound(last))
            --last; // the last bucket includes its upper end
        return last - first + 1;
    }

    void chooseWidth(double smallest, double largest, int maximumBuckets)
    {
        const double range =
            largest > smallest ? std::max(largest - smallest, largest * 1e-9) : std::max(largest, 1e-3);
        m_exponent = int(std::floor(std::log10(range / maximumBuckets))) - 1;
        for (size_t i = 0;; i = (i + 1) % steps.size()) {
            m_mantissa = steps[i];
            if (bucketsFor(smallest, largest) <= maximumBuckets)
                return;
            if (i + 1 == steps.size())
                ++m_exponent;
        }
    }

    void chooseRatio(double smallest, double largest, int maximumBuckets)
    {
        for (const int perDecade : {50, 20, 10, 5, 2, 1}) {
            m_perDecade = perDecade;
            if (bucketsFor(smallest, largest) <= maximumBuckets)
                return;
        }
    }

    HistogramScale m_scale;
    int m_mantissa = 1;
    int m_exponent = 0;
    qint64 m_perDecade = 1;
};

} // namespace

std::vector<HistogramBucket> histogram(const LatencyDistribution &distribution, HistogramScale scale,
                                       int maximumBuckets)
{
    Q_ASSERT(maximumBuckets >= 1);
    const std::vector<WeightedValue> measured = distribution.measuredValues();
    const std::vector<WeightedValue> censored = distribution.censoredValues();
    if (measured.empty() && censored.empty())
        return {};

    // Of a sketch, the ends of what its buckets stand for: within the error of the true ones.
    double smallest = std::numeric_limits<double>::infinity();
    double largest = 0;
    for (const std::vector<WeightedValue> *values : {&measured, &censored}) {
        if (!values->empty()) {
            smallest = std::min(smallest, values->front().value);
            largest = std::max(largest, values->back().value);
        }
    }

    const Grid grid(scale, smallest, largest, maximumBuckets);
    const qint64 first = grid.indexOf(smallest);
    qint64 last = grid.indexOf(largest);
    if (last > first && largest == grid.bound(last))
        --last;
    // Twenty decades can't be had in fewer buckets than decades: the last one takes what lies beyond.
    last = std::min(last, first + maximumBuckets - 1);

    std::vector<HistogramBucket> buckets;
    for (qint64 i = first; i <= last; ++i)
        buckets.push_back({.from = grid.bound(i), .to = grid.bound(i + 1)});
    buckets.back().to = std::max(buckets.back().to, largest);
    const auto bucketOf = [&](double value) -> HistogramBucket & {
        return buckets[size_t(std::clamp(grid.indexOf(value), first, last) - first)];
    };
    for (const auto &[value, count] : measured)
        bucketOf(value).count += count;
    for (const auto &[value, count] : censored)
        bucketOf(value).censored += count;
    return buckets;
}

} // namespace BitNet
