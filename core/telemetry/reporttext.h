// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QString>

namespace BitNet {

// Figures as the reports write them, in English and UTC.

// "1,234".
QString countText(qint64 number);
// A share of 0..1: "12.3 %", the space unbroken.
QString percentText(double share);
// As formatDuration(): "12.4 ms".
QString durationText(double ms);
// Short, for ticks and limits: "0", "250 µs", "20 ms", "1.5 s", "1 min 30 s", "2 h". So many digits below a minute.
QString durationLabel(double ms, int digits = 3);
// "2026-11-23 21:42:35".
QString timeText(WallTime time);

} // namespace BitNet
