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

// One drawing of a chart over time: the upper part shows latencies, the lower one how many jobs ended, and how.
class OverTime
{
public:
    explicit OverTime(const LatencyReport &report)
        : m_report(report)
        , m_timeline(*report.timeline())
        , m_shown{m_timeline.begin(), m_timeline.end()}
        , m_svg(width, height, u"Percentiles over time, and jobs by outcome"_s)
    {
        for (const LatencyStatistics &bucket : m_timeline.buckets()) {
            const LatencyDistribution &distribution = bucket.distribution(report.settings().measure);
            std::array<double, percentileLines.size()> shares = {};
            std::ranges::transform(percentileLines, shares.begin(), &PercentileLine::share);
            m_percentiles.push_back(distribution.quantiles(shares));
            m_mostJobs = std::max(m_mostJobs, bucket.count());
        }
    }

    QString draw()
    {
        drawLatencies();
        drawFailures();
        drawJobs();
        return m_svg.finish();
    }

private:
    static constexpr double width = 1040;
    static constexpr double height = 410;
    static constexpr ChartFrame upper = {76, 14, 972, 246};
    static constexpr ChartFrame lower = {76, 302, 972, 382};
    static constexpr double failedRow = 263;
    static constexpr double timedOutRow = 279;

    double x(WallTime time) const
    {
        const double share = double((time - m_shown.from).count()) / double(m_shown.length().count());
        return upper.left + share * (upper.right - upper.left);
    }

    // Of the whole bucket, also where the range covers only a part of it.
    double left(size_t bucket) const { return x(m_timeline.begin() + m_timeline.width() * qint64(bucket)); }

    double middle(size_t bucket) const { return (left(bucket) + left(bucket + 1)) / 2; }

    QString windowText(size_t bucket) const
    {
        const TimeRange window = m_timeline.window(bucket);
        return timeText(window.from) + u" – " + timeText(window.to).sliced(11);
    }

    DurationScale valueScale() const
    {
        double smallest = std::numeric_limits<double>::infinity();
        double largest = 0;
        for (const auto &values : m_percentiles) {
            for (const std::optional<double> &value : values) {
                if (value && *value > 0)
                    smallest = std::min(smallest, *value);
                largest = std::max(largest, value.value_or(0));
            }
        }
        const std::optional<double> limit = m_report.settings().statistics.limits.of(m_report.settings().measure);
        largest = std::max(largest, limit.value_or(0));
        // A logarithmic axis for what a linear one would press flat against its floor.
        const bool isWide = largest > 30 * smallest;
        if (isWide)
            return {HistogramScale::Logarithmic, smallest * 0.8, largest * 1.15, upper.bottom, upper.top};
        return DurationScale::fromZero(largest, upper.bottom, upper.top);
    }

    void drawLatencies()
    {
        const DurationScale scale = valueScale();
        drawValueGrid(m_svg, scale.ticks(6), upper);
        m_svg.line({upper.left, upper.bottom}, {upper.right, upper.bottom}, "axis");

        struct Label
        {
            double baseline;
            QString text;
            QByteArray cssClass;
        };
        std::vector<Label> labels;
        for (size_t line = 0; line < percentileLines.size(); ++line) {
            if (const std::optional<double> last = drawLine(line, scale)) {
                labels.push_back({scale.position(*last) + 4, percentileLines[line].label,
                                  QByteArray("label ") + percentileLines[line].cssClass});
            }
        }
        std::ranges::reverse(labels); // equal ones stay in this order: p99 above p50
        if (const auto limit = m_report.settings().statistics.limits.of(m_report.settings().measure)) {
            const double y = scale.position(*limit);
            m_svg.line({upper.left, y}, {upper.right, y}, "limit");
            const bool hasRoomAbove = y - upper.top > 20;
            m_svg.text({upper.right - 6, hasRoomAbove ? y - 6 : y + 16}, QString(u"limit " + durationLabel(*limit)),
                       "label limit", Anchor::End);
        }
        std::vector<double *> baselines;
        std::ranges::transform(labels, std::back_inserter(baselines), [](Label &label) { return &label.baseline; });
        spreadLabels(baselines, 15, upper.bottom + 4);
        if (baselines.empty())
            m_svg.text({(upper.left + upper.right) / 2, (upper.top + upper.bottom) / 2}, u"no measured value", "tick",
                       Anchor::Middle);
        for (const Label &label : labels)
            m_svg.text({upper.right + 8, label.baseline}, label.text, label.cssClass.constData());
        for (size_t i = 0; i < m_percentiles.size(); ++i)
            drawTip(i);
    }

    // Gaps stay gaps. The last value that was drawn.
    std::optional<double> drawLine(size_t line, const DurationScale &scale)
    {
        std::optional<double> last;
        std::vector<Point> points;
        const auto finish = [&] {
            if (points.size() == 1)
                m_svg.circle(points.front(), 2.5, percentileLines[line].cssClass);
            else if (points.size() > 1)
                m_svg.polyline(points, percentileLines[line].cssClass);
            points.clear();
        };
        for (size_t i = 0; i < m_percentiles.size(); ++i) {
            const std::optional<double> &value = m_percentiles[i][line];
            if (!value) {
                finish();
                continue;
            }
            points.push_back({middle(i), scale.position(*value)});
            last = value;
        }
        finish();
        return last;
    }

