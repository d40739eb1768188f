// SPDX-License-Identifier: MIT
#include "core/telemetry/reportcharts.h"

#include "core/telemetry/chartframe.h"
#include "core/telemetry/chartscale.h"
#include "core/telemetry/reporttext.h"
#include "core/telemetry/svgwriter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

using Point = SvgWriter::Point;
using Anchor = SvgWriter::Anchor;

constexpr double halfWidth = 506;
constexpr double halfHeight = 300;
constexpr ChartFrame halfFrame = {60, 30, 490, 262};

// The axis that the histogram and the cumulative curve share.
DurationScale distributionScale(const LatencyReport &report)
{
    double from = report.histogram().front().from;
    double to = report.histogram().back().to;
    if (report.histogramScale() == HistogramScale::Linear) {
        // A few buckets alone would fill the chart as if they were wide.
        static constexpr double fewest = 12;
        const double width = report.histogram().front().to - from;
        const double room = std::max(fewest * width - (to - from), 2 * width) / 2;
        to += room;
        from = std::max(from - room, 0.0);
    }
    return {report.histogramScale(), from, to, halfFrame.left, halfFrame.right};
}

// Vertical lines at the percentiles, their names above.
void drawPercentileMarks(SvgWriter &svg, const LatencyReport &report, const DurationScale &scale)
{
    std::array<double, percentileLines.size()> positions = {};
    std::vector<double *> labels;
    for (size_t i = 0; i < percentileLines.size(); ++i) {
        const auto value =
            report.statistics().distribution(report.settings().measure).quantile(percentileLines[i].share);
        if (!value)
            return;
        positions[i] = scale.position(*value);
        labels.push_back(&positions[i]);
        const QByteArray mark = QByteArray("mark ") + percentileLines[i].cssClass;
        svg.line({positions[i], halfFrame.top - 4}, {positions[i], halfFrame.bottom}, mark.constData());
    }
    spreadLabels(labels, 30, halfFrame.right);
    for (size_t i = 0; i < percentileLines.size(); ++i) {
        const QByteArray label = QByteArray("label ") + percentileLines[i].cssClass;
        svg.text({positions[i], halfFrame.top - 10}, QString(percentileLines[i].label), label.constData(),
                 Anchor::Middle);
    }
}

void drawLimit(SvgWriter &svg, const LatencyReport &report, const DurationScale &scale)
{
    const std::optional<double> limit = report.settings().statistics.limits.of(report.settings().measure);
    if (!limit || *limit < scale.from() || *limit > scale.to())
        return;
    const double x = scale.position(*limit);
    const bool atTheRight = x > (halfFrame.left + halfFrame.right) / 2;
    svg.line({x, halfFrame.top}, {x, halfFrame.bottom}, "limit");
    svg.text({atTheRight ? x - 6 : x + 6, halfFrame.top + 12}, QString(u"limit " + durationLabel(*limit)),
             "label limit", atTheRight ? Anchor::End : Anchor::Start);
}

std::vector<Point> steps(const std::vector<CumulativePoint> &curve, const DurationScale &scale, double until)
{
    const auto y = [](double share) { return halfFrame.bottom - share * (halfFrame.bottom - halfFrame.top); };
    std::vector<Point> points = {{halfFrame.left, y(0)}};
    for (const CumulativePoint &point : curve) {
        const double x = scale.position(point.ms);
        points.push_back({x, points.back().y});
        points.push_back({x, y(point.share)});
    }
    points.push_back({std::max(until, points.back().x), points.back().y});
    return points;
}

} // namespace

QString histogramChart(const LatencyReport &report)
{
    if (report.histogram().empty())
        return {};
    SvgWriter svg(halfWidth, halfHeight, u"Histogram"_s);
    const DurationScale scale = distributionScale(report);
    qint64 most = 1;
    for (const HistogramBucket &bucket : report.histogram())
        most = std::max(most, bucket.count + bucket.censored);
    const double top = niceCeiling(double(most));
    const auto y = [top](double jobs) { return halfFrame.bottom - jobs / top * (halfFrame.bottom - halfFrame.top); };

    std::vector<ScaleTick> ticks;
    for (int i = 0; i <= 4; ++i) {
        const double jobs = top * i / 4;
        if (jobs == std::floor(jobs))
            ticks.push_back({y(jobs), countText(qint64(jobs))});
    }
    drawValueGrid(svg, ticks, halfFrame);
    for (const HistogramBucket &bucket : report.histogram()) {
        if (bucket.count + bucket.censored == 0)
            continue;
        const double left = scale.position(bucket.from);
        const double room = scale.position(bucket.to) - left;
        const double gap = std::min(room * 0.15, 1.0);
        QString tip = durationText(bucket.from) + u" – "_s + durationText(bucket.to) + u'\n' + countText(bucket.count)
            + u" jobs"_s;
        if (bucket.censored > 0)
            tip += u'\n' + countText(bucket.censored) + u" timed out here"_s;
        svg.beginGroup("bars", tip);
        const double base = y(double(bucket.count));
        if (bucket.count > 0)
            svg.rectangle({left + gap / 2, base}, room - gap, halfFrame.bottom - base, "completed");
        if (bucket.censored > 0) {
            const double end = y(double(bucket.count + bucket.censored));
            svg.rectangle({left + gap / 2, end}, room - gap, base - end, "timedout");
        }
        svg.endGroup();
    }
    drawPercentileMarks(svg, report, scale);
    drawLimit(svg, report, scale);
    drawBottomTicks(svg, scale.ticks(7), halfFrame);
    return svg.finish();
}

QString cumulativeChart(const LatencyReport &report)
{
    static constexpr int points = 200;
    const LatencyDistribution &distribution = report.statistics().distribution(report.settings().measure);
    if (distribution.isEmpty() || report.histogram().empty())
        return {};
    SvgWriter svg(halfWidth, halfHeight, u"Cumulative curve"_s);
    const DurationScale scale = distributionScale(report);
    std::vector<ScaleTick> ticks;
    for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        ticks.push_back(
            {halfFrame.bottom - share * (halfFrame.bottom - halfFrame.top), u"%1 %"_s.arg(qRound(share * 100))});
    }
    drawValueGrid(svg, ticks, halfFrame);
    drawPercentileMarks(svg, report, scale);
    drawLimit(svg, report, scale);
    if (distribution.censored() > 0) {
        const std::vector<WeightedValue> censored = distribution.censoredValues();
        svg.polyline(steps(distribution.cumulativeWithCensored(points), scale, scale.position(censored.back().value)),
                     "curve estimate");
    }
    const std::vector<CumulativePoint> curve = distribution.cumulative(points);
    svg.polyline(steps(curve, scale, halfFrame.left), "curve");
    for (const CumulativePoint &point : curve) {
        const double y = halfFrame.bottom - point.share * (halfFrame.bottom - halfFrame.top);
        svg.circle({scale.position(point.ms), y}, 5, "hit",
                   QString(percentText(point.share) + u" took at most "_s + durationText(point.ms)));
    }
    drawBottomTicks(svg, scale.ticks(7), halfFrame);
    return svg.finish();
}

} // namespace BitNet
