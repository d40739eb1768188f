// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencydistribution.h"

#include <vector>

namespace BitNet {

enum class HistogramScale : quint8 {
    Linear, // buckets of one width, which is 1, 2 or 5 times a power of ten
    Logarithmic, // buckets of one ratio: 1, 2, 5, 10, 20 or 50 a decade, the decades' ends among their bounds
};

struct HistogramBucket
{
    double from = 0; // ms, included
    double to = 0; // ms, not included; in the last bucket it is
    qint64 count = 0; // measured
    qint64 censored = 0; // stopped there by their limit
};

// The buckets from the smallest to the largest value, empty ones included, at most maximumBuckets (≥ 1) and no more than
// that scale's steps need; nothing without values. On a logarithmic scale what is below QuantileSketch::smallestValue
// (1 ns) is counted in the first bucket. Of a distribution past its exact limit a value may lie in a neighbouring bucket,
// when it is as near to the bound as the relative error.
std::vector<HistogramBucket> histogram(const LatencyDistribution &distribution, HistogramScale scale,
                                       int maximumBuckets);

} // namespace BitNet
