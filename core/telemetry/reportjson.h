// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencyreport.h"

#include <QJsonObject>

namespace BitNet {

// The report as one object: durations in milliseconds ("…_ms"), times as ISO-8601 UTC, shares 0..1. What is not known is
// null. Members: report, version, title, selection, generated_at, range, limits, jobs, throughput, goodput, measures, groups,
// over_time, histogram, cumulative, slowest.
QJsonObject reportToJson(const LatencyReport &report);

} // namespace BitNet
