// SPDX-License-Identifier: MIT
#include "core/telemetry/sampleseries.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace BitNet;
using namespace std::chrono_literals;

using Random = std::mt19937_64;
using Sample = SampleSeries::Sample;

class TestSampleSeries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void empty();
    void oneSample();
    void keepsOrderWhateverComes();
    void takesAMeasureOfSamples();
    void rangesAreHalfOpen();
    void onlyMeasuredValues();
    void decimationAgainstCounting();
    void failuresSurviveDecimation();
    void visibleKeepsTheExtremes();
    void narrowRange();
    void nearestAgainstEverySample_data();
    void nearestAgainstEverySample();
    void nearestKnowsItsReach();
};

namespace {

constexpr WallTime day{std::chrono::microseconds(1'700'000'000'000'000)};

std::vector<Sample> randomSamples(int count, quint64 seed)
{
    Random random(seed);
    std::vector<Sample> samples;
    for (int i = 0; i < count; ++i) {
        samples.push_back({.at = day + std::chrono::microseconds(random() % 3'600'000'000),
                           .ms = std::lognormal_distribution(3.0, 1.5)(random),
                           .outcomeClass = OutcomeClass(random() % 20 < 17 ? 0 : random() % 4),
                           .observation = Observation::Measured,
                           .job = {quint64(i + 1)}});
    }
    return samples;
}

SampleSeries seriesOf(const std::vector<Sample> &samples)
{
    SampleSeries series;
    series.reserve(qsizetype(samples.size()));
    for (const Sample &sample : samples)
        series.append(sample);
    return series;
}

const TimeRange wholeHour = {day, day + 1h};

} // namespace

void TestSampleSeries::empty()
{
    const SampleSeries series;
    QVERIFY(series.isEmpty());
    QVERIFY(!series.timeRange());
    QVERIFY(!series.nearest(day, 1, {}, 1e9));
    QVERIFY(series.visible(wholeHour, 100).empty());
    const auto columns = series.decimate(wholeHour, 100);
    QCOMPARE(columns.size(), 100u);
    QVERIFY(std::ranges::all_of(columns, [](const auto &column) { return column.count == 0 && column.smallest < 0; }));
}

void TestSampleSeries::oneSample()
{
    const Sample sample = {
        .at = day, .ms = 5, .outcomeClass = OutcomeClass::TimedOut, .observation = Observation::Censored, .job = {77}};
    const SampleSeries series = seriesOf({sample});
    QCOMPARE(series.size(), 1);
    QVERIFY(series.at(0) == sample);
    QVERIFY(series.timeRange() == (TimeRange{day, day + 1us}));
    const auto columns = series.decimate(*series.timeRange(), 3);
    QCOMPARE(columns[0].largestTimedOut, 0);
    QCOMPARE(columns[0].largest, -1);
    QCOMPARE(columns[0].count, 1);
}

void TestSampleSeries::keepsOrderWhateverComes()
{
    std::vector<Sample> samples = randomSamples(500, 1);
    samples.push_back(samples[7]);
    samples.back().job = {9999}; // the same time: the later one stays behind
    const SampleSeries series = seriesOf(samples);
    std::ranges::stable_sort(samples, {}, &Sample::at);
    QCOMPARE(series.size(), 501);
    for (qsizetype i = 0; i < series.size(); ++i)
        QVERIFY(series.at(i) == samples[size_t(i)]);
}

void TestSampleSeries::takesAMeasureOfSamples()
{
    std::vector<LatencySample> samples;
    for (int i = 0; i < 100; ++i) {
        LatencySample sample;
        sample.job = {quint64(i)};
        sample.completedAt = day - std::chrono::seconds(i); // backwards
        sample.outcome = i % 4 ? Outcome::Succeeded : Outcome::TimedOut;
        if (i % 2 == 0)
            sample.set(Measure::Ttft, i % 4 ? Observation::Measured : Observation::Censored, i);
        samples.push_back(sample);
    }
    SampleSeries series;
    series.append(samples, Measure::Ttft);
    QCOMPARE(series.size(), 50);
    QVERIFY((series.at(0) == Sample{day - 98s, 98, OutcomeClass::Completed, Observation::Measured, {98}}));
    QVERIFY((series.at(49) == Sample{day, 0, OutcomeClass::TimedOut, Observation::Censored, {0}}));
    series.append(samples, Measure::Tpot);
    QCOMPARE(series.size(), 50);
    series.clear();
    QVERIFY(series.isEmpty());
}

void TestSampleSeries::rangesAreHalfOpen()
{
    const SampleSeries series = seriesOf({{.at = day}, {.at = day + 1s}, {.at = day + 1s}, {.at = day + 2s}});
    const auto range = [&](WallTime from, WallTime to) { return series.indices({from, to}); };
    QCOMPARE(range(day, day + 2s), std::pair(qsizetype(0), qsizetype(3)));
    QCOMPARE(range(day + 1s, day + 2s), std::pair(qsizetype(1), qsizetype(3)));
    QCOMPARE(range(day + 1s, day + 1s), std::pair(qsizetype(1), qsizetype(1)));
    QCOMPARE(range(day + 3s, day + 9s), std::pair(qsizetype(4), qsizetype(4)));
    QCOMPARE(range(day + 2s, day), std::pair(qsizetype(3), qsizetype(3))); // upside down: nothing
    QVERIFY(series.timeRange()->contains(day + 2s));
}

void TestSampleSeries::onlyMeasuredValues()
{
    std::vector<Sample> samples = randomSamples(100, 5);
    std::vector<double> expected;
    std::ranges::stable_sort(samples, {}, &Sample::at);
    for (size_t i = 0; i < samples.size(); ++i) {
        samples[i].observation = Observation(1 + i % 3);
        if (samples[i].observation == Observation::Measured)
            expected.push_back(samples[i].ms);
    }
    QCOMPARE(seriesOf(samples).measuredValues(wholeHour), expected);
}

void TestSampleSeries::decimationAgainstCounting()
{
    const std::vector<Sample> samples = randomSamples(1000, 7);
    const SampleSeries series = seriesOf(samples);
    const std::vector<TimeRange> ranges = {wholeHour, {day + 10min, day + 11min}, {day - 1h, day + 2h}};
    for (const TimeRange &range : ranges) {
        for (const int columnCount : {1, 7, 300}) {
            const auto columns = series.decimate(range, columnCount);
            QCOMPARE(columns.size(), size_t(columnCount));
            const double width = double(range.length().count()) / columnCount;
            qsizetype counted = 0;
            for (int i = 0; i < columnCount; ++i) {
                const auto &column = columns[size_t(i)];
                qsizetype count = 0;
                double smallest = std::numeric_limits<double>::infinity();
                double largest = -1;
                double failed = -1;
                double timedOut = -1;
                for (const Sample &sample : samples) {
                    const double offset = double((sample.at - range.from).count());
                    if (!range.contains(sample.at) || offset < i * width || offset >= (i + 1) * width)
                        continue;
                    ++count;
                    if (sample.outcomeClass == OutcomeClass::Completed) {
                        smallest = std::min(smallest, sample.ms);
                        largest = std::max(largest, sample.ms);
                    } else if (sample.outcomeClass == OutcomeClass::Failed) {
                        failed = std::max(failed, sample.ms);
                    } else if (sample.outcomeClass == OutcomeClass::TimedOut) {
                        timedOut = std::max(timedOut, sample.ms);
                    }
                }
                QCOMPARE(column.count, count);
                const auto valueAt = [&](qsizetype index, double none) {
                    return index < 0 ? none : series.at(index).ms;
                };
                QCOMPARE(valueAt(column.smallest, std::numeric_limits<double>::infinity()), smallest);
                QCOMPARE(valueAt(column.largest, -1), largest);
                QCOMPARE(valueAt(column.largestFailed, -1), failed);
                QCOMPARE(valueAt(column.largestTimedOut, -1), timedOut);
                QCOMPARE(std::accumulate(column.counts.begin(), column.counts.end(), qsizetype(0)), count);
                counted += count;
            }
            const auto [first, last] = series.indices(range);
            QCOMPARE(counted, last - first);
        }
    }
}

void TestSampleSeries::failuresSurviveDecimation()
{
    // One failure and one time-out among many, each smaller than what succeeded beside it.
    std::vector<Sample> samples;
    for (int i = 0; i < 100'000; ++i)
        samples.push_back({.at = day + i * 36ms, .ms = 100.0 + i % 50});
    samples[50'000].outcomeClass = OutcomeClass::Failed;
    samples[50'000].ms = 1;
    samples[50'001].outcomeClass = OutcomeClass::TimedOut;
    samples[50'001].ms = 2;
    const SampleSeries series = seriesOf(samples);
    const std::vector<qsizetype> visible = series.visible(wholeHour, 800);
    QVERIFY(std::ranges::binary_search(visible, 50'000));
    QVERIFY(std::ranges::binary_search(visible, 50'001));
    QVERIFY(visible.size() <= 4 * 800);
}

void TestSampleSeries::visibleKeepsTheExtremes()
{
    const std::vector<Sample> samples = randomSamples(20'000, 11);
    const SampleSeries series = seriesOf(samples);
    const std::vector<qsizetype> visible = series.visible(wholeHour, 500);
    QVERIFY(std::ranges::is_sorted(visible));
    QVERIFY(std::ranges::adjacent_find(visible) == visible.end());
    QVERIFY(visible.size() <= 2000);
    const auto smaller = [](const Sample &a, const Sample &b) { return a.ms < b.ms; };
    const auto completed = [](const Sample &sample) { return sample.outcomeClass == OutcomeClass::Completed; };
    std::vector<Sample> all;
    std::ranges::copy_if(samples, std::back_inserter(all), completed);
    std::vector<Sample> kept;
    for (const qsizetype index : visible) {
        if (completed(series.at(index)))
            kept.push_back(series.at(index));
    }
    QVERIFY(*std::ranges::min_element(kept, smaller) == *std::ranges::min_element(all, smaller));
    QVERIFY(*std::ranges::max_element(kept, smaller) == *std::ranges::max_element(all, smaller));
    // More columns than samples: nothing that succeeded or failed is dropped.
    const auto cancelled = std::ranges::count(samples, OutcomeClass::Cancelled, &Sample::outcomeClass);
    QVERIFY(series.visible(wholeHour, 4'000'000).size() + size_t(cancelled) >= samples.size() - 100);
}

void TestSampleSeries::narrowRange()
{
    // More columns than microseconds: each sample is in exactly one.
    const SampleSeries series = seriesOf({{.at = day}, {.at = day + 1us}, {.at = day + 2us}});
    qsizetype count = 0;
    for (const auto &column : series.decimate({day, day + 3us}, 1000))
        count += column.count;
    QCOMPARE(count, 3);
    count = 0;
    for (const auto &column : series.decimate({day, day}, 10))
        count += column.count;
    QCOMPARE(count, 0);
}

void TestSampleSeries::nearestAgainstEverySample_data()
{
    QTest::addColumn<bool>("logarithmic");
    QTest::newRow("linear") << false;
    QTest::newRow("logarithmic") << true;
}

void TestSampleSeries::nearestAgainstEverySample()
{
    QFETCH(bool, logarithmic);

    const SampleSeries series = seriesOf(randomSamples(2000, 13));
    const SampleSeries::PixelSize pixel = {.microseconds = 3.6e9 / 1000,
                                           .value = logarithmic ? 0.01 : 0.5,
                                           .axis = logarithmic ? SampleSeries::ValueAxis::Logarithmic
                                                               : SampleSeries::ValueAxis::Linear};
    Random random(17);
    int found = 0;
    for (int i = 0; i < 500; ++i) {
        const WallTime at = day + std::chrono::microseconds(random() % 3'600'000'000);
        const double ms = std::uniform_real_distribution(0.1, 100.0)(random);
        double best = 15;
        std::optional<qsizetype> expected;
        for (qsizetype k = 0; k < series.size(); ++k) {
            const Sample sample = series.at(k);
            const double x = double((sample.at - at).count()) / pixel.microseconds;
            const double y =
                logarithmic ? (std::log10(sample.ms) - std::log10(ms)) / pixel.value : (sample.ms - ms) / pixel.value;
            if (std::hypot(x, y) < best) {
                best = std::hypot(x, y);
                expected = k;
            }
        }
        QCOMPARE(series.nearest(at, ms, pixel, 15), expected);
        found += expected ? 1 : 0;
    }
    QVERIFY(found > 50 && found < 500); // both answers were tried
}

void TestSampleSeries::nearestKnowsItsReach()
{
    const SampleSeries series = seriesOf({{.at = day, .ms = 10}});
    const SampleSeries::PixelSize pixel = {.microseconds = 1000, .value = 1};
    QCOMPARE(series.nearest(day + 5ms, 10, pixel, 5), std::optional(qsizetype(0)));
    QVERIFY(!series.nearest(day + 5001us, 10, pixel, 5));
    QVERIFY(!series.nearest(day, 15.5, pixel, 5));
    QCOMPARE(series.nearest(day - 100h, 1e6, {.microseconds = 1e12, .value = 1e9}, 5), std::optional(qsizetype(0)));
}

QTEST_GUILESS_MAIN(TestSampleSeries)
#include "tst_sampleseries.moc"
