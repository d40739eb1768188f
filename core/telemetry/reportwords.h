// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencyreport.h"

#include <QString>

namespace BitNet {

// The sentences of a latency report, in English; markup with <b>, <ul>, <dl>, all of people's text escaped. Shared by the
// HTML and the PDF report, so that both say the same.

// What matters, as a list: percentiles, what was cut off by limits, goodput, queue.
QString reportFindings(const LatencyReport &report);
// How each figure is made.
QString reportMethod(const LatencyReport &report);

// "2026-11-23 21:42:35 – 22:00:00 UTC".
QString rangeText(const TimeRange &range);
// "TTFT ≤ 400 ms, E2E latency ≤ 2 s".
QString limitsText(const LatencyLimits &limits);
// As durationText(), but a line does not break it.
QString unbrokenDuration(double ms);
// "1 job", "1,204 jobs".
QString countedText(qint64 number, QStringView one, QStringView many);
// Per minute, with three digits.
QString rateText(double perMinute);

} // namespace BitNet
