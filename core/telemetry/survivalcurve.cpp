// SPDX-License-Identifier: MIT
#include "core/telemetry/survivalcurve.h"

#include <algorithm>

namespace BitNet {

SurvivalCurve::SurvivalCurve(const std::vector<WeightedValue> &measured, const std::vector<WeightedValue> &censored)
{
    qint64 atRisk = 0;
    for (const WeightedValue &value : measured)
        atRisk += value.count;
    for (const WeightedValue &value : censored)
        atRisk += value.count;

    // Between two censored values the product of the steps' factors is one quotient of counts. Kept as that, rounding grows
    // with the number of censored values only, and without any the curve is the plain share of larger values.
    double survivingAtBase = 1;
    qint64 atRiskAtBase = atRisk;
    const auto surviving = [&] { return survivingAtBase * (double(atRisk) / double(atRiskAtBase)); };

    auto nextCensored = censored.begin();
    for (auto it = measured.begin(); it != measured.end();) {
        const double value = it->value;
        for (; nextCensored != censored.end() && nextCensored->value < value; ++nextCensored) {
            survivingAtBase = surviving();
            atRisk -= nextCensored->count;
            atRiskAtBase = atRisk;
        }
        for (; it != measured.end() && it->value == value; ++it)
            atRisk -= it->count;
        m_steps.push_back({value, surviving()});
    }
}

std::optional<double> SurvivalCurve::quantile(double share) const
{
    // Forgives the rounding of 1 − share.
    const double largest = (1 - share) * (1 + 1e-12) + 1e-15;
    const auto it = std::partition_point(m_steps.begin(), m_steps.end(),
                                         [largest](const Step &step) { return step.surviving > largest; });
    return it == m_steps.end() ? std::nullopt : std::optional(it->value);
}

} // namespace BitNet
