// SPDX-License-Identifier: MIT
#include "ui/style/style.h"
#include "ui/style/stylepaint.h"
#include "ui/style/theme.h"

#include <QAbstractSpinBox>
#include <QComboBox>
#include <QPainter>
#include <QPlainTextEdit>
#include <QStyleOption>

namespace BitNet {

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                          const QWidget *widget) const
{
    const QPalette &palette = option->palette;
    switch (element) {
    case PE_PanelButtonCommand: {
        const bool primary = isPrimary(option);
        const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
        if (button && button->features.testFlag(QStyleOptionButton::Flat)
            && !(option->state & (State_MouseOver | State_Sunken | State_On)))
            return;
        const QColor border = primary ? buttonFill(option, true) : fieldBorder(option);
        drawSurface(painter, option->rect, buttonFill(option, primary), border);
        if (primary && hasState(option, State_HasFocus) && hasState(option, State_KeyboardFocusChange))
            drawSurface(painter, option->rect.adjusted(2, 2, -2, -2), {}, palette.color(QPalette::HighlightedText),
                        1.5);
        return;
    }
    case PE_PanelButtonTool: {
        if (!hasState(option, State_Enabled) && !hasState(option, State_On))
            return;
        QColor fill;
        if (hasState(option, State_Sunken))
            fill = blend(palette.color(QPalette::Window), palette.color(QPalette::WindowText), 0.16);
        else if (hasState(option, State_On))
            fill = selectionColour(palette);
        else if (hasState(option, State_MouseOver))
            fill = blend(palette.color(QPalette::Window), palette.color(QPalette::WindowText), 0.08);
        if (fill.isValid())
            drawSurface(painter, option->rect, fill, {});
        return;
    }
    case PE_FrameFocusRect:
        if (hasState(option, State_KeyboardFocusChange)) // by the keyboard, not by a click
            drawSurface(painter, option->rect, {}, accentColour(option), 1.5);
        return;
    case PE_PanelLineEdit:
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option)) {
            if (frame->lineWidth > 0)
                drawSurface(painter, option->rect, palette.color(QPalette::Base), fieldBorder(option),
                            hasState(option, State_HasFocus) ? 1.5 : 1);
            else if (!qobject_cast<const QAbstractSpinBox *>(widget ? widget->parentWidget() : nullptr)
                     && !qobject_cast<const QComboBox *>(widget ? widget->parentWidget() : nullptr))
                painter->fillRect(option->rect, palette.color(QPalette::Base));
        }
        return;
    case PE_FrameLineEdit:
        drawSurface(painter, option->rect, {}, fieldBorder(option));
        return;
    case PE_Frame:
        // Text that is typed stands in a field, whether of one line or of many; see polish().
        if (qobject_cast<const QPlainTextEdit *>(widget)) {
            drawSurface(painter, option->rect, palette.color(QPalette::Base), fieldBorder(option),
                        hasState(option, State_HasFocus) ? 1.5 : 1);
            return;
        }
        painter->save();
        painter->setPen(lineColour(palette));
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    case PE_FrameMenu:
        painter->save();
        painter->setPen(blend(lineColour(palette), palette.color(QPalette::WindowText), 0.15));
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    case PE_PanelScrollAreaCorner:
        painter->fillRect(option->rect, palette.color(QPalette::Base));
        return;
    case PE_PanelMenu:
        painter->fillRect(option->rect, palette.color(QPalette::Base));
        return;
    case PE_FrameGroupBox:
        drawSurface(painter, option->rect, {}, lineColour(palette));
        return;
    case PE_FrameTabBarBase:
    case PE_FrameTabWidget:
        painter->fillRect(QRect(option->rect.left(), option->rect.top(), option->rect.width(), 1),
                          element == PE_FrameTabBarBase ? lineColour(palette) : QColor(Qt::transparent));
        return;
    case PE_PanelStatusBar:
        painter->fillRect(QRect(option->rect.left(), option->rect.top(), option->rect.width(), 1), lineColour(palette));
        return;
    case PE_FrameStatusBarItem:
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: {
        const bool on = option->state & (State_On | State_NoChange);
        const int side = qMin(option->rect.width(), option->rect.height());
        QRect box(0, 0, side, side);
        box.moveCenter(option->rect.center());
        const bool enabled = hasState(option, State_Enabled);
        // Of the widget: rows and menu items are drawn with a palette in which the highlight is a tint.
        const QColor accent = (widget ? widget->palette() : palette).color(QPalette::Active, QPalette::Highlight);
        const QColor fill = on ? (enabled ? accent : palette.color(QPalette::Dark))
                               : palette.color(enabled ? QPalette::Base : QPalette::Window);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setBrush(fill);
        painter->setPen(QPen(on ? fill : blend(palette.color(QPalette::Base), palette.color(QPalette::Text), 0.45), 1));
        painter->drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        if (on) {
            painter->setPen(QPen(Qt::white, 1.7, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            const qreal u = side / 14.0;
            const QPointF o = box.topLeft();
            if (hasState(option, State_NoChange))
                painter->drawLine(o + QPointF(4, 7) * u, o + QPointF(10, 7) * u);
            else
                painter->drawPolyline(
                    QPolygonF({o + QPointF(3.6, 7.2) * u, o + QPointF(6.1, 9.7) * u, o + QPointF(10.4, 4.6) * u}));
        }
        painter->restore();
        return;
    }
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowUp:
    case PE_IndicatorHeaderArrow: {
        bool up = element == PE_IndicatorArrowUp;
        QRect place = option->rect;
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option)) {
            up = header->sortIndicator == QStyleOptionHeader::SortDown; // Qt's SortDown means ascending here
            if (widget)
                place.moveCenter(QPoint(place.center().x(), widget->rect().center().y()));
        }
        drawChevron(painter, place, up,
                    palette.color(hasState(option, State_Enabled) ? QPalette::Active : QPalette::Disabled,
                                  QPalette::ButtonText));
        return;
    }
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

} // namespace BitNet
