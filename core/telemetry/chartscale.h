// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/histogram.h"
#include "core/telemetry/latencytimeline.h"

#include <QString>

#include <vector>

namespace BitNet {

struct ScaleTick
{
    double position = 0; // in pixels
    QString label = {};
};

// An axis of durations: milliseconds to pixels, with ticks where people expect them (1, 2, 5, 10 ms … 15 s, 30 s, 1 min, 1 h).
class DurationScale
{
public:
    // Spans from smallest to largest, on a logarithmic axis both greater than zero. Pixels may grow with the value or shrink.
    DurationScale(HistogramScale scale, double smallest, double largest, double pixelFrom, double pixelTo);

    // Values beyond the ends are placed at the ends.
    double position(double ms) const;
    // About so many or fewer.
    std::vector<ScaleTick> ticks(int maximum) const;

    // A linear axis that begins at zero and ends at a tick.
    static DurationScale fromZero(double largest, double pixelFrom, double pixelTo);

    double from() const { return m_from; }
    double to() const { return m_to; }

private:
    HistogramScale m_scale;
    double m_from = 0;
    double m_to = 1;
    double m_pixelFrom = 0;
    double m_pixelTo = 1;
};

// Round times of the day in UTC, at most maximum; the label names the date where the day changes.
std::vector<ScaleTick> timeTicks(const TimeRange &range, double pixelFrom, double pixelTo, int maximum);

// The smallest of 1, 2, 4, 6, 8, 10, 20, … that is at least this large: the end of an axis of counts.
double niceCeiling(double value);

} // namespace BitNet
