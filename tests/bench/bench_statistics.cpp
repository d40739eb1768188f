// SPDX-License-Identifier: MIT
// Statistics over a million samples. bench-statistics [SAMPLES]
#include "core/telemetry/histogram.h"
#include "core/telemetry/latencyreport.h"
#include "core/telemetry/latencytimeline.h"
#include "core/telemetry/rankcomparison.h"
#include "core/telemetry/sampleseries.h"
#include "tests/bench/benchfigure.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int rounds = 5;

std::vector<LatencySample> drawnSamples(int count)
{
    std::mt19937_64 random(1);
    std::lognormal_distribution wait(4.0, 1.2);
    std::lognormal_distribution run(6.0, 0.8);
    const std::array<QString, 4> models = {u"a.gguf"_s, u"b.gguf"_s, u"c.gguf"_s, u"d.gguf"_s};
    std::vector<LatencySample> samples;
    samples.reserve(size_t(count));
    const WallTime begin(1'700'000'000s);
    for (int i = 0; i < count; ++i) {
        LatencySample sample;
        sample.job = {quint64(i + 1)};
        sample.outcome = random() % 100 < 96 ? Outcome::Succeeded : random() % 2 ? Outcome::Failed : Outcome::TimedOut;
        sample.completedAt = begin + 80ms * i;
        sample.kind = JobKind::Inference;
        sample.model = models[random() % models.size()];
        const double waited = wait(random);
        const double ran = run(random);
        const Observation atEnd = sample.outcome == Outcome::Succeeded ? Observation::Measured
            : sample.outcome == Outcome::TimedOut                      ? Observation::Censored
                                                                       : Observation::Apart;
        sample.set(Measure::QueueWait, Observation::Measured, waited);
        sample.set(Measure::Run, atEnd, ran);
        sample.set(Measure::E2E, atEnd, waited + ran);
        sample.set(Measure::Ttft, Observation::Measured, waited + ran / 4);
        sample.set(Measure::Tpot, Observation::Measured, ran / 64);
        sample.outputTokens = 64;
        samples.push_back(std::move(sample));
    }
    return samples;
}

// The median of some rounds, in milliseconds.
template<typename Work>
void time(const QString &figure, Work work)
{
    std::vector<double> durations;
    for (int i = 0; i < rounds; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        durations.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    Bench::printFigure(figure, Bench::median(durations), u"ms"_s);
}

double worstRelativeError(const LatencyDistribution &distribution, std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    double worst = 0;
    for (int permille = 1; permille <= 1000; ++permille) {
        const double truly = values[size_t(nearestRank(permille / 1000.0, qint64(values.size())) - 1)];
        worst = std::max(worst, std::abs(*distribution.quantile(permille / 1000.0) - truly) / truly);
    }
    return worst;
}

void benchStatistics(const std::vector<LatencySample> &samples)
{
    const StatisticsSettings settings = {.limits = {.ttftMs = 400, .e2eMs = 2000}};
    LatencyStatistics statistics(settings);
    time(u"statistics: take the samples in, all measures and limits"_s, [&] {
        statistics = LatencyStatistics(settings);
        for (const LatencySample &sample : samples)
            statistics.add(sample);
    });
    time(u"statistics: all figures of five measures"_s, [&] {
        for (const Measure measure : latencyMeasures)
            static_cast<void>(statistics.summary(measure));
    });
    std::vector<double> values;
    for (const LatencySample &sample : samples) {
        if (sample.observation(Measure::E2E) == Observation::Measured)
            values.push_back(sample.value(Measure::E2E));
    }
    const LatencyDistribution &latency = statistics.distribution(Measure::E2E);
    Bench::printFigure(u"statistics: worst relative error of 1000 percentiles"_s, worstRelativeError(latency, values),
                       u"share"_s, {{u"bound"_s, latency.relativeErrorBound()}});
    time(u"statistics: merge"_s, [&] {
        LatencyStatistics sum = statistics;
        sum.merge(statistics);
    });
    time(u"statistics: histogram and cumulative curve"_s, [&] {
        static_cast<void>(histogram(latency, HistogramScale::Logarithmic, 60));
        static_cast<void>(latency.cumulative(400));
    });
    time(u"statistics: by model"_s, [&] {
        GroupedStatistics groups(GroupBy::Model, settings);
        for (const LatencySample &sample : samples)
            groups.add(sample);
    });
    time(u"statistics: over time, 60 buckets, with percentiles"_s, [&] {
        LatencyTimeline timeline({samples.front().completedAt, samples.back().completedAt + 1us}, 60, settings);
        for (const LatencySample &sample : samples)
            timeline.add(sample);
        for (const LatencyStatistics &bucket : timeline.buckets())
            static_cast<void>(bucket.distribution(Measure::E2E).quantiles(summaryShares));
    });

    const DistributionSettings exact = {.exactLimit = qint64(samples.size()), .relativeAccuracy = 0.005};
    LatencyDistribution all(exact);
    for (const double value : values)
        all.add(value);
    time(u"statistics: exact percentiles of one measure, all values kept"_s,
         [&] { static_cast<void>(all.quantiles(summaryShares)); });
}

void benchSeries(const std::vector<LatencySample> &samples)
{
    SampleSeries series;
    time(u"series: take the samples in"_s, [&] {
        series.clear();
        series.append(samples, Measure::E2E);
    });
    const TimeRange whole = *series.timeRange();
    time(u"series: all samples to 1500 columns"_s, [&] { static_cast<void>(series.visible(whole, 1500)); });
    const TimeRange tenth = {whole.from, whole.from + whole.length() / 10};
    time(u"series: a tenth of the samples to 1500 columns"_s, [&] { static_cast<void>(series.visible(tenth, 1500)); });
    const SampleSeries::PixelSize pixel = {.microseconds = double(whole.length().count()) / 1500, .value = 10};
    time(u"series: nearest sample under the pointer"_s,
         [&] { static_cast<void>(series.nearest(whole.from + whole.length() / 2, 1000, pixel, 20)); });

    const WallTime middle = whole.from + whole.length() / 2;
    time(u"comparison: first half with second half"_s, [&] {
        static_cast<void>(
            compareRanks(series.measuredValues({whole.from, middle}), series.measuredValues({middle, whole.to})));
    });
}

void benchReport(const std::vector<LatencySample> &samples)
{
    const ReportSettings settings = {.statistics = {.limits = {.ttftMs = 400, .e2eMs = 2000}}};
    std::optional<LatencyReport> report;
    time(u"report: compute"_s, [&] { report.emplace(settings, samples); });
    time(u"report: write as HTML"_s, [&] { static_cast<void>(renderReport(*report, ReportFormat::Html)); });
    const qsizetype bytes = renderReport(*report, ReportFormat::Html).size();
    Bench::printFigure(u"report: size of the HTML"_s, double(bytes), u"bytes"_s);
}

} // namespace

int main(int argc, char **argv)
{
    const int count = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
    if (count < 100) {
        std::fputs("bench-statistics [SAMPLES], at least 100\n", stderr);
        return 2;
    }
    const std::vector<LatencySample> samples = drawnSamples(count);
    Bench::printFigure(u"samples"_s, count, u"count"_s);
    benchStatistics(samples);
    benchSeries(samples);
    benchReport(samples);
    return 0;
}
