// SPDX-License-Identifier: MIT
#include "core/telemetry/rankcomparison.h"

#include "core/telemetry/latencydistribution.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace BitNet {

namespace {

double meanOf(const std::vector<double> &values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

double medianOf(const std::vector<double> &sorted)
{
    return sorted[size_t(nearestRank(0.5, qint64(sorted.size())) - 1)];
}

struct RankSum
{
    double u = 0; // pairs with b > a, equal ones half
    double tieTerm = 0; // sum of t³ − t over groups of t equal values
};

RankSum rankSum(const std::vector<double> &a, const std::vector<double> &b)
{
    RankSum sum;
    size_t i = 0;
    size_t j = 0;
    while (i < a.size() || j < b.size()) {
        const double value = j == b.size() || (i < a.size() && a[i] < b[j]) ? a[i] : b[j];
        const size_t below = i;
        const size_t firstB = j;
        while (i < a.size() && a[i] == value)
            ++i;
        while (j < b.size() && b[j] == value)
            ++j;
        const double equalA = double(i - below);
        const double equalB = double(j - firstB);
        sum.u += equalB * (double(below) + equalA / 2);
        const double equal = equalA + equalB;
        sum.tieTerm += equal * equal * equal - equal;
    }
    return sum;
}

// P(|Z| ≥ z) of the standard normal distribution.
double twoSided(double z)
{
    return std::erfc(z / std::numbers::sqrt2);
}

double twoSidedQuantile(double probability)
{
    double low = 0;
    double high = 40;
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (twoSided(middle) > probability ? low : high) = middle;
    }
    return high;
}

// Doubles as integers in the same order.
qint64 ordered(double value)
{
    const auto bits = std::bit_cast<qint64>(value);
    return bits >= 0 ? bits : std::numeric_limits<qint64>::min() - bits;
}

double fromOrdered(qint64 number)
{
    return std::bit_cast<double>(number >= 0 ? number : std::numeric_limits<qint64>::min() - number);
}

qint64 differencesUpTo(std::span<const double> a, std::span<const double> b, double limit)
{
    // As a grows, so does the number of b for which b − a is within the limit: one walk through both.
    qint64 count = 0;
    size_t j = 0;
    for (const double value : a) {
        while (j < b.size() && b[j] - value <= limit)
            ++j;
        count += qint64(j);
    }
    return count;
}

std::vector<double> differencesBetween(std::span<const double> a, std::span<const double> b, double low, double high)
{
    std::vector<double> differences;
    size_t first = 0;
    for (const double value : a) {
        while (first < b.size() && b[first] - value <= low)
            ++first;
        for (size_t j = first; j < b.size() && b[j] - value <= high; ++j)
            differences.push_back(b[j] - value);
    }
    return differences;
}

double smallestDifferenceAbove(std::span<const double> a, std::span<const double> b, double limit)
{
    double smallest = std::numeric_limits<double>::infinity();
    size_t j = 0;
    for (const double value : a) {
        while (j < b.size() && b[j] - value <= limit)
            ++j;
        if (j == b.size())
            break;
        smallest = std::min(smallest, b[j] - value);
    }
    return smallest;
}

double medianDifference(std::span<const double> a, std::span<const double> b)
{
    const qint64 pairs = qint64(a.size()) * qint64(b.size());
    const double lower = differenceAtRank(a, b, (pairs + 1) / 2);
    if (pairs % 2 == 1 || differencesUpTo(a, b, lower) > pairs / 2)
        return lower;
    return (lower + smallestDifferenceAbove(a, b, lower)) / 2;
}

} // namespace

double differenceAtRank(std::span<const double> sortedA, std::span<const double> sortedB, qint64 rank)
{
    // Closes in on the wanted difference from both sides until so few are left between that they can be listed.
    // Halving the values is quick, halving the doubles between them ends for sure: by turns.
    const qint64 listable = qint64(sortedA.size() + sortedB.size());
    double low = std::nextafter(sortedB.front() - sortedA.back(), -std::numeric_limits<double>::infinity()); // excluded
    double high = sortedB.back() - sortedA.front(); // included
    qint64 upToLow = 0;
    qint64 upToHigh = qint64(sortedA.size()) * qint64(sortedB.size());
    for (bool halvesValues = true; upToHigh - upToLow > listable; halvesValues = !halvesValues) {
        double middle =
            halvesValues ? std::midpoint(low, high) : fromOrdered(std::midpoint(ordered(low), ordered(high)));
        if (middle >= high)
            middle = std::nextafter(high, low);
        if (middle <= low)
            return high; // the only double that is left
        const qint64 upToMiddle = differencesUpTo(sortedA, sortedB, middle);
        (upToMiddle >= rank ? high : low) = middle;
        (upToMiddle >= rank ? upToHigh : upToLow) = upToMiddle;
    }
    std::vector<double> between = differencesBetween(sortedA, sortedB, low, high);
    const auto wanted = between.begin() + (rank - upToLow - 1);
    std::nth_element(between.begin(), wanted, between.end());
    return *wanted;
}

