// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>
#include <QStyle>
#include <QStyleOption>

class QPainter;

namespace BitNet {

// What Style draws with: the colours of its surfaces, from an option's palette and state, and its few shapes.

QColor accentColour(const QStyleOption *option);
QColor fieldBorder(const QStyleOption *option); // of fields and buttons; the accent while focused
QColor buttonFill(const QStyleOption *option, bool primary);
bool hasState(const QStyleOption *option, QStyle::StateFlag flag);
bool isPrimary(const QStyleOption *option); // a dialog's default button, enabled

// A rounded surface with a hairline around it. An invalid colour leaves that part out.
void drawSurface(QPainter *painter, const QRect &rect, const QColor &fill, const QColor &border, qreal width = 1);
void drawChevron(QPainter *painter, const QRect &rect, bool up, const QColor &colour);

} // namespace BitNet
