// SPDX-License-Identifier: MIT
#include "ui/latency/distributiondrawing.h"

#include "core/telemetry/reporttext.h"
#include "ui/latency/chartcanvas.h"
#include "ui/latency/charttext.h"
#include "ui/style/wording.h"

#include <algorithm>
#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array names = {"p50", "p95", "p99"};
constexpr double tinyMs = 1e-6;

} // namespace

DistributionDrawing::DistributionDrawing(Content content)
    : m_content(std::move(content))
{
}

QString DistributionDrawing::title() const
{
    return tr("Distribution of %1").arg(ChartText::measure(m_content.measure));
}

QString DistributionDrawing::summary() const
{
    QStringList words;
    for (size_t i = 0; i < names.size(); ++i) {
        if (m_content.percentiles[i])
            words.append(u"%1 %2"_s.arg(QLatin1StringView(names[i]), durationText(*m_content.percentiles[i])));
    }
    return words.isEmpty() ? tr("Nothing was measured.") : words.join(u", "_s);
}

std::pair<double, double> DistributionDrawing::span() const
{
    if (m_content.shown)
        return *m_content.shown;
    if (m_content.buckets.empty())
        return {0, 1};
    const double from = m_content.buckets.front().from;
    const bool isLogarithmic = m_content.scale == HistogramScale::Logarithmic;
    return {isLogarithmic ? std::max(from, tinyMs) : from, m_content.buckets.back().to};
}

DurationScale DistributionDrawing::scale(const ChartLayout &layout) const
{
    const auto [from, to] = span();
    return {m_content.scale, from, to, layout.plot().left(), layout.plot().right()};
}

double DistributionDrawing::axisValue(double x, const ChartLayout &layout) const
{
    const QRectF &area = layout.plot();
    const double share = std::clamp((x - area.left()) / area.width(), 0.0, 1.0);
    const auto [from, to] = span();
    return m_content.scale == HistogramScale::Logarithmic ? from * std::pow(to / from, share)
                                                          : from + share * (to - from);
}

void DistributionDrawing::paint(QPainter &painter, const QSizeF &size, const ChartLook &look) const
{
    const ChartLayout layout(size, look, true);
    const QRectF plot = layout.plot();
    ChartCanvas canvas(painter, layout, look);
    const bool hasCensored = !m_content.cumulativeWithCensored.empty();
    std::vector<LegendItem> legend = {{LegendMark::Box, look.sample, tr("Jobs")},
                                      {LegendMark::Line, look.percentiles[0], tr("Share at or below")}};
    if (hasCensored) {
        legend.insert(legend.begin() + 1,
                      {LegendMark::Box, look.outcomes[size_t(OutcomeClass::TimedOut)], tr("Timed out here")});
        legend.push_back(
            {LegendMark::Dashes, look.outcomes[size_t(OutcomeClass::TimedOut)], tr("with time-outs as “at least”")});
    }
    canvas.drawLegend(legend);
    if (m_content.buckets.empty()) {
        canvas.drawBottomTicks({});
        canvas.drawNothing(tr("No job in this range has a measured %1.").arg(ChartText::measure(m_content.measure)));
        return;
    }
    const DurationScale values = scale(layout);
    double most = 1;
    for (const HistogramBucket &bucket : m_content.buckets)
        most = std::max(most, double(bucket.count + bucket.censored));
    const double top = niceCeiling(most);
    const auto y = [&](double share) { return plot.bottom() - share * plot.height(); };
    canvas.drawLeftTicks(countTicks(top, plot.bottom(), plot.top(), layout.mostValueTicks()));
    canvas.drawRightTicks({{y(0), u"0 %"_s}, {y(0.5), u"50 %"_s}, {y(1), u"100 %"_s}});

    painter.save();
    painter.setClipRect(plot.adjusted(0, -2, 1, 1));
    painter.setPen(Qt::NoPen);
    for (const HistogramBucket &bucket : m_content.buckets) {
        const double left = values.position(bucket.from);
        const double room = values.position(bucket.to) - left;
        const double gap = std::min(room * 0.15, 1.0);
        const double base = y(double(bucket.count) / top);
        painter.fillRect(QRectF(left + gap / 2, base, room - gap, plot.bottom() - base), look.sample);
        const double end = y(double(bucket.count + bucket.censored) / top);
        painter.fillRect(QRectF(left + gap / 2, end, room - gap, base - end),
                         look.outcomes[size_t(OutcomeClass::TimedOut)]);
    }
    const auto drawCurve = [&](const std::vector<CumulativePoint> &curve) {
        std::vector<QPointF> points = {{plot.left(), y(0)}};
        for (const CumulativePoint &point : curve) {
            points.emplace_back(values.position(point.ms), points.back().y());
            points.emplace_back(values.position(point.ms), y(point.share));
        }
        points.emplace_back(plot.right(), points.back().y());
        painter.drawPolyline(points.data(), int(points.size()));
    };
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(look.outcomes[size_t(OutcomeClass::TimedOut)], 1.6, Qt::DashLine));
    if (hasCensored)
        drawCurve(m_content.cumulativeWithCensored);
    painter.setPen(QPen(look.percentiles[0], 2));
    drawCurve(m_content.cumulative);
    painter.restore();

    // The percentiles as flags, each where it can be read: in the first of some lines with room.
    std::array<double, 3> free = {plot.left(), plot.left(), plot.left()};
    const QFontMetricsF metrics(look.font);
    for (size_t i = 0; i < names.size(); ++i) {
        if (!m_content.percentiles[i] || *m_content.percentiles[i] < values.from()
            || *m_content.percentiles[i] > values.to())
            continue;
        const double x = values.position(*m_content.percentiles[i]);
        painter.setPen(QPen(look.percentiles[i], 1, Qt::DotLine));
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
        const QString label = QString::fromLatin1(names[i]);
        const double width = metrics.horizontalAdvance(label);
        const auto line = std::ranges::find_if(free, [&](double end) { return x - width - 3 >= end; });
        if (line == free.end())
            continue;
        painter.setPen(look.percentiles[i]);
        painter.drawText(
            QPointF(x - width - 3, plot.top() + metrics.ascent() + double(line - free.begin()) * layout.lineHeight()),
            label);
        *line = x;
    }
    if (m_content.limitMs && *m_content.limitMs >= values.from() && *m_content.limitMs <= values.to())
        canvas.drawVerticalLimit(values.position(*m_content.limitMs),
                                 tr("limit %1").arg(durationLabel(*m_content.limitMs)));
    canvas.drawBottomTicks(values.ticks(layout.mostTimeTicks()));
}

