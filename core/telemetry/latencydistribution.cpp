// SPDX-License-Identifier: MIT
#include "core/telemetry/latencydistribution.h"

#include <algorithm>
#include <cmath>

namespace BitNet {

namespace {

// Thins a curve to at most maximumPoints, its first and last kept; close together where the curve nears 1, so that the
// tail keeps its shape.
std::vector<CumulativePoint> thinned(const std::vector<CumulativePoint> &points, int maximumPoints)
{
    Q_ASSERT(maximumPoints >= 2);
    if (points.size() <= size_t(maximumPoints))
        return points;

    // Half of the points evenly by share, the other half by the logarithm of what is left above it.
    std::vector<double> wanted;
    const int half = maximumPoints / 2;
    for (int i = 0; i < half; ++i)
        wanted.push_back(double(i) / half);
    const double span = std::log(double(points.size()));
    for (int i = 0; i < maximumPoints - half - 1; ++i)
        wanted.push_back(1 - std::exp(-span * (i + 1) / (maximumPoints - half)));
    std::sort(wanted.begin(), wanted.end());

    const double top = points.back().share;
    std::vector<CumulativePoint> kept;
    auto next = points.begin();
    for (const double share : wanted) {
        const auto it = std::partition_point(next, points.end(),
                                             [&](const CumulativePoint &point) { return point.share < share * top; });
        if (it == points.end())
            break;
        if (!kept.empty() && it < next)
            continue;
        kept.push_back(*it);
        next = it + 1;
        if (next == points.end())
            return kept;
    }
    kept.push_back(points.back());
    return kept;
}

} // namespace

qint64 nearestRank(double share, qint64 count)
{
    // Forgives the rounding of the product: 0.07 · 100 is a little more than 7.
    const double rank = std::ceil(share * double(count) * (1 - 1e-12));
    return std::clamp(qint64(rank), qint64(1), std::max(count, qint64(1)));
}

void LatencyDistribution::Store::add(double value)
{
    if (Values *values = std::get_if<Values>(&m_content)) {
        if (qint64(values->size()) < m_settings.exactLimit) {
            values->push_back(value);
            return;
        }
    }
    sketch().add(value);
}

void LatencyDistribution::Store::merge(const Store &other)
{
    Q_ASSERT(m_settings == other.m_settings);
    if (const QuantileSketch *theirs = std::get_if<QuantileSketch>(&other.m_content)) {
        sketch().merge(*theirs);
        return;
    }
    const Values added = std::get<Values>(other.m_content); // a copy: other may be this
    for (const double value : added)
        add(value);
}

qint64 LatencyDistribution::Store::count() const
{
    if (const Values *values = std::get_if<Values>(&m_content))
        return qint64(values->size());
    return std::get<QuantileSketch>(m_content).count();
}

QuantileSketch &LatencyDistribution::Store::sketch()
{
    if (isExact())
        m_content = asSketch();
    return std::get<QuantileSketch>(m_content);
}

QuantileSketch LatencyDistribution::Store::asSketch() const
{
    if (const QuantileSketch *sketch = std::get_if<QuantileSketch>(&m_content))
        return *sketch;
    QuantileSketch sketch(m_settings.relativeAccuracy);
    for (const double value : std::get<Values>(m_content))
        sketch.add(value);
    return sketch;
}

std::vector<WeightedValue> LatencyDistribution::Store::weightedValues() const
{
    if (const QuantileSketch *sketch = std::get_if<QuantileSketch>(&m_content))
        return sketch->weightedValues();
    Values sorted = std::get<Values>(m_content);
    std::sort(sorted.begin(), sorted.end());
    std::vector<WeightedValue> weighted;
    for (const double value : sorted) {
        if (!weighted.empty() && weighted.back().value == value)
            ++weighted.back().count;
        else
            weighted.push_back({value, 1});
    }
    return weighted;
}

std::vector<double> LatencyDistribution::Store::valuesAtRanks(std::span<const qint64> ranks) const
{
    std::vector<double> found;
    found.reserve(ranks.size());
    if (const QuantileSketch *sketch = std::get_if<QuantileSketch>(&m_content)) {
        for (const qint64 rank : ranks)
            found.push_back(sketch->valueAtRank(rank).value_or(0));
        return found;
    }
    Values sorted = std::get<Values>(m_content);
    std::sort(sorted.begin(), sorted.end());
    for (const qint64 rank : ranks)
        found.push_back(sorted[size_t(rank - 1)]);
    return found;
}

LatencyDistribution::LatencyDistribution(const DistributionSettings &settings)
    : m_measured(settings)
    , m_censored(settings)
{
}

void LatencyDistribution::add(double ms)
{
    Q_ASSERT(std::isfinite(ms) && ms >= 0);
    m_minimum = isEmpty() ? ms : std::min(m_minimum, ms);
    m_maximum = isEmpty() ? ms : std::max(m_maximum, ms);
    m_measured.add(ms);
    const double difference = ms - m_mean;
    m_mean += difference / double(count());
    m_squares += difference * (ms - m_mean);
}

void LatencyDistribution::addCensored(double ms)
{
    Q_ASSERT(std::isfinite(ms) && ms >= 0);
    m_censored.add(ms);
}

void LatencyDistribution::add(Observation observation, double ms)
{
    switch (observation) {
    case Observation::Absent:
        break;
    case Observation::Measured:
        add(ms);
        break;
    case Observation::Censored:
        addCensored(ms);
        break;
    case Observation::Apart:
        addApart();
        break;
    }
}

void LatencyDistribution::merge(const LatencyDistribution &other)
{
    const double ours = double(count());
    const double theirs = double(other.count());
    if (theirs > 0) {
        const double difference = other.m_mean - m_mean;
        m_minimum = isEmpty() ? other.m_minimum : std::min(m_minimum, other.m_minimum);
        m_maximum = isEmpty() ? other.m_maximum : std::max(m_maximum, other.m_maximum);
        m_squares += other.m_squares + difference * difference * ours * theirs / (ours + theirs);
        m_mean += difference * theirs / (ours + theirs);
    }
    m_apart += other.m_apart;
    m_measured.merge(other.m_measured);
    m_censored.merge(other.m_censored);
}

std::optional<double> LatencyDistribution::mean() const
{
    return isEmpty() ? std::nullopt : std::optional(m_mean);
}

std::optional<double> LatencyDistribution::standardDeviation() const
{
    return count() < 2 ? std::nullopt : std::optional(std::sqrt(m_squares / double(count() - 1)));
}

std::optional<double> LatencyDistribution::minimum() const
{
    return isEmpty() ? std::nullopt : std::optional(m_minimum);
}

std::optional<double> LatencyDistribution::maximum() const
{
    return isEmpty() ? std::nullopt : std::optional(m_maximum);
}

double LatencyDistribution::relativeErrorBound() const
{
    return m_measured.isExact() && m_censored.isExact() ? 0 : m_measured.settings().relativeAccuracy;
}

std::optional<double> LatencyDistribution::quantile(double share) const
{
    return quantiles(std::span(&share, 1)).front();
}

std::vector<std::optional<double>> LatencyDistribution::quantiles(std::span<const double> shares) const
{
    if (isEmpty())
        return std::vector<std::optional<double>>(shares.size());
    std::vector<qint64> ranks;
    ranks.reserve(shares.size());
    for (const double share : shares)
        ranks.push_back(nearestRank(share, count()));
    std::vector<std::optional<double>> found;
    found.reserve(shares.size());
    // The true value lies within the two ends, which are known exactly.
    for (const double value : m_measured.valuesAtRanks(ranks))
        found.emplace_back(std::clamp(value, m_minimum, m_maximum));
    return found;
}

std::vector<std::optional<double>> LatencyDistribution::quantilesWithCensored(std::span<const double> shares) const
{
    if (censored() == 0)
        return quantiles(shares);
    const SurvivalCurve curve = survivalCurve();
    std::vector<std::optional<double>> found;
    found.reserve(shares.size());
    for (const double share : shares) {
        const std::optional<double> value = curve.quantile(share);
        found.push_back(value ? std::optional(std::clamp(*value, m_minimum, m_maximum)) : std::nullopt);
    }
    return found;
}

SurvivalCurve LatencyDistribution::survivalCurve() const
{
    if (m_measured.isExact() == m_censored.isExact())
        return {measuredValues(), censoredValues()};
    // On one grid, so that values that are close keep their order.
    return {m_measured.asSketch().weightedValues(), m_censored.asSketch().weightedValues()};
}

LatencySummary LatencyDistribution::summary() const
{
    LatencySummary summary;
    summary.count = count();
    summary.censored = censored();
    summary.apart = apart();
    summary.mean = mean();
    summary.standardDeviation = standardDeviation();
    summary.minimum = minimum();
    summary.maximum = maximum();
    std::ranges::copy(quantiles(summaryShares), summary.percentiles.begin());
    std::ranges::copy(censored() == 0 ? std::vector(summary.percentiles.begin(), summary.percentiles.end())
                                      : quantilesWithCensored(summaryShares),
                      summary.percentilesWithCensored.begin());
    summary.relativeErrorBound = relativeErrorBound();
    return summary;
}

std::vector<CumulativePoint> LatencyDistribution::cumulative(int maximumPoints) const
{
    std::vector<CumulativePoint> points;
    qint64 below = 0;
    for (const auto &[value, count] : measuredValues()) {
        below += count;
        points.push_back({std::clamp(value, m_minimum, m_maximum), double(below) / double(this->count())});
    }
    return thinned(points, maximumPoints);
}

std::vector<CumulativePoint> LatencyDistribution::cumulativeWithCensored(int maximumPoints) const
{
    std::vector<CumulativePoint> points;
    const SurvivalCurve curve = survivalCurve();
    for (const auto &[value, surviving] : curve.steps())
        points.push_back({std::clamp(value, m_minimum, m_maximum), 1 - surviving});
    return thinned(points, maximumPoints);
}

} // namespace BitNet
