// SPDX-License-Identifier: MIT
#include "ui/style/stylepaint.h"

#include "ui/style/theme.h"

#include <QPainter>

namespace BitNet {

static constexpr qreal radius = 5;

QColor accentColour(const QStyleOption *option)
{
    return option->palette.color(QPalette::Active, QPalette::Highlight);
}

bool hasState(const QStyleOption *option, QStyle::StateFlag flag)
{
    return option->state.testFlag(flag);
}

// A rounded surface with a hairline around it.
void drawSurface(QPainter *painter, const QRect &rect, const QColor &fill, const QColor &border, qreal width)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(border.isValid() ? QPen(border, width) : QPen(Qt::NoPen));
    painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    const qreal inset = border.isValid() ? width / 2 : 0;
    painter->drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius);
    painter->restore();
}

void drawChevron(QPainter *painter, const QRect &rect, bool up, const QColor &colour)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF c = QRectF(rect).center();
    const qreal dy = up ? -1.6 : 1.6;
    painter->drawPolyline(QPolygonF({{c.x() - 3.2, c.y() - dy}, {c.x(), c.y() + dy}, {c.x() + 3.2, c.y() - dy}}));
    painter->restore();
}

QColor fieldBorder(const QStyleOption *option)
{
    if (hasState(option, QStyle::State_HasFocus) && hasState(option, QStyle::State_Enabled))
        return accentColour(option);
    const QColor line = blend(lineColour(option->palette), option->palette.color(QPalette::WindowText), 0.12);
    return hasState(option, QStyle::State_Enabled) ? line : lineColour(option->palette);
}

QColor buttonFill(const QStyleOption *option, bool primary)
{
    const QPalette &palette = option->palette;
    const QColor text = palette.color(QPalette::WindowText);
    if (!hasState(option, QStyle::State_Enabled))
        return palette.color(QPalette::Window);
    const QColor base = primary ? accentColour(option) : palette.color(QPalette::Button);
    if (hasState(option, QStyle::State_Sunken))
        return blend(base, primary ? QColor(Qt::black) : text, primary ? 0.18 : 0.14);
    if (hasState(option, QStyle::State_MouseOver))
        return blend(base, primary ? QColor(Qt::black) : text, primary ? 0.09 : 0.06);
    if (hasState(option, QStyle::State_On))
        return blend(base, accentColour(option), 0.2);
    return base;
}

bool isPrimary(const QStyleOption *option)
{
    const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
    return button && button->features.testFlag(QStyleOptionButton::DefaultButton)
        && hasState(option, QStyle::State_Enabled);
}

} // namespace BitNet
