// SPDX-License-Identifier: MIT
#include "core/telemetry/rankcomparison.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace BitNet;

using Random = std::mt19937_64;

class TestRankComparison : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingToCompare();
    void oneValueEach();
    void publishedExampleWithoutTies();
    void publishedExampleWithTies();
    void publishedExampleOfFewValues();
    void allTheSame();
    void exactDistributionAgainstEnumeration();
    void exactDistributionSumsUp();
    void againstEveryPair();
    void tooFewForAnInterval();
    void intervalHoldsTheTrueShift_data();
    void intervalHoldsTheTrueShift();
    void noiseIsCalledNoise();
    void findsASmallShiftInManyValues();
    void differenceOfHugeSets();
};

namespace {

std::vector<double> pairwise(const std::vector<double> &a, const std::vector<double> &b)
{
    std::vector<double> differences;
    for (const double x : a) {
        for (const double y : b)
            differences.push_back(y - x);
    }
    std::sort(differences.begin(), differences.end());
    return differences;
}

double median(const std::vector<double> &sorted)
{
    const size_t half = sorted.size() / 2;
    return sorted.size() % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

bool close(double found, double expected, double tolerance = 1e-12)
{
    return std::abs(found - expected) <= tolerance;
}

} // namespace

void TestRankComparison::nothingToCompare()
{
    QVERIFY(!compareRanks({}, {1, 2}));
    QVERIFY(!compareRanks({1}, {}));
    QVERIFY(!compareRanks({}, {}));
}

void TestRankComparison::oneValueEach()
{
    const RankComparison result = compareRanks({10}, {15}).value();
    QCOMPARE(result.pValue, 1.0);
    QCOMPARE(result.shift, 5.0);
    QCOMPARE(result.medianDifference(), 5.0);
    QVERIFY(!result.shiftLow && !result.shiftHigh);
    QVERIFY(!result.isMoreThanNoise());
}

void TestRankComparison::publishedExampleWithoutTies()
{
    // Hollander & Wolfe, table 4.1: permeability of the chorioamnion at term, and at 12 to 26 weeks. The example of R's
    // wilcox.test: W = 35, p = 0.2544 (two-sided), shift 0.305, 95 % interval −0.15 … 0.76.
    const std::vector<double> term = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    const std::vector<double> early = {1.15, 0.88, 0.90, 0.74, 1.21};
    const RankComparison result = compareRanks(early, term).value();
    QVERIFY(result.isExact);
    QCOMPARE(result.u, 35.0);
    QVERIFY(close(result.pValue, 0.2544122544122544));
    QVERIFY(close(result.shift, 0.305));
    QVERIFY(close(result.shiftLow.value(), -0.15));
    QVERIFY(close(result.shiftHigh.value(), 0.76));
    QVERIFY(close(result.largerShare, 0.7));
    QVERIFY(!result.isMoreThanNoise());
}

void TestRankComparison::publishedExampleWithTies()
{
    // Ozone in New York, May and August 1973, in the documentation of R's wilcox.test: W = 127.5, p = 0.0001208.
    const std::vector<double> may = {41, 36, 12, 18, 28, 23, 19, 8, 7,  16, 11, 14,  18,
                                     14, 34, 6,  30, 11, 1,  11, 4, 32, 23, 45, 115, 37};
    const std::vector<double> august = {39, 9,  16, 78, 35, 66, 122, 89,  110, 44, 28,  65, 22,
                                        59, 23, 31, 44, 21, 9,  45,  168, 73,  76, 118, 84, 85};
    const RankComparison result = compareRanks(august, may).value();
    QVERIFY(!result.isExact);
    QCOMPARE(result.u, 127.5);
    QVERIFY(close(result.pValue, 0.00012080783076877434));
    QVERIFY(result.isMoreThanNoise());
    QCOMPARE(compareRanks(may, august)->u, 26 * 26 - 127.5);
    QVERIFY(close(compareRanks(may, august)->pValue, result.pValue));
    QCOMPARE(compareRanks(may, august)->shift, -result.shift);
}

void TestRankComparison::publishedExampleOfFewValues()
{
    // The documentation of scipy.stats.mannwhitneyu: U = 17, p = 0.1111.
    const RankComparison result = compareRanks({20, 11, 17, 12}, {19, 22, 16, 29, 24}).value();
    QCOMPARE(result.u, 17.0);
    QVERIFY(close(result.pValue, 1.0 / 9));
}

void TestRankComparison::allTheSame()
{
    const RankComparison result = compareRanks({7, 7, 7, 7}, {7, 7, 7}).value();
    QCOMPARE(result.pValue, 1.0);
    QCOMPARE(result.shift, 0.0);
    QCOMPARE(result.largerShare, 0.5);
    QVERIFY(!result.isMoreThanNoise());
}

void TestRankComparison::exactDistributionAgainstEnumeration()
{
    for (const auto &[countA, countB] : {std::pair{1, 1}, {1, 5}, {3, 2}, {4, 4}, {5, 6}, {7, 3}}) {
        // Every way to choose which of the ranks belong to B.
        std::vector<double> expected(size_t(countA * countB + 1), 0);
        std::vector<bool> isB(size_t(countA + countB), false);
        std::fill(isB.begin() + countA, isB.end(), true);
        double arrangements = 0;
        do {
            int below = 0;
            int u = 0;
            for (const bool b : isB) {
                u += b ? below : 0;
                below += b ? 0 : 1;
            }
            ++expected[size_t(u)];
            ++arrangements;
        } while (std::next_permutation(isB.begin(), isB.end()));

        const std::vector<double> found = mannWhitneyDistribution(countA, countB);
        QCOMPARE(found.size(), expected.size());
        double sum = 0;
        for (size_t u = 0; u < expected.size(); ++u) {
            sum += expected[u];
            QVERIFY(close(found[u], sum / arrangements));
        }
    }
}

void TestRankComparison::exactDistributionSumsUp()
{
    const std::vector<double> distribution = mannWhitneyDistribution(49, 49);
    QCOMPARE(distribution.size(), 49u * 49 + 1);
    QVERIFY(close(distribution.back(), 1));
    QVERIFY(std::ranges::is_sorted(distribution));
    // 2401 is odd: exactly half lies below its middle.
    QVERIFY(close(distribution[1200], 0.5));
    // All of B above all of A: one of C(98, 49) ways.
    QVERIFY(close(distribution[0] / 3.9249e-29, 1, 1e-4));
}

void TestRankComparison::againstEveryPair()
{
    Random random(2);
    for (int round = 0; round < 300; ++round) {
        const bool tied = round % 2 == 0;
        const auto draw = [&] {
            const double value = std::lognormal_distribution(2.0, 1.0)(random);
            return tied ? std::floor(value) : value;
        };
        std::vector<double> a(1 + random() % 70);
        std::vector<double> b(1 + random() % 70);
        std::ranges::generate(a, draw);
        std::ranges::generate(b, draw);

        const std::vector<double> differences = pairwise(a, b);
        double u = 0;
        for (const double difference : differences)
            u += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;

        const RankComparison result = compareRanks(a, b).value();
        QCOMPARE(result.u, u);
        QCOMPARE(result.shift, median(differences));
        std::sort(a.begin(), a.end());
        std::sort(b.begin(), b.end());
        for (const size_t rank : {size_t(1), differences.size() / 3 + 1, differences.size()})
            QCOMPARE(differenceAtRank(a, b, qint64(rank)), differences[rank - 1]);

        // The interval's ends stand equally far from both ends of the sorted differences.
        if (!result.shiftLow)
            continue;
        QVERIFY(*result.shiftLow <= result.shift && result.shift <= *result.shiftHigh);
        const auto below = std::ranges::lower_bound(differences, *result.shiftLow) - differences.begin();
        const auto above = differences.end() - std::ranges::upper_bound(differences, *result.shiftHigh);
        if (!tied)
            QCOMPARE(below, above);
        if (result.isExact) {
            const std::vector<double> chance = mannWhitneyDistribution(result.countA, result.countB);
            const auto missed = size_t(below); // differences left out on each side
            QVERIFY(missed == 0 || 2 * chance[missed - 1] <= 0.05 * (1 + 1e-9) || tied);
            QVERIFY(tied || 2 * chance[missed] <= 0.05 * (1 + 1e-9));
            QVERIFY(tied || 2 * chance[missed + 1] > 0.05);
        }
    }
}

void TestRankComparison::tooFewForAnInterval()
{
    // Of 3 and 3 values even the most unlikely order comes up once in ten times.
    const RankComparison few = compareRanks({1, 2, 3}, {11, 12, 13}).value();
    QVERIFY(close(few.pValue, 0.1));
    QVERIFY(!few.shiftLow && !few.shiftHigh);
    QVERIFY(!few.isMoreThanNoise());
    const RankComparison enough = compareRanks({1, 2, 3, 4}, {11, 12, 13, 14}).value();
    QVERIFY(close(enough.pValue, 2.0 / 70));
    QCOMPARE(enough.shiftLow.value(), 7.0);
    QCOMPARE(enough.shiftHigh.value(), 13.0);
    QVERIFY(enough.isMoreThanNoise());
    QVERIFY(!compareRanks({1, 2, 3, 4}, {11, 12, 13, 14}, 0.99)->isMoreThanNoise());
}

void TestRankComparison::intervalHoldsTheTrueShift_data()
{
    QTest::addColumn<int>("count");
    QTest::newRow("exact") << 20;
    QTest::newRow("approximated") << 120;
}

void TestRankComparison::intervalHoldsTheTrueShift()
{
    QFETCH(int, count);

    Random random(31);
    std::lognormal_distribution value(3.0, 0.8);
    int held = 0;
    for (int round = 0; round < 1000; ++round) {
        std::vector<double> a(static_cast<size_t>(count));
        std::vector<double> b(static_cast<size_t>(count + 10));
        std::ranges::generate(a, [&] { return value(random); });
        std::ranges::generate(b, [&] { return value(random) + 5; });
        const RankComparison result = compareRanks(a, b).value();
        held += *result.shiftLow <= 5 && 5 <= *result.shiftHigh ? 1 : 0;
    }
    // 95 % of 1000 with a standard error of 7.
    QVERIFY2(held >= 925 && held <= 975, qPrintable(QString::number(held)));
}

void TestRankComparison::noiseIsCalledNoise()
{
    Random random(37);
    std::lognormal_distribution value(3.0, 0.8);
    int alarms = 0;
    for (int round = 0; round < 1000; ++round) {
        std::vector<double> a(80);
        std::vector<double> b(60);
        std::ranges::generate(a, [&] { return std::round(value(random)); });
        std::ranges::generate(b, [&] { return std::round(value(random)); });
        alarms += compareRanks(a, b)->isMoreThanNoise() ? 1 : 0;
    }
    QVERIFY2(alarms >= 25 && alarms <= 75, qPrintable(QString::number(alarms)));
}

void TestRankComparison::findsASmallShiftInManyValues()
{
    Random random(41);
    std::lognormal_distribution value(3.0, 0.8);
    std::vector<double> a(20'000);
    std::vector<double> b(30'000);
    std::ranges::generate(a, [&] { return value(random); });
    std::ranges::generate(b, [&] { return value(random) + 1; });
    const RankComparison result = compareRanks(a, b).value();
    QVERIFY(result.isMoreThanNoise());
    QVERIFY(*result.shiftLow < 1 && 1 < *result.shiftHigh);
    QVERIFY(*result.shiftHigh - *result.shiftLow < 0.6);
}

void TestRankComparison::differenceOfHugeSets()
{
    // More pairs than 32 bits count; every difference is 1 or 0.
    const std::vector<double> a(70'000, 1.0);
    std::vector<double> b(70'000, 1.0);
    std::fill(b.begin(), b.begin() + 50'000, 2.0);
    const RankComparison result = compareRanks(a, b).value();
    QCOMPARE(result.u, 70'000.0 * (50'000 + 20'000 / 2.0));
    QCOMPARE(result.shift, 1.0);
    QVERIFY(result.isMoreThanNoise());
}

QTEST_GUILESS_MAIN(TestRankComparison)
#include "tst_rankcomparison.moc"
