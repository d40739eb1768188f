// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/historyquery.h"
#include "core/telemetry/latencysample.h"

#include <vector>

namespace BitNet {

// The samples of the finished jobs among those that a history holds: sampleOf() without the name. The texts are shared.
std::vector<LatencySample> latencySamples(const HistorySamples &history);

} // namespace BitNet
