// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

#include <optional>
#include <span>
#include <vector>

namespace BitNet {

// How the values of B differ from those of A (before/after, model A/model B), and whether by more than chance explains.
//
// The test is Mann–Whitney's U, two-sided: it asks whether a value of B tends to be larger than one of A, and supposes no
// particular distribution, as latencies have none. Up to exactLimit values each without ties the probability is exact;
// otherwise it is the normal approximation, corrected for ties and continuity.
// H. B. Mann, D. R. Whitney, Ann. Math. Statist. 18 (1947); M. Hollander, D. A. Wolfe, "Nonparametric Statistical
// Methods", 2nd ed. 1999, 4.1 (test), 4.2 (estimate), 4.3 (interval).
//
// The values must be independent: jobs that wait for each other in one queue are less so, and p is then too small.
struct RankComparison
{
    qint64 countA = 0;
    qint64 countB = 0;
    double medianA = 0; // nearest rank, as everywhere in the statistics
    double medianB = 0;
    double meanA = 0;
    double meanB = 0;

    double u = 0; // pairs in which B's value is the larger, equal ones counted half
    double largerShare = 0.5; // u as a share of all pairs: how often B is the larger; 0.5 is no difference
    double pValue = 1; // two-sided
    bool isExact = false; // pValue and the interval are exact, no approximation

    // Hodges and Lehmann's estimate of the shift: the median of all differences b − a.
    double shift = 0;
    // The interval that holds the true shift with this confidence (0..1), at least. Nothing when there are too few values.
    double confidence = 0.95;
    std::optional<double> shiftLow = std::nullopt;
    std::optional<double> shiftHigh = std::nullopt;

    double medianDifference() const { return medianB - medianA; }
    double meanDifference() const { return meanB - meanA; }
    bool isMoreThanNoise() const { return pValue < 1 - confidence; }

    static constexpr qint64 exactLimit = 49;
};

// Nothing when one of them is empty. Values must be finite. Costs a sort and about 100 passes over both: a million values
// each take about a second, so not on the ui thread. Any thread.
std::optional<RankComparison> compareRanks(std::vector<double> a, std::vector<double> b, double confidence = 0.95);

// P(U ≤ u) for u = 0 … countA · countB when both come from one distribution without ties. For up to some hundred values.
std::vector<double> mannWhitneyDistribution(qint64 countA, qint64 countB);

// The rank-th smallest (from 1) of all differences b − a. Both ascending and not empty.
double differenceAtRank(std::span<const double> sortedA, std::span<const double> sortedB, qint64 rank);

} // namespace BitNet
