// SPDX-License-Identifier: MIT
#include "ui/style/style.h"

#include "ui/style/theme.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QScrollBar>
#include <QStyleFactory>
#include <QStyleOption>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr qreal radius = 5;

QColor accent(const QStyleOption *option)
{
    return option->palette.color(QPalette::Active, QPalette::Highlight);
}

bool has(const QStyleOption *option, QStyle::StateFlag flag)
{
    return option->state.testFlag(flag);
}

// A rounded surface with a hairline around it.
void drawSurface(QPainter *painter, const QRect &rect, const QColor &fill, const QColor &border, qreal width = 1)
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
    if (has(option, QStyle::State_HasFocus) && has(option, QStyle::State_Enabled))
        return accent(option);
    const QColor line = blend(lineColour(option->palette), option->palette.color(QPalette::WindowText), 0.12);
    return has(option, QStyle::State_Enabled) ? line : lineColour(option->palette);
}

QColor buttonFill(const QStyleOption *option, bool primary)
{
    const QPalette &palette = option->palette;
    const QColor text = palette.color(QPalette::WindowText);
    if (!has(option, QStyle::State_Enabled))
        return palette.color(QPalette::Window);
    const QColor base = primary ? accent(option) : palette.color(QPalette::Button);
    if (has(option, QStyle::State_Sunken))
        return blend(base, primary ? QColor(Qt::black) : text, primary ? 0.18 : 0.14);
    if (has(option, QStyle::State_MouseOver))
        return blend(base, primary ? QColor(Qt::white) : text, primary ? 0.1 : 0.06);
    if (has(option, QStyle::State_On))
        return blend(base, accent(option), 0.2);
    return base;
}

bool isPrimary(const QStyleOption *option)
{
    const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
    return button && button->features.testFlag(QStyleOptionButton::DefaultButton) && has(option, QStyle::State_Enabled);
}

// Selected rows and menu items are tinted instead of filled, so that coloured signs on them stay readable.
template<typename Option>
Option softened(const Option *option)
{
    Option soft(*option);
    for (const auto group : {QPalette::Active, QPalette::Inactive, QPalette::Disabled}) {
        soft.palette.setColor(group, QPalette::Highlight, selectionColour(option->palette));
        soft.palette.setColor(
            group, QPalette::HighlightedText,
            option->palette.color(group == QPalette::Disabled ? group : QPalette::Active, QPalette::Text));
    }
    return soft;
}

} // namespace

Style::Style()
    : QProxyStyle(u"Fusion"_s)
{
}

