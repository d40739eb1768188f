// SPDX-License-Identifier: MIT
#include "core/telemetry/histogram.h"
#include "core/telemetry/latencydistribution.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

using namespace BitNet;

using Random = std::mt19937_64;

class TestLatencyDistribution : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void emptyHasNoFigures();
    void oneValueIsAllItsFigures();
    void figuresOfAKnownSet();
    void quantilesAgainstCounting();
    void sketchKeepsItsErrorBound_data();
    void sketchKeepsItsErrorBound();
    void sketchTakesEveryMagnitude();
    void mergedIsTheSameAsWhole_data();
    void mergedIsTheSameAsWhole();
    void mergesWithItself();
    void censoredStayOutOfPercentiles();
    void survivalCurveOfAPublishedExample();
    void survivalCurveAgainstCounting();
    void survivalCurveOfASketch();
    void onlyCensored();
    void cumulativeCurve();
    void cumulativeKeepsTheTail();
    void histogramCountsEverything_data();
    void histogramCountsEverything();
    void histogramBounds();
    void histogramOfExtremes();
};

namespace {

constexpr DistributionSettings alwaysSketch = {.exactLimit = 0, .relativeAccuracy = 0.005};

struct Shape
{
    const char *name;
    std::function<double(Random &)> draw;
};

const std::vector<Shape> &shapes()
{
    static const std::vector<Shape> all = {
        {"uniform", [](Random &r) { return std::uniform_real_distribution(0.0, 1000.0)(r); }},
        {"exponential", [](Random &r) { return std::exponential_distribution(0.01)(r); }},
        {"lognormal, wide", [](Random &r) { return std::lognormal_distribution(3.0, 2.5)(r); }},
        {"pareto, no mean", [](Random &r) { return std::pow(1 - std::uniform_real_distribution()(r), -1 / 0.9); }},
        {"two peaks", [](Random &r) { return std::normal_distribution(r() % 10 ? 20.0 : 3000.0, 1.0)(r); }},
        {"whole milliseconds", [](Random &r) { return double(std::geometric_distribution(0.05)(r)); }},
        {"all the same", [](Random &) { return 42.0; }},
        {"microseconds", [](Random &r) { return std::uniform_real_distribution(1e-3, 5e-3)(r); }},
    };
    return all;
}

std::vector<double> drawn(const Shape &shape, int count, quint64 seed)
{
    Random random(seed);
    std::vector<double> values;
    for (int i = 0; i < count; ++i)
        values.push_back(std::max(shape.draw(random), 0.0));
    return values;
}

LatencyDistribution distributionOf(const std::vector<double> &values, const DistributionSettings &settings = {})
{
    LatencyDistribution distribution(settings);
    for (const double value : values)
        distribution.add(value);
    return distribution;
}

// The smallest value of the set that at least this share of the set does not exceed, found by counting.
double quantileByCounting(const std::vector<double> &values, qint64 numerator, qint64 denominator)
{
    double best = std::numeric_limits<double>::infinity();
    for (const double candidate : values) {
        const auto notLarger = std::ranges::count_if(values, [=](double value) { return value <= candidate; });
        if (qint64(notLarger) * denominator >= numerator * qint64(values.size()))
            best = std::min(best, candidate);
    }
    return best;
}

double sumOf(const std::vector<HistogramBucket> &buckets, qint64 HistogramBucket::*member)
{
    qint64 sum = 0;
    for (const HistogramBucket &bucket : buckets)
        sum += bucket.*member;
    return double(sum);
}

} // namespace

void TestLatencyDistribution::emptyHasNoFigures()
{
    const LatencyDistribution empty;
    QVERIFY(!empty.mean() && !empty.minimum() && !empty.maximum() && !empty.standardDeviation());
    QVERIFY(!empty.quantile(0.5));
    QCOMPARE(empty.summary(), LatencySummary());
    QVERIFY(empty.cumulative(10).empty());
    QVERIFY(empty.cumulativeWithCensored(10).empty());
    QVERIFY(histogram(empty, HistogramScale::Linear, 10).empty());
    QVERIFY(histogram(empty, HistogramScale::Logarithmic, 10).empty());

    LatencyDistribution merged;
    merged.merge(empty);
    QVERIFY(merged.isEmpty());
    merged.add(3);
    merged.merge(empty);
    QCOMPARE(merged.count(), 1);
    QCOMPARE(merged.mean().value(), 3.0);
}

