// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/chartscale.h"
#include "core/telemetry/svgwriter.h"

#include <array>
#include <vector>

namespace BitNet {

// What the report's charts have in common.

// The plot area of a chart, in pixels.
struct ChartFrame
{
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;
};

struct PercentileLine
{
    double share = 0;
    const char *cssClass = nullptr;
    QLatin1StringView label = {};
};
inline constexpr std::array percentileLines = {PercentileLine{0.5, "p50", QLatin1StringView("p50")},
                                               PercentileLine{0.95, "p95", QLatin1StringView("p95")},
                                               PercentileLine{0.99, "p99", QLatin1StringView("p99")}};

// Horizontal lines with their labels at the left.
void drawValueGrid(SvgWriter &svg, const std::vector<ScaleTick> &ticks, const ChartFrame &frame);
// The axis at the bottom.
void drawBottomTicks(SvgWriter &svg, const std::vector<ScaleTick> &ticks, const ChartFrame &frame);

// Moves positions of labels apart until neighbours are at least this far from each other and none is beyond largest.
void spreadLabels(std::vector<double *> positions, double distance, double largest);

} // namespace BitNet