std::vector<double> mannWhitneyDistribution(qint64 countA, qint64 countB)
{
    // P(i, j; u) = i/(i+j) · P(i−1, j; u−j) + j/(i+j) · P(i, j−1; u): by whether the largest value is one of A's i, which
    // exceeds all of B's j. Sums of positive terms only, so nothing is lost to cancellation.
    const auto size = size_t(countA * countB + 1);
    std::vector<std::vector<double>> row(size_t(countB + 1), std::vector<double>{1});
    for (qint64 i = 1; i <= countA; ++i) {
        row[0] = {1};
        for (qint64 j = 1; j <= countB; ++j) {
            std::vector<double> next(size_t(i * j + 1), 0);
            const std::vector<double> &lessA = row[size_t(j)]; // still of i − 1
            const std::vector<double> &lessB = row[size_t(j - 1)];
            for (size_t u = 0; u < lessA.size(); ++u)
                next[u + size_t(j)] += lessA[u] * double(i) / double(i + j);
            for (size_t u = 0; u < lessB.size(); ++u)
                next[u] += lessB[u] * double(j) / double(i + j);
            row[size_t(j)] = std::move(next);
        }
    }
    std::vector<double> cumulative = std::move(row[size_t(countB)]);
    cumulative.resize(size, 0);
    std::partial_sum(cumulative.begin(), cumulative.end(), cumulative.begin());
    return cumulative;
}

std::optional<RankComparison> compareRanks(std::vector<double> a, std::vector<double> b, double confidence)
{
    Q_ASSERT(confidence > 0 && confidence < 1);
    if (a.empty() || b.empty())
        return std::nullopt;
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());

    RankComparison result;
    result.countA = qint64(a.size());
    result.countB = qint64(b.size());
    result.medianA = medianOf(a);
    result.medianB = medianOf(b);
    result.meanA = meanOf(a);
    result.meanB = meanOf(b);
    result.confidence = confidence;

    const qint64 pairs = result.countA * result.countB;
    const auto [u, tieTerm] = rankSum(a, b);
    result.u = u;
    result.largerShare = u / double(pairs);
    result.shift = medianDifference(a, b);

    // The interval goes from the cut-th smallest to the cut-th largest difference.
    qint64 cut = 0;
    const double doubt = 1 - confidence;
    result.isExact =
        tieTerm == 0 && result.countA <= RankComparison::exactLimit && result.countB <= RankComparison::exactLimit;
    if (result.isExact) {
        const std::vector<double> probability = mannWhitneyDistribution(result.countA, result.countB);
        const double smaller = std::min(u, double(pairs) - u); // the distribution is symmetric
        result.pValue = std::min(1.0, 2 * probability[size_t(smaller)]);
        // Forgives the rounding of 1 − confidence.
        while (cut < pairs && probability[size_t(cut)] <= doubt / 2 * (1 + 1e-12))
            ++cut;
    } else {
        const double total = double(result.countA + result.countB);
        const double variance = double(pairs) / 12 * (total + 1 - tieTerm / (total * (total - 1)));
        const double distance = std::max(std::abs(u - double(pairs) / 2) - 0.5, 0.0);
        result.pValue = variance > 0 ? twoSided(distance / std::sqrt(variance)) : 1;
        // Ties are left out here: with them the interval would be narrower than it is.
        const double spread = std::sqrt(double(pairs) * (total + 1) / 12);
        cut = std::max(qint64(std::floor(double(pairs) / 2 - twoSidedQuantile(doubt) * spread)), qint64(0));
    }
    if (cut >= 1) {
        result.shiftLow = differenceAtRank(a, b, cut);
        result.shiftHigh = differenceAtRank(a, b, pairs - cut + 1);
    }
    return result;
}

} // namespace BitNet
