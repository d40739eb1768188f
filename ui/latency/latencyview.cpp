// SPDX-License-Identifier: MIT
#include "ui/latency/latencyview.h"

#include <algorithm>

namespace BitNet {

namespace {

constexpr int curvePoints = 400;
constexpr size_t betweenLooks = 8192;

template<typename Visit>
void forEachShown(const LatencyQuestion &question, const SampleSet &samples, const std::stop_token &stop, Visit visit)
{
    for (const auto &chunk : samples.chunks()) {
        for (size_t i = 0; i < chunk->size(); ++i) {
            if (i % betweenLooks == 0 && stop.stop_requested())
                return;
            if (question.filter.matches((*chunk)[i]))
                visit((*chunk)[i]);
        }
    }
}

// 0: A, 1: B; nothing when it is in neither.
std::optional<size_t> selectionOf(const LatencySample &sample, const ComparisonQuestion &question)
{
    switch (question.kind) {
    case ComparisonKind::BeforeAfter:
        return sample.completedAt < question.moment ? 0 : 1;
    case ComparisonKind::Models:
    case ComparisonKind::Groups:
        break;
    }
    const QString &key = question.kind == ComparisonKind::Models ? sample.model : sample.group;
    for (const size_t i : {0, 1}) {
        if (key == question.keys[i])
            return i;
    }
    return std::nullopt;
}

LatencyComparison compare(const LatencyQuestion &question, const SampleSet &samples, const TimeRange &range,
                          const std::stop_token &stop)
{
    LatencyComparison comparison = {.question = *question.comparison};
    std::array<std::vector<double>, 2> values;
    std::array<LatencyDistribution, 2> distributions;
    forEachShown(question, samples, stop, [&](const LatencySample &sample) {
        if (!range.contains(sample.completedAt))
            return;
        const auto selection = selectionOf(sample, *question.comparison);
        if (!selection)
            return;
        distributions[*selection].add(sample.observation(question.measure), sample.value(question.measure));
        if (sample.observation(question.measure) == Observation::Measured)
            values[*selection].push_back(sample.value(question.measure));
    });
    if (stop.stop_requested())
        return comparison;
    comparison.chart.measure = question.measure;
    for (const size_t i : {0, 1}) {
        comparison.summaries[i] = distributions[i].summary();
        comparison.chart.names[i] = question.comparison->names[i];
        comparison.chart.curves[i] = distributions[i].cumulative(curvePoints);
    }
    comparison.ranks = compareRanks(std::move(values[0]), std::move(values[1]));
    return comparison;
}

} // namespace

std::shared_ptr<const LatencyView> makeLatencyView(const LatencyQuestion &question, const SampleSet &samples,
                                                   WallTime now, const std::stop_token &stop)
{
    auto view = std::make_shared<LatencyView>();
    view->question = question;
    ReportSettings settings;
    settings.range = question.range;
    settings.filter = question.filter;
    settings.selection = question.selection;
    settings.generatedAt = now;
    settings.measure = question.measure;
    settings.statistics.limits = question.limits;
    view->report = std::make_shared<const LatencyReport>(settings, samples, stop);
    if (stop.stop_requested())
        return {};
    view->range = view->report->range().value_or(TimeRange{now - std::chrono::minutes(15), now});
    view->buckets = chartBuckets(*view->report, stop);

    auto series = std::make_shared<SampleSeries>();
    series->append(samples, question.measure, question.filter);
    if (stop.stop_requested())
        return {};
    view->series = std::move(series);

    if (view->report->statistics().count() <= LatencyView::mostJobBars) {
        forEachShown(question, samples, stop, [&](const LatencySample &sample) {
            if (view->range.contains(sample.completedAt))
                view->jobBars.push_back({.window = {sample.submittedAt, sample.completedAt},
                                         .job = sample.job,
                                         .phases = phasesOf(sample)});
        });
        std::ranges::stable_sort(view->jobBars, {}, [](const BreakdownDrawing::Bar &bar) { return bar.window.to; });
    }
    const LatencyDistribution &distribution = view->report->statistics().distribution(question.measure);
    view->summary = distribution.summary();
    view->figures = figureRows(*view->report);
    view->cumulative = distribution.cumulative(curvePoints);
    if (distribution.censored() > 0)
        view->cumulativeWithCensored = distribution.cumulativeWithCensored(curvePoints);
    if (question.comparison)
        view->comparison = compare(question, samples, view->range, stop);
    return stop.stop_requested() ? nullptr : view;
}

} // namespace BitNet
