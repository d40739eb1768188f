// SPDX-License-Identifier: MIT
#include "ui/latency/overtimedrawing.h"

#include "core/telemetry/recordexport.h"
#include "core/telemetry/reporttext.h"
#include "ui/latency/chartcanvas.h"
#include "ui/latency/charttext.h"
#include "ui/style/wording.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array percentileNames3 = {"p50", "p95", "p99"};
constexpr double reach = 10; // pixels from the pointer to a job
constexpr int fewestPerMark = 9; // pixels between the marks of failures

double middleX(const ChartBucket &bucket, const ChartLayout &layout, const TimeRange &range)
{
    return (layout.timeAxisX(bucket.window.from, range) + layout.timeAxisX(bucket.window.to, range)) / 2;
}

} // namespace

OverTimeDrawing::OverTimeDrawing(Content content)
    : m_content(std::move(content))
{
}

QString OverTimeDrawing::title() const
{
    return tr("%1 over time").arg(ChartText::measure(m_content.measure));
}

double OverTimeDrawing::axisValue(double x, const ChartLayout &layout) const
{
    return double(layout.timeAt(x, m_content.range).time_since_epoch().count());
}

QString OverTimeDrawing::summary() const
{
    qint64 jobs = 0;
    qint64 failed = 0;
    double largest = 0;
    for (const ChartBucket &bucket : m_content.buckets) {
        jobs += bucket.count;
        failed += bucket.outcomes[size_t(OutcomeClass::Failed)] + bucket.outcomes[size_t(OutcomeClass::TimedOut)];
        largest = std::max(largest, bucket.percentiles[1].value_or(0));
    }
    return tr("%1, %2 of them failed or timed out. The highest p95 is %3.")
        .arg(ChartText::jobs(jobs), Wording::number(failed), durationText(largest));
}

OverTimeDrawing::Columns OverTimeDrawing::columns(const ChartLayout &layout) const
{
    if (!m_content.series)
        return {};
    return m_content.series->decimate(m_content.range, std::max(1, int(layout.plot().width())));
}

DurationScale OverTimeDrawing::scale(const ChartLayout &layout, const Columns &columns) const
{
    double largest = m_content.limitMs.value_or(0);
    double smallest = largest > 0 ? largest : std::numeric_limits<double>::infinity();
    const auto include = [&](double ms) {
        largest = std::max(largest, ms);
        if (ms > 0)
            smallest = std::min(smallest, ms);
    };
    for (const ChartBucket &bucket : m_content.buckets) {
        for (const std::optional<double> &value : bucket.percentiles)
            include(value.value_or(0));
    }
    for (const SampleSeries::PixelColumn &column : columns) {
        for (const qsizetype index : {column.smallest, column.largest, column.largestFailed, column.largestTimedOut}) {
            if (index >= 0)
                include(m_content.series->at(index).ms);
        }
    }
    const QRectF plot = layout.plot();
    if (m_content.isLogarithmic && largest > 0)
        return {HistogramScale::Logarithmic, smallest * 0.8, std::max(largest, smallest) * 1.2, plot.bottom(),
                plot.top()};
    return DurationScale::fromZero(largest, plot.bottom(), plot.top());
}

void OverTimeDrawing::paint(QPainter &painter, const QSizeF &size, const ChartLook &look) const
{
    const ChartLayout layout(size, look);
    ChartCanvas canvas(painter, layout, look);
    const Columns shown = columns(layout);
    const DurationScale values = scale(layout, shown);
    std::vector<LegendItem> legend;
    for (size_t i = 0; i < percentileNames3.size(); ++i)
        legend.push_back({LegendMark::Line, look.percentiles[i], QString::fromLatin1(percentileNames3[i])});
    if (m_content.series)
        legend.push_back({LegendMark::Dot, look.sample, tr("Jobs")});
    legend.push_back({LegendMark::Cross, look.outcomes[size_t(OutcomeClass::Failed)], tr("Failed")});
    legend.push_back({LegendMark::Triangle, look.outcomes[size_t(OutcomeClass::TimedOut)], tr("Timed out")});
    canvas.drawLegend(legend);
    canvas.drawLeftTicks(values.ticks(layout.mostValueTicks()));
    canvas.drawTimeAxis(m_content.range);

    const bool isEmpty =
        std::ranges::none_of(m_content.buckets, [](const ChartBucket &bucket) { return bucket.count > 0; });
    if (isEmpty) {
        canvas.drawNothing(tr("No job ended in this range."));
        return;
    }
    painter.save();
    painter.setClipRect(layout.plot().adjusted(-4, -6, 4, 4));
    paintSamples(canvas, layout, shown, values);
    paintLines(canvas, layout, values);
    paintFailures(canvas, layout, shown, values);
    painter.restore();
    if (m_content.limitMs)
        canvas.drawLimit(values.position(*m_content.limitMs), tr("limit %1").arg(durationLabel(*m_content.limitMs)));
}

