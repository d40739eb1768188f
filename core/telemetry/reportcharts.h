// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencyreport.h"

#include <QString>

namespace BitNet {

// The charts of the HTML report as SVG elements, coloured by the classes of its style sheet. Each is empty when there is
// nothing to show.

// p50, p95 and p99 of settings().measure over time, the limit, where jobs failed; below it jobs per bucket by outcome.
QString overTimeChart(const LatencyReport &report);
// The histogram, with the percentiles marked; values cut off by a limit on top of the bars.
QString histogramChart(const LatencyReport &report);
// The cumulative curve, and the Kaplan–Meier estimate where values are censored.
QString cumulativeChart(const LatencyReport &report);

} // namespace BitNet
