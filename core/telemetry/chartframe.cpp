// SPDX-License-Identifier: MIT
#include "core/telemetry/chartframe.h"

#include <algorithm>

namespace BitNet {

void drawValueGrid(SvgWriter &svg, const std::vector<ScaleTick> &ticks, const ChartFrame &frame)
{
    for (const ScaleTick &tick : ticks) {
        svg.line({frame.left, tick.position}, {frame.right, tick.position}, "grid");
        svg.text({frame.left - 8, tick.position + 4}, tick.label, "tick", SvgWriter::Anchor::End);
    }
}

void drawBottomTicks(SvgWriter &svg, const std::vector<ScaleTick> &ticks, const ChartFrame &frame)
{
    svg.line({frame.left, frame.bottom}, {frame.right, frame.bottom}, "axis");
    for (const ScaleTick &tick : ticks) {
        svg.line({tick.position, frame.bottom}, {tick.position, frame.bottom + 4}, "axis");
        svg.text({tick.position, frame.bottom + 18}, tick.label, "tick", SvgWriter::Anchor::Middle);
    }
}

void spreadLabels(std::vector<double *> positions, double distance, double largest)
{
    std::ranges::stable_sort(positions, [](const double *a, const double *b) { return *a < *b; });
    for (size_t i = 1; i < positions.size(); ++i)
        *positions[i] = std::max(*positions[i], *positions[i - 1] + distance);
    double bound = largest;
    for (size_t i = positions.size(); i > 0; --i) {
        *positions[i - 1] = std::min(*positions[i - 1], bound);
        bound = *positions[i - 1] - distance;
    }
}

} // namespace BitNet
