// SPDX-License-Identifier: MIT
#include "ui/latency/chartcanvas.h"

#include <QLocale>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr double gap = 6; // between things and their labels
constexpr double swatch = 14;

} // namespace

ChartLayout::ChartLayout(const QSizeF &size, const ChartLook &look, bool hasRightAxis)
{
    const QFontMetricsF metrics(look.font);
    m_lineHeight = metrics.height();
    m_charWidth = metrics.horizontalAdvance(u'0');
    const double left = std::ceil(m_charWidth * 9.5) + gap;
    const double right = hasRightAxis ? std::ceil(m_charWidth * 6) + gap : std::ceil(m_charWidth * 3.5);
    const double top = std::ceil(m_lineHeight + 2 * gap);
    const double bottom = std::ceil(m_lineHeight + 1.5 * gap);
    m_plot =
        QRectF(left, top, std::max(20.0, size.width() - left - right), std::max(20.0, size.height() - top - bottom));
}

double ChartLayout::timeAxisX(WallTime time, const TimeRange &range) const
{
    const double length = std::max(1.0, double(range.length().count()));
    return m_plot.left() + double((time - range.from).count()) / length * m_plot.width();
}

WallTime ChartLayout::timeAt(double x, const TimeRange &range) const
{
    const double share = (x - m_plot.left()) / m_plot.width();
    return range.from + std::chrono::microseconds(std::llround(share * double(range.length().count())));
}

int ChartLayout::mostTimeTicks() const
{
    return std::max(2, int(m_plot.width() / (m_charWidth * 13)));
}

int ChartLayout::mostValueTicks() const
{
    return std::clamp(int(m_plot.height() / (m_lineHeight * 1.9)), 2, 8);
}

ChartCanvas::ChartCanvas(QPainter &painter, const ChartLayout &layout, const ChartLook &look)
    : m_painter(painter)
    , m_layout(layout)
    , m_look(look)
    , m_metrics(look.font)
{
    painter.setFont(look.font);
    painter.setRenderHint(QPainter::Antialiasing);
}

void ChartCanvas::drawLegend(const std::vector<LegendItem> &items, const QString &note)
{
    const double middle = gap + m_layout.lineHeight() / 2;
    double x = m_layout.plot().left();
    for (const LegendItem &item : items) {
        const double width = swatch + gap + m_metrics.horizontalAdvance(item.text);
        if (x + width > m_layout.plot().right())
            break; // the tip names it as well
        if (item.mark == LegendMark::Line || item.mark == LegendMark::Dashes) {
            m_painter.setPen(QPen(item.colour, 2, item.mark == LegendMark::Dashes ? Qt::DashLine : Qt::SolidLine));
            m_painter.drawLine(QPointF(x, middle), QPointF(x + swatch, middle));
        } else {
            drawMark(item.mark, {x + swatch / 2, middle}, item.colour);
        }
        m_painter.setPen(m_look.muted);
        m_painter.drawText(QPointF(x + swatch + gap, gap + m_metrics.ascent()), item.text);
        x += width + 3 * gap;
    }
    const double noteWidth = m_metrics.horizontalAdvance(note);
    if (!note.isEmpty() && x + noteWidth <= m_layout.plot().right()) {
        m_painter.setPen(m_look.muted);
        m_painter.drawText(QPointF(m_layout.plot().right() - noteWidth, gap + m_metrics.ascent()), note);
    }
}

void ChartCanvas::drawMark(LegendMark mark, const QPointF &at, const QColor &colour)
{
    switch (mark) {
    case LegendMark::Cross:
        m_painter.setPen(QPen(colour, 1.8));
        m_painter.drawLine(at + QPointF(-3.5, -3.5), at + QPointF(3.5, 3.5));
        m_painter.drawLine(at + QPointF(-3.5, 3.5), at + QPointF(3.5, -3.5));
        return;
    case LegendMark::Triangle: {
        m_painter.setPen(QPen(m_look.ground, 1));
        m_painter.setBrush(colour);
        const std::array corners = {at + QPointF(0, -5), at + QPointF(5, 4), at + QPointF(-5, 4)};
        m_painter.drawPolygon(corners.data(), int(corners.size()));
        return;
    }
    case LegendMark::Dot:
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(colour);
        m_painter.drawEllipse(at, 3.5, 3.5);
        return;
    case LegendMark::Box:
    case LegendMark::Line:
    case LegendMark::Dashes:
        break;
    }
    m_painter.setPen(Qt::NoPen);
    m_painter.setBrush(colour);
    m_painter.drawRoundedRect(QRectF(at.x() - 5, at.y() - 5, 10, 10), 2, 2);
}

