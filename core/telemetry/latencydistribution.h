// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencysample.h"
#include "core/telemetry/quantilesketch.h"
#include "core/telemetry/survivalcurve.h"

#include <array>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace BitNet {

struct DistributionSettings
{
    // Up to so many values all are kept and every figure is exact; beyond, quantiles come from a QuantileSketch.
    qint64 exactLimit = 50'000;
    // The bound of the relative error of a quantile beyond exactLimit.
    double relativeAccuracy = 0.005;

    friend bool operator==(const DistributionSettings &, const DistributionSettings &) = default;
};

// The shares of LatencySummary::percentiles.
inline constexpr std::array<double, 6> summaryShares = {0.5, 0.75, 0.9, 0.95, 0.99, 0.999};

// The figures of one measure, in milliseconds. Without measured values only the counts mean something.
struct LatencySummary
{
    qint64 count = 0; // measured
    qint64 censored = 0; // reached their limit: the true value is larger than the limit, and not among the percentiles
    qint64 apart = 0; // ended in another way
    std::optional<double> mean = std::nullopt;
    std::optional<double> standardDeviation = std::nullopt; // of the sample (n − 1); from two values on
    std::optional<double> minimum = std::nullopt;
    std::optional<double> maximum = std::nullopt;
    std::array<std::optional<double>, summaryShares.size()> percentiles = {}; // at summaryShares, of measured values
    // At summaryShares, with what the censored ones tell (Kaplan–Meier); nothing where the share lies beyond all that
    // was measured. The same as percentiles when nothing was censored.
    std::array<std::optional<double>, summaryShares.size()> percentilesWithCensored = {};
    // Of the percentiles; 0: exact. The Kaplan–Meier ones are then those of values each moved by no more than this.
    double relativeErrorBound = 0;

    friend bool operator==(const LatencySummary &, const LatencySummary &) = default;
};

struct CumulativePoint
{
    double ms = 0;
    double share = 0; // of the values that are at most ms, 0..1
};

// The distribution of one measure: values in milliseconds, ≥ 0 and finite.
//
// Mean and standard deviation are kept by Welford's recurrence and merged by Chan's, and are exact but for rounding; so are
// count, minimum and maximum. A quantile is the value of nearest rank (the ⌈q·n⌉-th smallest; type 1 of Hyndman & Fan 1996):
// always one that was measured. Past the exact limit it is off by at most relativeErrorBound() times its value.
//
// Const members may be called from several threads at once.
class LatencyDistribution
{
public:
    explicit LatencyDistribution(const DistributionSettings &settings = {});

    void add(double ms);
    void addCensored(double ms);
    void addApart() { ++m_apart; }
    void add(Observation observation, double ms);
    // Both must have the same settings. The same quantiles as if this one had seen everything.
    void merge(const LatencyDistribution &other);

    qint64 count() const { return m_measured.count(); }
    qint64 censored() const { return m_censored.count(); }
    qint64 apart() const { return m_apart; }
    bool isEmpty() const { return count() == 0; }
    std::optional<double> mean() const;
    std::optional<double> standardDeviation() const;
    std::optional<double> minimum() const;
    std::optional<double> maximum() const;
    double relativeErrorBound() const;

    // For a share of 0..1. Nothing without values. Several at once cost one sort.
    std::optional<double> quantile(double share) const;
    std::vector<std::optional<double>> quantiles(std::span<const double> shares) const;
    // The Kaplan–Meier estimate: a censored value counts as "at least so long", which is right when limits do not depend on
    // how long the job would have taken. E. L. Kaplan, P. Meier, JASA 53 (1958).
    std::vector<std::optional<double>> quantilesWithCensored(std::span<const double> shares) const;

    LatencySummary summary() const;

    // At most maximumPoints (≥ 2) points of the cumulative curve, from the first value to the last.
    std::vector<CumulativePoint> cumulative(int maximumPoints) const;
    // As above by the Kaplan–Meier estimate: ends below 1 when the longest values are censored.
    std::vector<CumulativePoint> cumulativeWithCensored(int maximumPoints) const;

    // Measured and censored values, ascending; of a sketch: what its buckets stand for.
    std::vector<WeightedValue> measuredValues() const { return m_measured.weightedValues(); }
    std::vector<WeightedValue> censoredValues() const { return m_censored.weightedValues(); }

private:
    // All values until there are too many, then a sketch of them.
    class Store
    {
    public:
        explicit Store(const DistributionSettings &settings)
            : m_settings(settings)
        {
        }
        void add(double value);
        void merge(const Store &other);
        qint64 count() const;
        bool isExact() const { return std::holds_alternative<Values>(m_content); }
        std::vector<WeightedValue> weightedValues() const;
        // Ranks from 1, ascending or not.
        std::vector<double> valuesAtRanks(std::span<const qint64> ranks) const;
        QuantileSketch asSketch() const;
        const DistributionSettings &settings() const { return m_settings; }

    private:
        using Values = std::vector<double>;
        QuantileSketch &sketch();

        DistributionSettings m_settings;
        std::variant<Values, QuantileSketch> m_content;
    };

    SurvivalCurve survivalCurve() const;

    Store m_measured;
    Store m_censored;
    qint64 m_apart = 0;
    double m_mean = 0;
    double m_squares = 0; // sum of squared differences from the mean
    double m_minimum = 0;
    double m_maximum = 0;
};

// The rank, from 1, of the value below or at which this share of count values lies: ⌈share·count⌉, at least 1.
qint64 nearestRank(double share, qint64 count);

} // namespace BitNet
