// SPDX-License-Identifier: MIT
#pragma once

#include <QDoubleSpinBox>
#include <QSpinBox>

#include <optional>

namespace BitNet {

// A number that may be left to the engine: then the box says so. The first step up from there gives the usual value.
// Box is QSpinBox or QDoubleSpinBox; its minimum stands for "left to the engine".
template<typename Box, typename Value>
class OptionalSpinBox : public Box
{
public:
    OptionalSpinBox(Value lowest, Value highest, Value step, Value usual, const QString &absent)
        : m_usual(usual)
    {
        if constexpr (std::is_same_v<Box, QDoubleSpinBox>)
            Box::setDecimals(2);
        Box::setRange(lowest - step, highest);
        Box::setSingleStep(step);
        Box::setSpecialValueText(absent);
        Box::setValue(Box::minimum());
    }

    std::optional<Value> optional() const
    {
        return Box::value() == Box::minimum() ? std::nullopt : std::optional<Value>(Box::value());
    }
    void setOptional(const std::optional<Value> &value) { Box::setValue(value.value_or(Box::minimum())); }
    void stepBy(int steps) override
    {
        if (steps > 0 && Box::value() == Box::minimum())
            Box::setValue(m_usual);
        else
            Box::stepBy(steps);
    }

private:
    Value m_usual;
};

using OptionalInt = OptionalSpinBox<QSpinBox, int>;
using OptionalReal = OptionalSpinBox<QDoubleSpinBox, double>;

} // namespace BitNet
