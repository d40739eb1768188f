// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

#include <optional>
#include <vector>

namespace BitNet {

// A value that stands for count values.
struct WeightedValue
{
    double value = 0;
    qint64 count = 0;

    friend bool operator==(const WeightedValue &, const WeightedValue &) = default;
};

// Quantiles of any number of values ≥ 0 in a bounded space, to a relative accuracy α: whatever the distribution, the value
// given for a rank differs from the value that truly has this rank by at most α times the true one. Values below
// smallestValue count as zero. Nothing is ever collapsed, so the bound holds for every rank: at α = 0.5 % the span from
// 1 ns to 10 years takes 4 200 buckets. Merging is exact: a merged sketch is the one that had seen all the values.
//
// DDSketch: C. Masson, J. E. Rim, H. K. Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error
// Guarantees", PVLDB 12(12), 2019, https://arxiv.org/abs/1908.10693. Buckets (γ^(i−1), γ^i], γ = (1 + α)/(1 − α).
//
// Const members may be called from several threads at once.
class QuantileSketch
{
public:
    // 0 < relativeAccuracy < 1.
    explicit QuantileSketch(double relativeAccuracy);

    // The value must be finite and not negative.
    void add(double value, qint64 count = 1);
    // Both must have the same relative accuracy.
    void merge(const QuantileSketch &other);

    qint64 count() const { return m_count; }
    double relativeAccuracy() const { return m_relativeAccuracy; }

    // The rank-th smallest value (from 1). Nothing when there is no such rank.
    std::optional<double> valueAtRank(qint64 rank) const;
    // What the buckets stand for, ascending, without empty ones.
    std::vector<WeightedValue> weightedValues() const;

    static constexpr double smallestValue = 1e-6;

private:
    int indexOf(double value) const;
    double valueOf(int index) const;
    qint64 &bucket(int index);

    double m_relativeAccuracy;
    double m_logGamma;
    int m_firstIndex = 0; // of m_buckets' first
    std::vector<qint64> m_buckets;
    qint64 m_zeros = 0;
    qint64 m_count = 0;
};

} // namespace BitNet
