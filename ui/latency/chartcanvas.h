// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/chartscale.h"
#include "core/telemetry/latencytimeline.h"
#include "ui/latency/chartlook.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QRectF>
#include <QString>

#include <optional>
#include <vector>

namespace BitNet {

// The marks a legend explains.
enum class LegendMark : quint8 { Box, Line, Dashes, Dot, Cross, Triangle };

struct LegendItem
{
    LegendMark mark = LegendMark::Box;
    QColor colour = {};
    QString text = {};
};

// Where the parts of a chart of this size are; the same for painting and for the pointer.
class ChartLayout
{
public:
    // The axis at the right is for charts with two.
    ChartLayout(const QSizeF &size, const ChartLook &look, bool hasRightAxis = false);

    const QRectF &plot() const { return m_plot; }
    double lineHeight() const { return m_lineHeight; }
    double timeAxisX(WallTime time, const TimeRange &range) const;
    WallTime timeAt(double x, const TimeRange &range) const;
    // For axes without room for more.
    int mostTimeTicks() const;
    int mostValueTicks() const;

private:
    QRectF m_plot;
    double m_lineHeight;
    double m_charWidth;
};

// What the charts draw alike.
class ChartCanvas
{
public:
    ChartCanvas(QPainter &painter, const ChartLayout &layout, const ChartLook &look);

    QPainter &painter() { return m_painter; }
    const ChartLook &look() const { return m_look; }

    void drawLegend(const std::vector<LegendItem> &items, const QString &note = {});
    void drawLeftTicks(const std::vector<ScaleTick> &ticks);
    void drawRightTicks(const std::vector<ScaleTick> &ticks);
    void drawBottomTicks(const std::vector<ScaleTick> &ticks);
    void drawTimeAxis(const TimeRange &range);
    // A horizontal or vertical dashed line with its label.
    void drawLimit(double y, const QString &label);
    void drawVerticalLimit(double x, const QString &label);
    // In the middle of the plot, instead of what is not there.
    void drawNothing(const QString &text);
    void drawMark(LegendMark mark, const QPointF &at, const QColor &colour);

private:
    QPainter &m_painter;
    const ChartLayout &m_layout;
    const ChartLook &m_look;
    QFontMetricsF m_metrics;
};

// Of a linear axis of counts or rates: from zero to a round end.
std::vector<ScaleTick> countTicks(double end, double pixelFrom, double pixelTo, int maximum);

} // namespace BitNet
