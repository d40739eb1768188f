// SPDX-License-Identifier: MIT
#include "ui/latency/chartdrawing.h"

#include "ui/latency/chartcanvas.h"

namespace BitNet {

QRectF ChartDrawing::plot(const QSizeF &size, const ChartLook &look) const
{
    return ChartLayout(size, look, hasRightAxis()).plot();
}

double ChartDrawing::valueAt(double x, const QSizeF &size, const ChartLook &look) const
{
    return axisValue(x, ChartLayout(size, look, hasRightAxis()));
}

} // namespace BitNet