void OverTimeDrawing::paintSamples(ChartCanvas &canvas, const ChartLayout &layout, const Columns &columns,
                                   const DurationScale &scale) const
{
    std::vector<QLineF> spans;
    std::vector<QPointF> dots;
    for (size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].largest < 0)
            continue;
        const double x = layout.plot().left() + double(i) + 0.5;
        const double high = scale.position(m_content.series->at(columns[i].largest).ms);
        const double low = scale.position(m_content.series->at(columns[i].smallest).ms);
        if (columns[i].counts[size_t(OutcomeClass::Completed)] > 2 && low - high > 2)
            spans.emplace_back(x, high, x, low);
        else
            dots.insert(dots.end(), {QPointF(x, high), QPointF(x, low)});
    }
    QPainter &painter = canvas.painter();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(canvas.look().sample, 1));
    painter.drawLines(spans.data(), int(spans.size()));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(canvas.look().sample, dots.size() > 600 ? 2.5 : 4, Qt::SolidLine, Qt::RoundCap));
    painter.drawPoints(dots.data(), int(dots.size()));
}

void OverTimeDrawing::paintLines(ChartCanvas &canvas, const ChartLayout &layout, const DurationScale &scale) const
{
    QPainter &painter = canvas.painter();
    painter.setBrush(Qt::NoBrush);
    for (size_t line = 3; line-- > 0;) {
        const QColor colour = canvas.look().percentiles[line];
        std::vector<QPointF> points;
        // Gaps stay gaps: where nothing was measured, no line pretends so.
        const auto finish = [&] {
            painter.setPen(QPen(colour, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            if (points.size() == 1)
                canvas.drawMark(LegendMark::Dot, points.front(), colour);
            else
                painter.drawPolyline(points.data(), int(points.size()));
            points.clear();
        };
        for (const ChartBucket &bucket : m_content.buckets) {
            if (bucket.percentiles[line])
                points.emplace_back(middleX(bucket, layout, m_content.range),
                                    scale.position(*bucket.percentiles[line]));
            else if (!points.empty())
                finish();
        }
        if (!points.empty())
            finish();
    }
}

void OverTimeDrawing::paintFailures(ChartCanvas &canvas, const ChartLayout &layout, const Columns &columns,
                                    const DurationScale &scale) const
{
    // Marks that would cover each other are one: the largest of them.
    const auto paint = [&](qsizetype SampleSeries::PixelColumn::*which, LegendMark mark, const QColor &colour) {
        for (size_t first = 0; first < columns.size(); first += fewestPerMark) {
            std::optional<QPointF> highest;
            for (size_t i = first; i < std::min(columns.size(), first + fewestPerMark); ++i) {
                if (columns[i].*which < 0)
                    continue;
                const QPointF at(layout.plot().left() + double(i) + 0.5,
                                 scale.position(m_content.series->at(columns[i].*which).ms));
                if (!highest || at.y() < highest->y())
                    highest = at;
            }
            if (highest)
                canvas.drawMark(mark, *highest, colour);
        }
    };
    const ChartLook &look = canvas.look();
    paint(&SampleSeries::PixelColumn::largestFailed, LegendMark::Cross, look.outcomes[size_t(OutcomeClass::Failed)]);
    paint(&SampleSeries::PixelColumn::largestTimedOut, LegendMark::Triangle,
          look.outcomes[size_t(OutcomeClass::TimedOut)]);
    if (m_content.series)
        return;
    // Without single jobs (on paper) a mark at the floor says where some failed.
    for (const ChartBucket &bucket : m_content.buckets) {
        const double x = middleX(bucket, layout, m_content.range);
        if (bucket.outcomes[size_t(OutcomeClass::Failed)] > 0)
            canvas.drawMark(LegendMark::Cross, {x, layout.plot().bottom() - 6},
                            look.outcomes[size_t(OutcomeClass::Failed)]);
        if (bucket.outcomes[size_t(OutcomeClass::TimedOut)] > 0)
            canvas.drawMark(LegendMark::Triangle, {x, layout.plot().bottom() - 18},
                            look.outcomes[size_t(OutcomeClass::TimedOut)]);
    }
}

std::optional<ChartHit> OverTimeDrawing::hitOfSample(const QPointF &at, const ChartLayout &layout,
                                                     const ChartLook &look) const
{
    if (!m_content.series || m_content.series->isEmpty())
        return std::nullopt;
    const DurationScale values = scale(layout, columns(layout));
    const bool isLogarithmic = m_content.isLogarithmic && values.from() > 0;
    const double share = std::clamp((layout.plot().bottom() - at.y()) / layout.plot().height(), 0.0, 1.0);
    const double ms = isLogarithmic ? values.from() * std::pow(values.to() / values.from(), share)
                                    : values.from() + share * (values.to() - values.from());
    const SampleSeries::PixelSize pixel = {
        .microseconds = std::max(1e-9, double(m_content.range.length().count()) / layout.plot().width()),
        .value = (isLogarithmic ? std::log10(values.to() / values.from()) : values.to() - values.from())
            / layout.plot().height(),
        .axis = isLogarithmic ? SampleSeries::ValueAxis::Logarithmic : SampleSeries::ValueAxis::Linear};
    const auto index = m_content.series->nearest(layout.timeAt(at.x(), m_content.range), ms, pixel, reach);
    if (!index)
        return std::nullopt;
    const SampleSeries::Sample sample = m_content.series->at(*index);
    QString text = tr("Job #%1, %2").arg(sample.job.value).arg(ChartText::outcomeClass(sample.outcomeClass).toLower());
    text += u'\n' + ChartText::measure(m_content.measure) + u' ' + ChartText::duration(sample.ms);
    if (sample.observation == Observation::Censored)
        text += u'\n' + tr("Ended at its limit: it would have taken longer");
    else if (sample.observation == Observation::Apart)
        text += u'\n' + tr("Not among the percentiles: it did not succeed");
    text += u'\n' + tr("Ended %1").arg(ChartText::moment(sample.at, look));
    text += u'\n' + tr("Click to open the job");
    return ChartHit{.mark = QPointF(layout.timeAxisX(sample.at, m_content.range), values.position(sample.ms)),
                    .text = text,
                    .job = sample.job,
                    .isJob = true};
}

std::optional<ChartHit> OverTimeDrawing::hitAt(const QPointF &at, const QSizeF &size, const ChartLook &look) const
{
    const ChartLayout layout(size, look);
    if (!layout.plot().contains(at))
        return std::nullopt;
    if (auto hit = hitOfSample(at, layout, look))
        return hit;
    const WallTime time = layout.timeAt(at.x(), m_content.range);
    for (size_t i = 0; i < m_content.buckets.size(); ++i) {
        if (m_content.buckets[i].window.contains(time))
            return hitOfStep(int(i), size, look);
    }
    return std::nullopt;
}

std::optional<ChartHit> OverTimeDrawing::hitOfStep(int step, const QSizeF &size, const ChartLook &look) const
{
    const ChartLayout layout(size, look);
    const ChartBucket &bucket = m_content.buckets[size_t(step)];
    if (bucket.count == 0)
        return std::nullopt;
    QString text = ChartText::window(bucket.window, look) + u'\n' + ChartText::jobs(bucket.count);
    for (size_t k = 1; k < outcomeClassCount; ++k) {
        if (bucket.outcomes[k] > 0)
            text += u", %1 %2"_s.arg(Wording::number(bucket.outcomes[k]),
                                     ChartText::outcomeClass(OutcomeClass(k)).toLower());
    }
    for (size_t i = 0; i < percentileNames3.size(); ++i) {
        if (bucket.percentiles[i])
            text +=
                u"\n%1 %2"_s.arg(QLatin1StringView(percentileNames3[i]), ChartText::duration(*bucket.percentiles[i]));
    }
    const double left = std::max(layout.plot().left(), layout.timeAxisX(bucket.window.from, m_content.range));
    const double right = std::min(layout.plot().right(), layout.timeAxisX(bucket.window.to, m_content.range));
    ChartHit hit = {.column = QRectF(left, layout.plot().top(), right - left, layout.plot().height()), .text = text};
    if (m_content.series) {
        // Enter leads to the slowest job of the bucket.
        const auto slowest = m_content.series->decimate(bucket.window, 1).front().largest;
        if (slowest >= 0)
            hit.job = m_content.series->at(slowest).job;
    }
    return hit;
}

QByteArray OverTimeDrawing::csv() const
{
    QByteArray text = "from,to,jobs,completed,failed,timed_out,cancelled,p50_ms,p95_ms,p99_ms\r\n";
    for (const ChartBucket &bucket : m_content.buckets) {
        text += isoTime(bucket.window.from).toLatin1() + ',' + isoTime(bucket.window.to).toLatin1() + ','
            + QByteArray::number(bucket.count);
        for (const qint64 count : bucket.outcomes)
            text += ',' + QByteArray::number(count);
        for (const std::optional<double> &value : bucket.percentiles)
            text += ',' + (value ? QByteArray::number(*value, 'f', 6) : QByteArray());
        text += "\r\n";
    }
    return text;
}

} // namespace BitNet