    // An invisible column that tells the bucket's values.
    void drawTip(size_t bucket)
    {
        const LatencyStatistics &statistics = m_timeline.buckets()[bucket];
        if (statistics.count() == 0)
            return;
        QString tip = windowText(bucket) + u" UTC\n"_s + countText(statistics.count()) + u" jobs"_s;
        for (size_t line = 0; line < percentileLines.size(); ++line) {
            if (m_percentiles[bucket][line])
                tip += u'\n' + percentileLines[line].label + u' ' + durationText(*m_percentiles[bucket][line]);
        }
        m_svg.rectangle({left(bucket), upper.top}, left(bucket + 1) - left(bucket), upper.bottom - upper.top, "hit",
                        tip);
    }

    // A cross for failures, a triangle for time-outs, each in a row of its own: not the colour alone tells them apart.
    void drawFailures()
    {
        bool someFailed = false;
        bool someTimedOut = false;
        for (size_t i = 0; i < m_timeline.buckets().size(); ++i) {
            const qint64 failed = m_timeline.buckets()[i].count(OutcomeClass::Failed);
            const qint64 timedOut = m_timeline.buckets()[i].count(OutcomeClass::TimedOut);
            const double x = middle(i);
            if (failed > 0) {
                static constexpr double y = failedRow;
                m_svg.beginGroup("marks", QString(windowText(i) + u" UTC\n"_s + countText(failed) + u" failed"_s));
                m_svg.line({x - 3.5, y - 3.5}, {x + 3.5, y + 3.5}, "cross");
                m_svg.line({x - 3.5, y + 3.5}, {x + 3.5, y - 3.5}, "cross");
                m_svg.endGroup();
                someFailed = true;
            }
            if (timedOut > 0) {
                static constexpr double y = timedOutRow;
                const std::array triangle = {Point{x, y - 4.5}, Point{x + 4.5, y + 3.5}, Point{x - 4.5, y + 3.5}};
                m_svg.polygon(triangle, "timedout",
                              QString(windowText(i) + u" UTC\n"_s + countText(timedOut) + u" timed out"_s));
                someTimedOut = true;
            }
        }
        if (someFailed)
            m_svg.text({upper.left - 8, failedRow + 4}, u"failed", "tick", Anchor::End);
        if (someTimedOut)
            m_svg.text({upper.left - 8, timedOutRow + 4}, u"timed out", "tick", Anchor::End);
    }

    void drawJobs()
    {
        static constexpr std::array parts = {
            std::pair{OutcomeClass::Completed, "completed"}, std::pair{OutcomeClass::Failed, "failed"},
            std::pair{OutcomeClass::TimedOut, "timedout"}, std::pair{OutcomeClass::Cancelled, "cancelled"}};
        const double most = niceCeiling(double(m_mostJobs));
        const auto y = [most](double jobs) { return lower.bottom - jobs / most * (lower.bottom - lower.top); };
        std::vector<ScaleTick> ticks = {{y(0), u"0"_s}, {y(most), countText(qint64(most))}};
        if (qint64(most) % 2 == 0)
            ticks.push_back({y(most / 2), countText(qint64(most / 2))});
        drawValueGrid(m_svg, ticks, lower);
        drawBottomTicks(m_svg, timeTicks(m_shown, lower.left, lower.right, 9), lower);

        for (size_t i = 0; i < m_timeline.buckets().size(); ++i) {
            const LatencyStatistics &bucket = m_timeline.buckets()[i];
            if (bucket.count() == 0)
                continue;
            const double room = left(i + 1) - left(i);
            const double gap = std::min(room * 0.15, 2.0);
            m_svg.beginGroup("bars", jobsTip(i));
            qint64 below = 0;
            for (const auto &[outcome, cssClass] : parts) {
                const qint64 jobs = bucket.count(outcome);
                if (jobs == 0)
                    continue;
                const double top = y(double(below + jobs));
                m_svg.rectangle({left(i) + gap / 2, top}, room - gap, y(double(below)) - top, cssClass);
                below += jobs;
            }
            m_svg.endGroup();
        }
    }

    QString jobsTip(size_t i) const
    {
        const LatencyStatistics &bucket = m_timeline.buckets()[i];
        QString tip = windowText(i) + u" UTC"_s;
        for (size_t k = 0; k < outcomeClassCount; ++k) {
            const qint64 jobs = bucket.count(OutcomeClass(k));
            if (jobs > 0)
                tip += u'\n' + countText(jobs) + u' ' + QString(name(OutcomeClass(k))).replace(u'_', u' ');
        }
        return tip;
    }

    const LatencyReport &m_report;
    const LatencyTimeline &m_timeline;
    TimeRange m_shown;
    SvgWriter m_svg;
    std::vector<std::vector<std::optional<double>>> m_percentiles;
    qint64 m_mostJobs = 1;
};

} // namespace

QString overTimeChart(const LatencyReport &report)
{
    if (report.statistics().count() == 0)
        return {};
    return OverTime(report).draw();
}

} // namespace BitNet
