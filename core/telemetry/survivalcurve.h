// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/quantilesketch.h"

#include <optional>
#include <vector>

namespace BitNet {

// The Kaplan–Meier (product-limit) estimate of how values are distributed of which some are only known to be larger than
// something. E. L. Kaplan, P. Meier, "Nonparametric Estimation from Incomplete Observations", JASA 53 (1958), 457–481.
class SurvivalCurve
{
public:
    struct Step
    {
        double value = 0;
        double surviving = 1; // share of all that is larger than value
    };

    // Both ascending. Where values are equal, the measured ones count as the earlier.
    SurvivalCurve(const std::vector<WeightedValue> &measured, const std::vector<WeightedValue> &censored);

    // One step for each different measured value, ascending.
    const std::vector<Step> &steps() const { return m_steps; }
    // The smallest measured value below or at which this share (0..1) lies; nothing when the curve ends before.
    std::optional<double> quantile(double share) const;

private:
    std::vector<Step> m_steps;
};

} // namespace BitNet