void Style::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget)
        || qobject_cast<QAbstractSpinBox *>(widget) || qobject_cast<QScrollBar *>(widget)
        || qobject_cast<QTabBar *>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_ToolBarItemSpacing:
        return 4;
    case PM_ToolBarItemMargin:
        return 6;
    case PM_ToolBarFrameWidth:
        return 0;
    case PM_ToolBarIconSize:
        return 20;
    case PM_ButtonIconSize:
    case PM_ListViewIconSize:
    case PM_TabBarIconSize:
        return 16;
    case PM_ScrollBarExtent:
        return 12;
    case PM_ScrollBarSliderMin:
        return 36;
    case PM_HeaderMargin:
        return 8;
    case PM_FocusFrameHMargin: // cells are padded like the headers above them
        return qobject_cast<const QTableView *>(widget) ? 7 : QProxyStyle::pixelMetric(metric, option, widget);
    case PM_TabBarTabHSpace:
        return 26;
    case PM_TabBarTabVSpace:
        return 14;
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_SplitterWidth:
        return 5;
    case PM_ButtonMargin:
        return 10;
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuVMargin:
        return 4;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_ComboBox_Popup:
        return 0;
    case SH_DialogButtonBox_ButtonsHaveIcons:
        return 0;
    case SH_ScrollBar_LeftClickAbsolutePosition:
        return 1;
    case SH_ItemView_ShowDecorationSelected:
        return 1;
    case SH_EtchDisabledText:
        return 0;
    case SH_ToolTip_WakeUpDelay:
        return 500;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                              const QWidget *widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    const int text = option ? option->fontMetrics.height() : 16;
    switch (type) {
    case CT_PushButton:
        return {result.width() + 8, qMax(result.height(), text + 13)};
    case CT_LineEdit:
    case CT_ComboBox:
    case CT_SpinBox:
        return {result.width(), qMax(result.height(), text + 13)};
    case CT_MenuItem: {
        const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option);
        if (item && item->menuItemType != QStyleOptionMenuItem::Separator)
            result.rheight() = qMax(result.height(), text + 11);
        return result;
    }
    case CT_HeaderSection:
        return {result.width(), qMax(result.height(), text + 13)};
    default:
        return result;
    }
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl subControl,
                            const QWidget *widget) const
{
    if (control == CC_ScrollBar) {
        const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
        if (!bar)
            return {};
        // No arrow buttons: the groove is the whole bar.
        const bool horizontal = bar->orientation == Qt::Horizontal;
        const int length = horizontal ? bar->rect.width() : bar->rect.height();
        const qint64 range = qint64(bar->maximum) - bar->minimum;
        int slider = length;
        if (range > 0) {
            slider = static_cast<int>(qint64(bar->pageStep) * length / (range + bar->pageStep));
            slider = qBound(qMin(pixelMetric(PM_ScrollBarSliderMin, option, widget), length), slider, length);
        }
        const int start =
            sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - slider, bar->upsideDown);
        const auto along = [&](int from, int size) {
            return horizontal ? QRect(bar->rect.x() + from, bar->rect.y(), size, bar->rect.height())
                              : QRect(bar->rect.x(), bar->rect.y() + from, bar->rect.width(), size);
        };
        switch (subControl) {
        case SC_ScrollBarGroove:
            return bar->rect;
        case SC_ScrollBarSlider:
            return along(start, slider);
        case SC_ScrollBarSubPage:
            return along(0, start);
        case SC_ScrollBarAddPage:
            return along(start + slider, length - start - slider);
        default:
            return {};
        }
    }
    if (control == CC_SpinBox) {
        const auto *spin = qstyleoption_cast<const QStyleOptionSpinBox *>(option);
        if (spin && spin->buttonSymbols != QAbstractSpinBox::NoButtons) {
            constexpr int buttonWidth = 20;
            const QRect r = spin->rect.adjusted(1, 1, -1, -1);
            const int x = r.right() - buttonWidth + 1;
            switch (subControl) {
            case SC_SpinBoxUp:
                return visualRect(spin->direction, r, {x, r.y(), buttonWidth, r.height() / 2});
            case SC_SpinBoxDown:
                return visualRect(spin->direction, r,
                                  {x, r.y() + r.height() / 2, buttonWidth, r.height() - r.height() / 2});
            case SC_SpinBoxEditField:
                return visualRect(spin->direction, r, r.adjusted(2, 0, -buttonWidth, 0));
            default:
                break;
            }
        }
    }
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    // Text keeps off the rounded border.
    return element == SE_LineEditContents ? rect.adjusted(4, 0, -4, 0) : rect;
}

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
        return;
    }
    case PE_PanelButtonTool: {
        if (!has(option, State_Enabled) && !has(option, State_On))
            return;
        QColor fill;
        if (has(option, State_Sunken))
            fill = blend(palette.color(QPalette::Window), palette.color(QPalette::WindowText), 0.16);
        else if (has(option, State_On))
            fill = selectionColour(palette);
        else if (has(option, State_MouseOver))
            fill = blend(palette.color(QPalette::Window), palette.color(QPalette::WindowText), 0.08);
        if (fill.isValid())
            drawSurface(painter, option->rect, fill, {});
        return;
    }
    case PE_FrameFocusRect:
        if (has(option, State_KeyboardFocusChange)) // by the keyboard, not by a click
            drawSurface(painter, option->rect, {}, accent(option), 1.5);
        return;
    case PE_PanelLineEdit:
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option)) {
            if (frame->lineWidth > 0)
                drawSurface(painter, option->rect, palette.color(QPalette::Base), fieldBorder(option),
                            has(option, State_HasFocus) ? 1.5 : 1);
            else if (!qobject_cast<const QAbstractSpinBox *>(widget ? widget->parentWidget() : nullptr)
                     && !qobject_cast<const QComboBox *>(widget ? widget->parentWidget() : nullptr))
                painter->fillRect(option->rect, palette.color(QPalette::Base));
        }
        return;
    case PE_FrameLineEdit:
        drawSurface(painter, option->rect, {}, fieldBorder(option));
        return;
    case PE_Frame:
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
        const bool enabled = has(option, State_Enabled);
        const QColor fill = on ? (enabled ? accent(option) : palette.color(QPalette::Dark))
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
            if (has(option, State_NoChange))
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
        drawChevron(
            painter, place, up,
            palette.color(has(option, State_Enabled) ? QPalette::Active : QPalette::Disabled, QPalette::ButtonText));
        return;
    }
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                        const QWidget *widget) const
{
    const QPalette &palette = option->palette;
    switch (element) {
    case CE_ItemViewItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option)) {
            const QStyleOptionViewItem soft = softened(item);
            QProxyStyle::drawControl(element, &soft, painter, widget);
            return;
        }
        break;
    case CE_MenuItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option)) {
            QStyleOptionMenuItem soft = softened(item);
            soft.palette.setColor(QPalette::Window, palette.color(QPalette::Base));
            QProxyStyle::drawControl(element, &soft, painter, widget);
            return;
        }
        break;
    case CE_PushButtonLabel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option); button && isPrimary(option)) {
            QStyleOptionButton label(*button);
            label.palette.setColor(QPalette::ButtonText, palette.color(QPalette::HighlightedText));
            QProxyStyle::drawControl(element, &label, painter, widget);
            return;
        }
        break;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea: {
        const QRect r = option->rect;
        painter->fillRect(r, palette.color(QPalette::Base));
        if (has(option, State_MouseOver) && element == CE_HeaderSection)
            painter->fillRect(r, blend(palette.color(QPalette::Base), palette.color(QPalette::Text), 0.05));
        painter->fillRect(QRect(r.left(), r.bottom(), r.width(), 1), lineColour(palette));
        const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option);
        if (element == CE_HeaderSection && header && header->orientation == Qt::Horizontal
            && header->position != QStyleOptionHeader::End && header->position != QStyleOptionHeader::OnlyOneSection)
            painter->fillRect(QRect(r.right(), r.top() + 7, 1, r.height() - 14), lineColour(palette));
        return;
    }
    case CE_HeaderLabel:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option)) {
            // Headers are quieter than the rows, unless they say by what is sorted.
            QStyleOptionHeader label;
            if (const auto *v2 = qstyleoption_cast<const QStyleOptionHeaderV2 *>(option)) {
                QStyleOptionHeaderV2 copy(*v2);
                if (copy.sortIndicator == QStyleOptionHeader::None)
                    copy.palette.setColor(QPalette::ButtonText, palette.color(QPalette::PlaceholderText));
                QProxyStyle::drawControl(element, &copy, painter, widget);
                return;
            }
            label = *header;
            QProxyStyle::drawControl(element, &label, painter, widget);
            return;
        }
        break;
    case CE_TabBarTabShape: {
        const bool selected = has(option, State_Selected);
        const QRect r = option->rect;
        if (has(option, State_MouseOver) && !selected)
            painter->fillRect(r.adjusted(0, 0, 0, -2),
                              blend(palette.color(QPalette::Window), palette.color(QPalette::WindowText), 0.05));
        if (selected)
            painter->fillRect(QRect(r.left(), r.bottom() - 1, r.width(), 2), accent(option));
        return;
    }
    case CE_TabBarTabLabel:
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option)) {
            QStyleOptionTab label(*tab);
            if (!has(option, State_Selected))
                label.palette.setColor(QPalette::WindowText, palette.color(QPalette::PlaceholderText));
            QProxyStyle::drawControl(element, &label, painter, widget);
            return;
        }
        break;
    case CE_ToolBar:
        painter->fillRect(option->rect, palette.color(QPalette::Window));
        return;
    case CE_Splitter: {
        const QRect r = option->rect;
        const QColor line = has(option, State_MouseOver) ? accent(option) : lineColour(palette);
        if (has(option, State_Horizontal))
            painter->fillRect(QRect(r.center().x(), r.top(), 1, r.height()), line);
        else
            painter->fillRect(QRect(r.left(), r.center().y(), r.width(), 1), line);
        return;
    }
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                               const QWidget *widget) const
{
    const QPalette &palette = option->palette;
    const QColor sign =
        palette.color(has(option, State_Enabled) ? QPalette::Active : QPalette::Disabled, QPalette::ButtonText);
    switch (control) {
    case CC_ScrollBar: {
        const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
        painter->fillRect(option->rect, palette.color(QPalette::Base));
        if (!bar || bar->maximum <= bar->minimum)
            return;
        const bool active = has(option, State_Sunken) || has(option, State_MouseOver);
        const int inset = active ? 2 : 3;
        const QRectF r =
            QRectF(subControlRect(control, option, SC_ScrollBarSlider, widget)).adjusted(inset, inset, -inset, -inset);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(blend(palette.color(QPalette::Base), palette.color(QPalette::Text), active ? 0.45 : 0.25));
        const qreal round = qMin(r.width(), r.height()) / 2;
        painter->drawRoundedRect(r, round, round);
        painter->restore();
        return;
    }
    case CC_ComboBox:
        if (const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option)) {
            const QColor fill = combo->editable ? palette.color(QPalette::Base) : buttonFill(option, false);
            if (combo->frame)
                drawSurface(painter, option->rect, fill, fieldBorder(option), has(option, State_HasFocus) ? 1.5 : 1);
            drawChevron(painter, subControlRect(control, option, SC_ComboBoxArrow, widget), false, sign);
            return;
        }
        break;
    case CC_SpinBox:
        if (const auto *spin = qstyleoption_cast<const QStyleOptionSpinBox *>(option)) {
            if (spin->frame)
                drawSurface(painter, option->rect, palette.color(QPalette::Base), fieldBorder(option),
                            has(option, State_HasFocus) ? 1.5 : 1);
            if (spin->buttonSymbols == QAbstractSpinBox::NoButtons)
                return;
            for (const auto button : {SC_SpinBoxUp, SC_SpinBoxDown}) {
                const QRect r = subControlRect(control, option, button, widget);
                const bool up = button == SC_SpinBoxUp;
                const bool possible = spin->stepEnabled.testFlag(up ? QAbstractSpinBox::StepUpEnabled
                                                                    : QAbstractSpinBox::StepDownEnabled);
                if (possible && option->activeSubControls == button && has(option, State_Enabled))
                    drawSurface(painter, r.adjusted(1, 1, -1, -1),
                                blend(palette.color(QPalette::Base), palette.color(QPalette::Text), 0.1), {});
                drawChevron(painter, r, up, possible ? sign : palette.color(QPalette::Disabled, QPalette::ButtonText));
            }
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

} // namespace BitNet