void TestLatencyDistribution::oneValueIsAllItsFigures()
{
    for (const DistributionSettings &settings : {DistributionSettings(), alwaysSketch}) {
        const LatencySummary summary = distributionOf({12.5}, settings).summary();
        QCOMPARE(summary.count, 1);
        QCOMPARE(summary.mean.value(), 12.5);
        QCOMPARE(summary.minimum.value(), 12.5);
        QCOMPARE(summary.maximum.value(), 12.5);
        QVERIFY(!summary.standardDeviation);
        for (const std::optional<double> &percentile : summary.percentiles)
            QCOMPARE(percentile.value(), 12.5); // the ends are known exactly, also of a sketch
        QCOMPARE(summary.percentilesWithCensored, summary.percentiles);
    }
}

void TestLatencyDistribution::figuresOfAKnownSet()
{
    // 1 … 1000: the mean, the deviation and the percentiles can be told by heart.
    std::vector<double> values(1000);
    std::iota(values.begin(), values.end(), 1.0);
    std::shuffle(values.begin(), values.end(), Random(1));
    const LatencySummary summary = distributionOf(values).summary();
    QCOMPARE(summary.mean.value(), 500.5);
    QVERIFY(std::abs(summary.standardDeviation.value() - std::sqrt(1000 * 1001 / 12.0)) < 1e-9);
    const std::array<double, 6> expected = {500, 750, 900, 950, 990, 999};
    for (size_t i = 0; i < expected.size(); ++i)
        QCOMPARE(summary.percentiles[i].value(), expected[i]);
    QCOMPARE(summary.relativeErrorBound, 0.0);
}

void TestLatencyDistribution::quantilesAgainstCounting()
{
    for (const Shape &shape : shapes()) {
        for (const int count : {1, 2, 3, 7, 20, 100, 333}) {
            const std::vector<double> values = drawn(shape, count, quint64(count));
            const LatencyDistribution distribution = distributionOf(values);
            for (const qint64 permille : {0, 1, 70, 250, 500, 750, 900, 950, 990, 999, 1000}) {
                const double expected = quantileByCounting(values, permille, 1000);
                const double found = distribution.quantile(double(permille) / 1000).value();
                QVERIFY2(found == expected,
                         qPrintable(QStringLiteral("%1 of %2 values, %3 permille: %4 is not %5")
                                        .arg(QString::fromLatin1(shape.name))
                                        .arg(count)
                                        .arg(permille)
                                        .arg(found)
                                        .arg(expected)));
            }
        }
    }
}

void TestLatencyDistribution::sketchKeepsItsErrorBound_data()
{
    QTest::addColumn<size_t>("shape");
    QTest::addColumn<double>("accuracy");
    for (size_t i = 0; i < shapes().size(); ++i) {
        for (const double accuracy : {0.05, 0.005, 0.001})
            QTest::addRow("%s, %g", shapes()[i].name, accuracy) << i << accuracy;
    }
}

