// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencysample.h"

#include <QColor>
#include <QFont>
#include <QPalette>

#include <array>
#include <chrono>

namespace BitNet {

// Parts of an E2E latency, in the order of time.
enum class LatencyPhase : quint8 { QueueWait, Load, Prefill, Decode, Rest };
inline constexpr size_t phaseCount = 5;

// Colours, font and clock of a chart, on the screen as on paper.
struct ChartLook
{
    QFont font = {}; // its size is in pixels, so that it is the same on every device
    QColor ground = {};
    QColor ink = {};
    QColor muted = {};
    QColor grid = {};
    QColor limit = {};
    QColor sample = {}; // single jobs
    std::array<QColor, 3> percentiles = {}; // p50, p95, p99
    std::array<QColor, outcomeClassCount> outcomes = {};
    std::array<QColor, phaseCount> phases = {};
    std::array<QColor, 2> selections = {}; // A, B
    std::chrono::microseconds utcOffset = {}; // of the times it shows

    // In the palette's colours and local time.
    static ChartLook of(const QPalette &palette, const QFont &font);
    // Dark on white, in UTC.
    static ChartLook forPaper(const QFont &font);
};

} // namespace BitNet
