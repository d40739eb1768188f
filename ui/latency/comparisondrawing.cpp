// SPDX-License-Identifier: MIT
#include "ui/latency/comparisondrawing.h"

#include "core/telemetry/recordexport.h"
#include "core/telemetry/reporttext.h"
#include "ui/latency/chartcanvas.h"
#include "ui/latency/charttext.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

std::optional<double> valueOfShare(const std::vector<CumulativePoint> &curve, double share)
{
    for (const CumulativePoint &point : curve) {
        if (point.share >= share - 1e-12)
            return point.ms;
    }
    return std::nullopt;
}

} // namespace

ComparisonDrawing::ComparisonDrawing(Content content)
    : m_content(std::move(content))
{
}

QString ComparisonDrawing::title() const
{
    return tr("Comparison of %1").arg(ChartText::measure(m_content.measure));
}

QString ComparisonDrawing::summary() const
{
    QStringList words;
    for (size_t i = 0; i < 2; ++i) {
        if (const auto median = valueOfShare(m_content.curves[i], 0.5))
            words.append(tr("Half of %1 take at most %2").arg(m_content.names[i], durationText(*median)));
    }
    return words.join(u"; "_s);
}

DurationScale ComparisonDrawing::scale(const ChartLayout &layout) const
{
    double smallest = std::numeric_limits<double>::infinity();
    double largest = 0;
    for (const std::vector<CumulativePoint> &curve : m_content.curves) {
        for (const CumulativePoint &point : curve) {
            if (point.ms > 0)
                smallest = std::min(smallest, point.ms);
            largest = std::max(largest, point.ms);
        }
    }
    static constexpr double wide = 30;
    if (largest > wide * smallest)
        return {HistogramScale::Logarithmic, smallest, largest, layout.plot().left(), layout.plot().right()};
    return DurationScale::fromZero(largest, layout.plot().left(), layout.plot().right());
}

double ComparisonDrawing::axisValue(double x, const ChartLayout &layout) const
{
    const DurationScale values = scale(layout);
    const double share = std::clamp((x - layout.plot().left()) / layout.plot().width(), 0.0, 1.0);
    return values.from() > 0 ? values.from() * std::pow(values.to() / values.from(), share) : values.to() * share;
}

void ComparisonDrawing::paint(QPainter &painter, const QSizeF &size, const ChartLook &look) const
{
    const ChartLayout layout(size, look);
    const QRectF plot = layout.plot();
    ChartCanvas canvas(painter, layout, look);
    std::vector<LegendItem> legend;
    const QFontMetricsF metrics(look.font);
    for (size_t i = 0; i < 2; ++i)
        legend.push_back({i == 0 ? LegendMark::Line : LegendMark::Dashes, look.selections[i],
                          metrics.elidedText(m_content.names[i], Qt::ElideMiddle, plot.width() * 0.36)});
    canvas.drawLegend(legend);
    const auto y = [&](double share) { return plot.bottom() - share * plot.height(); };
    canvas.drawLeftTicks(
        {{y(0), u"0 %"_s}, {y(0.25), u"25 %"_s}, {y(0.5), u"50 %"_s}, {y(0.75), u"75 %"_s}, {y(1), u"100 %"_s}});
    if (m_content.curves[0].empty() && m_content.curves[1].empty()) {
        canvas.drawBottomTicks({});
        canvas.drawNothing(tr("Neither selection has a measured value."));
        return;
    }
    const DurationScale values = scale(layout);
    for (size_t i = 0; i < 2; ++i) {
        std::vector<QPointF> points = {{plot.left(), y(0)}};
        for (const CumulativePoint &point : m_content.curves[i]) {
            points.emplace_back(values.position(point.ms), points.back().y());
            points.emplace_back(values.position(point.ms), y(point.share));
        }
        points.emplace_back(plot.right(), points.back().y());
        painter.setPen(QPen(look.selections[i], 2, i == 0 ? Qt::SolidLine : Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        if (points.size() > 2)
            painter.drawPolyline(points.data(), int(points.size()));
    }
    canvas.drawBottomTicks(values.ticks(layout.mostTimeTicks()));
}

std::optional<ChartHit> ComparisonDrawing::hitOfShare(double share, const ChartLayout &layout) const
{
    QString text = tr("%1 of the values are at most").arg(percentText(share));
    std::array<std::optional<double>, 2> values;
    for (size_t i = 0; i < 2; ++i) {
        values[i] = valueOfShare(m_content.curves[i], share);
        if (values[i])
            text += u"\n%1: %2"_s.arg(m_content.names[i], ChartText::duration(*values[i]));
    }
    if (!values[0] && !values[1])
        return std::nullopt;
    if (values[0] && values[1]) {
        const double difference = *values[1] - *values[0];
        text +=
            u'\n' + tr("Difference: %1%2").arg(difference < 0 ? u"−"_s : u"+"_s, durationText(std::abs(difference)));
    }
    const double y = layout.plot().bottom() - share * layout.plot().height();
    return ChartHit{.column = QRectF(layout.plot().left(), y - 1, layout.plot().width(), 2), .text = text};
}

std::optional<ChartHit> ComparisonDrawing::hitAt(const QPointF &at, const QSizeF &size, const ChartLook &look) const
{
    const ChartLayout layout(size, look);
    if (!layout.plot().contains(at))
        return std::nullopt;
    return hitOfShare((layout.plot().bottom() - at.y()) / layout.plot().height(), layout);
}

std::optional<ChartHit> ComparisonDrawing::hitOfStep(int step, const QSizeF &size, const ChartLook &look) const
{
    return hitOfShare(double(step + 1) / stepCount(), ChartLayout(size, look));
}

QByteArray ComparisonDrawing::csv() const
{
    QByteArray text = "selection,ms,cumulative_share\r\n";
    for (size_t i = 0; i < 2; ++i) {
        for (const CumulativePoint &point : m_content.curves[i])
            text += csvTextCell(m_content.names[i]) + ',' + QByteArray::number(point.ms, 'f', 6) + ','
                + QByteArray::number(point.share, 'f', 6) + "\r\n";
    }
    return text;
}

} // namespace BitNet