double DistributionDrawing::shareBelow(double ms) const
{
    double share = 0;
    for (const CumulativePoint &point : m_content.cumulative) {
        if (point.ms > ms)
            break;
        share = point.share;
    }
    return share;
}

std::optional<ChartHit> DistributionDrawing::hitAt(const QPointF &at, const QSizeF &size, const ChartLook &look) const
{
    if (!plot(size, look).contains(at))
        return std::nullopt;
    const double ms = valueAt(at.x(), size, look);
    for (size_t i = 0; i < m_content.buckets.size(); ++i) {
        if (ms < m_content.buckets[i].to || i + 1 == m_content.buckets.size())
            return hitOfStep(int(i), size, look);
    }
    return std::nullopt;
}

std::optional<ChartHit> DistributionDrawing::hitOfStep(int step, const QSizeF &size, const ChartLook &look) const
{
    const HistogramBucket &bucket = m_content.buckets[size_t(step)];
    const ChartLayout layout(size, look, true);
    const DurationScale values = scale(layout);
    if (bucket.to < values.from() || bucket.from > values.to())
        return std::nullopt;
    QString text = tr("%1 to %2").arg(durationText(bucket.from), durationText(bucket.to));
    text += u'\n' + ChartText::jobs(bucket.count);
    if (bucket.censored > 0)
        text += u'\n' + tr("%1 timed out here").arg(Wording::number(bucket.censored));
    text += u'\n' + tr("%1 are at or below %2").arg(percentText(shareBelow(bucket.to)), durationText(bucket.to));
    const double left = values.position(bucket.from);
    return ChartHit{.column =
                        QRectF(left, layout.plot().top(), values.position(bucket.to) - left, layout.plot().height()),
                    .text = text};
}

QByteArray DistributionDrawing::csv() const
{
    QByteArray text = "from_ms,to_ms,jobs,timed_out,cumulative_share\r\n";
    for (const HistogramBucket &bucket : m_content.buckets) {
        text += QByteArray::number(bucket.from, 'f', 6) + ',' + QByteArray::number(bucket.to, 'f', 6) + ','
            + QByteArray::number(bucket.count) + ',' + QByteArray::number(bucket.censored) + ','
            + QByteArray::number(shareBelow(bucket.to), 'f', 6) + "\r\n";
    }
    return text;
}

} // namespace BitNet