void TestLatencyDistribution::sketchKeepsItsErrorBound()
{
    QFETCH(size_t, shape);
    QFETCH(double, accuracy);

    std::vector<double> values = drawn(shapes()[shape], 20'000, 7);
    const DistributionSettings settings = {.exactLimit = 1000, .relativeAccuracy = accuracy};
    const LatencyDistribution distribution = distributionOf(values, settings);
    QCOMPARE(distribution.relativeErrorBound(), accuracy);
    std::sort(values.begin(), values.end());
    for (int rank = 1; rank <= 20'000; rank += rank < 100 || rank > 19'900 ? 1 : 97) {
        const double found = distribution.quantile(rank / 20'000.0).value();
        const double expected = values[size_t(rank - 1)];
        const double allowed = expected * accuracy * (1 + 1e-9);
        QVERIFY2(std::abs(found - expected) <= allowed,
                 qPrintable(QStringLiteral("rank %1: %2 for %3").arg(rank).arg(found).arg(expected)));
    }
    // What needs no sketch stays exact.
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 20'000;
    QVERIFY(std::abs(distribution.mean().value() - mean) <= mean * 1e-12);
    QCOMPARE(distribution.minimum().value(), values.front());
    QCOMPARE(distribution.maximum().value(), values.back());
}

void TestLatencyDistribution::sketchTakesEveryMagnitude()
{
    QuantileSketch sketch(0.005);
    std::vector<double> values = {0, 0, 1e-9}; // less than a nanosecond counts as nothing
    for (double value = 1e-6; value < 1e15; value *= 3)
        values.push_back(value);
    std::vector<double> shuffled = values;
    std::shuffle(shuffled.begin(), shuffled.end(), Random(3));
    for (const double value : shuffled)
        sketch.add(value);
    QCOMPARE(sketch.count(), qint64(values.size()));
    for (size_t i = 0; i < values.size(); ++i) {
        const double expected = values[i] < QuantileSketch::smallestValue ? 0 : values[i];
        QVERIFY(std::abs(sketch.valueAtRank(qint64(i + 1)).value() - expected) <= expected * 0.005 * (1 + 1e-9));
    }
    QVERIFY(!sketch.valueAtRank(0));
    QVERIFY(!sketch.valueAtRank(sketch.count() + 1));
}

void TestLatencyDistribution::mergedIsTheSameAsWhole_data()
{
    QTest::addColumn<int>("countA");
    QTest::addColumn<int>("countB");
    QTest::addColumn<int>("exactLimit");
    QTest::newRow("exact") << 300 << 200 << 500;
    QTest::newRow("two exact ones make a sketch") << 300 << 200 << 400;
    QTest::newRow("exact into sketch") << 3000 << 200 << 1000;
    QTest::newRow("sketch into exact") << 200 << 3000 << 1000;
    QTest::newRow("two sketches") << 3000 << 2000 << 1000;
    QTest::newRow("into empty") << 0 << 2000 << 1000;
    QTest::newRow("empty into") << 700 << 0 << 1000;
}

void TestLatencyDistribution::mergedIsTheSameAsWhole()
{
    QFETCH(int, countA);
    QFETCH(int, countB);
    QFETCH(int, exactLimit);

    const DistributionSettings settings = {.exactLimit = exactLimit, .relativeAccuracy = 0.01};
    for (const Shape &shape : shapes()) {
        LatencyDistribution whole(settings);
        std::array parts = {LatencyDistribution(settings), LatencyDistribution(settings)};
        const std::vector<double> values = drawn(shape, countA + countB, 5);
        for (int i = 0; i < countA + countB; ++i) {
            for (LatencyDistribution *target : {&whole, &parts[i < countA ? 0 : 1]}) {
                if (i % 11 == 0)
                    target->addCensored(values[size_t(i)]);
                else if (i % 13 == 0)
                    target->addApart();
                else
                    target->add(values[size_t(i)]);
            }
        }
        parts[0].merge(parts[1]);
        const LatencySummary expected = whole.summary();
        LatencySummary found = parts[0].summary();
        if (expected.mean)
            QVERIFY(std::abs(*found.mean - *expected.mean) <= *expected.mean * 1e-12);
        if (expected.standardDeviation) {
            const double difference = std::abs(*found.standardDeviation - *expected.standardDeviation);
            QVERIFY(difference <= *expected.standardDeviation * 1e-9);
        }
        found.mean = expected.mean;
        found.standardDeviation = expected.standardDeviation;
        QVERIFY2(found == expected, shape.name);
    }
}

void TestLatencyDistribution::mergesWithItself()
{
    for (const DistributionSettings &settings : {DistributionSettings(), alwaysSketch}) {
        LatencyDistribution distribution = distributionOf({1, 2, 3}, settings);
        distribution.addCensored(4);
        distribution.merge(distribution);
        QCOMPARE(distribution.count(), 6);
        QCOMPARE(distribution.censored(), 2);
        QCOMPARE(distribution.mean().value(), 2.0);
        QCOMPARE(distribution.maximum().value(), 3.0);
    }
}

void TestLatencyDistribution::censoredStayOutOfPercentiles()
{
    LatencyDistribution distribution = distributionOf({10, 20, 30, 40});
    for (int i = 0; i < 6; ++i)
        distribution.addCensored(50);
    distribution.addApart();
    const LatencySummary summary = distribution.summary();
    QCOMPARE(summary.count, 4);
    QCOMPARE(summary.censored, 6);
    QCOMPARE(summary.apart, 1);
    QCOMPARE(summary.maximum.value(), 40.0);
    QCOMPARE(summary.percentiles[0].value(), 20.0); // as if nothing had been cut off
    QVERIFY(!summary.percentilesWithCensored[0]); // six of ten took longer than 50: nobody knows how long
    const std::array shares = {0.1, 0.4, 0.41};
    const auto found = distribution.quantilesWithCensored(shares);
    QCOMPARE(found[0].value(), 10.0);
    QCOMPARE(found[1].value(), 40.0);
    QVERIFY(!found[2]);
}

void TestLatencyDistribution::survivalCurveOfAPublishedExample()
{
    // The 6-MP arm of Freireich et al. (1963), the textbook example of the estimate: weeks of remission, + is censored.
    // 6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+
    LatencyDistribution distribution = distributionOf({6, 6, 6, 7, 10, 13, 16, 22, 23});
    for (const double weeks : {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35})
        distribution.addCensored(weeks);

    const std::vector<CumulativePoint> curve = distribution.cumulativeWithCensored(100);
    const std::vector<std::pair<double, double>> published = {{6, 0.857},  {7, 0.807},  {10, 0.753}, {13, 0.690},
                                                              {16, 0.627}, {22, 0.538}, {23, 0.448}};
    QCOMPARE(curve.size(), published.size());
    for (size_t i = 0; i < published.size(); ++i) {
        QCOMPARE(curve[i].ms, published[i].first);
        QVERIFY(std::abs(1 - curve[i].share - published[i].second) < 0.0005);
    }
    QCOMPARE(distribution.summary().percentilesWithCensored[0].value(), 23.0); // the published median
    QVERIFY(!distribution.summary().percentilesWithCensored[1]);
}

void TestLatencyDistribution::survivalCurveAgainstCounting()
{
    Random random(11);
    for (int round = 0; round < 200; ++round) {
        // Few different values, so that measured and censored ones often coincide.
        std::vector<std::pair<int, bool>> all; // value, measured
        const int count = 1 + int(random() % 40);
        for (int i = 0; i < count; ++i)
            all.emplace_back(int(random() % 15), random() % 3 != 0);

        LatencyDistribution distribution;
        for (const auto &[value, measured] : all)
            distribution.add(measured ? Observation::Measured : Observation::Censored, value);

        double surviving = 1;
        std::vector<CumulativePoint> expected;
        for (int value = 0; value < 15; ++value) {
            const auto atRisk = std::ranges::count_if(all, [=](const auto &one) { return one.first >= value; });
            const auto ended =
                std::ranges::count_if(all, [=](const auto &one) { return one.first == value && one.second; });
            if (ended == 0)
                continue;
            surviving *= 1 - double(ended) / double(atRisk);
            expected.push_back({double(value), 1 - surviving});
        }

        const std::vector<CumulativePoint> found = distribution.cumulativeWithCensored(100);
        QCOMPARE(found.size(), expected.size());
        for (size_t i = 0; i < found.size(); ++i) {
            QCOMPARE(found[i].ms, expected[i].ms);
            QVERIFY(std::abs(found[i].share - expected[i].share) < 1e-12);
        }
        for (const double share : {0.05, 0.33, 0.5, 0.77, 0.95}) {
            const auto it = std::ranges::find_if(expected, [=](const auto &point) { return point.share >= share; });
            const auto quantile = distribution.quantilesWithCensored(std::array{share}).front();
            if (distribution.censored() == 0)
                continue; // then it is the plain quantile, tested above
            QCOMPARE(quantile.has_value(), it != expected.end());
            if (quantile)
                QCOMPARE(*quantile, it->ms);
        }
    }
}

void TestLatencyDistribution::survivalCurveOfASketch()
{
    // Exponential times cut off at random: the estimate finds the median of what was never cut off, ln 2 · 100.
    for (const DistributionSettings &settings : {DistributionSettings(), alwaysSketch}) {
        Random random(17);
        std::exponential_distribution time(0.01);
        LatencyDistribution distribution(settings);
        for (int i = 0; i < 40'000; ++i) {
            const double needed = time(random);
            const double limit = time(random) * 2;
            distribution.add(needed <= limit ? Observation::Measured : Observation::Censored, std::min(needed, limit));
        }
        const LatencySummary summary = distribution.summary();
        QVERIFY(std::abs(*summary.percentilesWithCensored[0] - std::log(2) * 100) < 3);
        QVERIFY(*summary.percentiles[0] < 55); // left out, the long ones are missing
    }
}

void TestLatencyDistribution::onlyCensored()
{
    LatencyDistribution distribution;
    distribution.addCensored(30'000);
    const LatencySummary summary = distribution.summary();
    QCOMPARE(summary.count, 0);
    QCOMPARE(summary.censored, 1);
    QVERIFY(!summary.percentiles[0] && !summary.percentilesWithCensored[0] && !summary.mean);
    const std::vector<HistogramBucket> buckets = histogram(distribution, HistogramScale::Linear, 20);
    QCOMPARE(sumOf(buckets, &HistogramBucket::censored), 1.0);
    QCOMPARE(sumOf(buckets, &HistogramBucket::count), 0.0);
}

void TestLatencyDistribution::cumulativeCurve()
{
    const std::vector<CumulativePoint> curve = distributionOf({5, 1, 3, 3}).cumulative(100);
    QCOMPARE(curve.size(), 3u);
    QCOMPARE(curve[0].ms, 1.0);
    QCOMPARE(curve[0].share, 0.25);
    QCOMPARE(curve[1].ms, 3.0);
    QCOMPARE(curve[1].share, 0.75);
    QCOMPARE(curve[2].ms, 5.0);
    QCOMPARE(curve[2].share, 1.0);
}

void TestLatencyDistribution::cumulativeKeepsTheTail()
{
    for (const Shape &shape : shapes()) {
        for (const int maximum : {2, 3, 50, 200}) {
            const LatencyDistribution distribution = distributionOf(drawn(shape, 5000, 23));
            const std::vector<CumulativePoint> curve = distribution.cumulative(maximum);
            QVERIFY(!curve.empty() && curve.size() <= size_t(maximum));
            QCOMPARE(curve.back().share, 1.0);
            QCOMPARE(curve.back().ms, distribution.maximum().value());
            for (size_t i = 1; i < curve.size(); ++i)
                QVERIFY(curve[i].ms > curve[i - 1].ms && curve[i].share > curve[i - 1].share);
            for (const CumulativePoint &point : curve)
                QCOMPARE(distribution.quantile(point.share).value(), point.ms);
        }
    }
    const std::vector<CumulativePoint> curve = distributionOf(drawn(shapes()[1], 30'000, 23)).cumulative(200);
    QVERIFY(std::ranges::count_if(curve, [](const CumulativePoint &point) { return point.share > 0.99; }) > 20);
}

void TestLatencyDistribution::histogramCountsEverything_data()
{
    QTest::addColumn<size_t>("shape");
    for (size_t i = 0; i < shapes().size(); ++i)
        QTest::addRow("%s", shapes()[i].name) << i;
}

void TestLatencyDistribution::histogramCountsEverything()
{
    QFETCH(size_t, shape);

    const std::vector<double> values = drawn(shapes()[shape], 1000, 29);
    LatencyDistribution distribution = distributionOf(values);
    distribution.addCensored(values[17]);
    for (const HistogramScale scale : {HistogramScale::Linear, HistogramScale::Logarithmic}) {
        for (const int maximum : {1, 7, 40, 200}) {
            const std::vector<HistogramBucket> buckets = histogram(distribution, scale, maximum);
            QVERIFY(!buckets.empty() && buckets.size() <= size_t(maximum));
            QCOMPARE(sumOf(buckets, &HistogramBucket::count), 1000.0);
            QCOMPARE(sumOf(buckets, &HistogramBucket::censored), 1.0);
            for (size_t i = 0; i < buckets.size(); ++i) {
                const auto &[from, to, count, censored] = buckets[i];
                QVERIFY(from < to);
                const bool isFirst = i == 0;
                const bool isLast = i + 1 == buckets.size();
                QVERIFY(isLast || buckets[i + 1].from == to);
                const auto inside = std::ranges::count_if(values, [&](double value) {
                    const bool below = isFirst && scale == HistogramScale::Logarithmic && value < from;
                    return below || (value >= from && (value < to || (isLast && value == to)));
                });
                QCOMPARE(count, qint64(inside));
            }
        }
        // Not wastefully coarse either.
        if (distribution.maximum() > distribution.minimum())
            QVERIFY(histogram(distribution, scale, 60).size() >= 10);
    }
}

void TestLatencyDistribution::histogramBounds()
{
    const LatencyDistribution distribution = distributionOf({0, 10, 20, 30, 100});
    const std::vector<HistogramBucket> linear = histogram(distribution, HistogramScale::Linear, 10);
    QCOMPARE(linear.size(), 10u);
    for (size_t i = 0; i < linear.size(); ++i) {
        QCOMPARE(linear[i].from, double(i) * 10);
        QCOMPARE(linear[i].to, double(i) * 10 + 10);
    }
    QCOMPARE(linear[0].count, 1);
    QCOMPARE(linear[1].count, 1);
    QCOMPARE(linear[9].count, 1); // the largest value lies on the last bound

    const std::vector<HistogramBucket> logarithmic =
        histogram(distributionOf({1, 10, 99, 1000}), HistogramScale::Logarithmic, 3);
    QCOMPARE(logarithmic.size(), 3u);
    QCOMPARE(logarithmic[0].from, 1.0);
    QCOMPARE(logarithmic[1].from, 10.0);
    QCOMPARE(logarithmic[2].from, 100.0);
    QCOMPARE(logarithmic[0].count, 1);
    QCOMPARE(logarithmic[1].count, 2);
    QCOMPARE(logarithmic[2].count, 1);
}

void TestLatencyDistribution::histogramOfExtremes()
{
    const std::vector<std::vector<double>> sets = {{0},          {0, 0},          {1e12, 1e12 + 1e-3}, {0, 1e12},
                                                   {1e-9, 1e12}, {5e-7, 3.15e11}, {0.1, 0.2, 0.3}};
    for (const std::vector<double> &values : sets) {
        for (const HistogramScale scale : {HistogramScale::Linear, HistogramScale::Logarithmic}) {
            for (const int maximum : {1, 2, 30}) {
                const std::vector<HistogramBucket> buckets = histogram(distributionOf(values), scale, maximum);
                QVERIFY(buckets.size() >= 1 && buckets.size() <= size_t(maximum));
                QCOMPARE(sumOf(buckets, &HistogramBucket::count), double(values.size()));
                QVERIFY(buckets.back().to >= values.back());
            }
        }
    }
}

QTEST_GUILESS_MAIN(TestLatencyDistribution)
#include "tst_latencydistribution.moc"