void ChartCanvas::drawLeftTicks(const std::vector<ScaleTick> &ticks)
{
    const QRectF &plot = m_layout.plot();
    for (const ScaleTick &tick : ticks) {
        const double y = std::round(tick.position) + 0.5;
        m_painter.setPen(QPen(m_look.grid, 1));
        m_painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        m_painter.setPen(m_look.muted);
        const double width = m_metrics.horizontalAdvance(tick.label);
        m_painter.drawText(QPointF(plot.left() - gap - width, y + m_metrics.ascent() / 2 - 1), tick.label);
    }
}

void ChartCanvas::drawRightTicks(const std::vector<ScaleTick> &ticks)
{
    m_painter.setPen(m_look.muted);
    for (const ScaleTick &tick : ticks)
        m_painter.drawText(QPointF(m_layout.plot().right() + gap, tick.position + m_metrics.ascent() / 2 - 1),
                           tick.label);
}

void ChartCanvas::drawBottomTicks(const std::vector<ScaleTick> &ticks)
{
    const QRectF &plot = m_layout.plot();
    m_painter.setPen(QPen(m_look.grid, 1));
    m_painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    double free = -1e9;
    for (const ScaleTick &tick : ticks) {
        const double width = m_metrics.horizontalAdvance(tick.label);
        const double left = std::clamp(tick.position - width / 2, 0.0, plot.right() + 3 * gap - width);
        m_painter.setPen(QPen(m_look.grid, 1));
        m_painter.drawLine(QPointF(tick.position, plot.bottom()), QPointF(tick.position, plot.bottom() + 4));
        if (left < free)
            continue;
        free = left + width + 2 * gap;
        m_painter.setPen(m_look.muted);
        m_painter.drawText(QPointF(left, plot.bottom() + gap + m_metrics.ascent()), tick.label);
    }
}

void ChartCanvas::drawTimeAxis(const TimeRange &range)
{
    const TimeRange local = {range.from + m_look.utcOffset, range.to + m_look.utcOffset};
    drawBottomTicks(timeTicks(local, m_layout.plot().left(), m_layout.plot().right(), m_layout.mostTimeTicks()));
}

void ChartCanvas::drawLimit(double y, const QString &label)
{
    const QRectF &plot = m_layout.plot();
    m_painter.setPen(QPen(m_look.limit, 1.4, Qt::DashLine));
    m_painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    const double width = m_metrics.horizontalAdvance(label);
    const bool hasRoomAbove = y - m_layout.lineHeight() > plot.top();
    m_painter.setPen(m_look.limit);
    m_painter.drawText(QPointF(plot.right() - width - 2, hasRoomAbove ? y - 4 : y + m_metrics.ascent() + 2), label);
}

void ChartCanvas::drawVerticalLimit(double x, const QString &label)
{
    const QRectF &plot = m_layout.plot();
    m_painter.setPen(QPen(m_look.limit, 1.4, Qt::DashLine));
    m_painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
    const double width = m_metrics.horizontalAdvance(label);
    const bool hasRoomAtTheRight = x + gap + width < plot.right();
    m_painter.setPen(m_look.limit);
    m_painter.drawText(QPointF(hasRoomAtTheRight ? x + gap : x - gap - width, plot.top() + m_metrics.ascent()), label);
}

void ChartCanvas::drawNothing(const QString &text)
{
    m_painter.setPen(m_look.muted);
    m_painter.drawText(m_layout.plot(), Qt::AlignCenter | Qt::TextWordWrap, text);
}

std::vector<ScaleTick> countTicks(double end, double pixelFrom, double pixelTo, int maximum)
{
    std::vector<ScaleTick> ticks;
    const int parts = maximum >= 5 ? 4 : 2;
    for (int i = 0; i <= parts; ++i) {
        const double value = end * i / parts;
        if (end >= parts && value != std::floor(value))
            continue;
        const double digits = value == std::floor(value) ? 0 : end < 1 ? 2 : 1;
        ticks.push_back({pixelFrom + (pixelTo - pixelFrom) * i / parts, QLocale().toString(value, 'f', int(digits))});
    }
    return ticks;
}

} // namespace BitNet
