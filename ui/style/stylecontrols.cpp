// SPDX-License-Identifier: MIT
#include "ui/style/style.h"
#include "ui/style/stylepaint.h"
#include "ui/style/theme.h"

#include <QAbstractSpinBox>
#include <QHeaderView>
#include <QPainter>
#include <QStyleOption>
#include <QTableView>

namespace BitNet {

// Selected rows and menu items are tinted instead of filled, so that coloured signs on them stay readable.
template<typename Option>
static Option softened(const Option *option)
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

// Where the row is the unit, it has the focus as a whole, selected or not.
static void drawFocusOfRow(const QStyleOptionViewItem &item, QPainter *painter, const QTableView &table)
{
    if (!table.hasFocus() || !hasState(&item, QStyle::State_KeyboardFocusChange)
        || table.currentIndex().row() != item.index.row())
        return;
    const QColor accent = accentColour(&item);
    const QRect r = item.rect;
    painter->fillRect(QRect(r.left(), r.top(), r.width(), 1), accent);
    painter->fillRect(QRect(r.left(), r.bottom(), r.width(), 1), accent);
    if (table.horizontalHeader()->visualIndex(item.index.column()) == 0) {
        const QRect edge(r.left(), r.top(), 3, r.height());
        painter->fillRect(QStyle::visualRect(item.direction, r, edge), accent);
    }
}

// In the middle together. Qt begins at the left edge and leaves what remains at the right one.
static void drawIconAndText(const QStyle &style, const QStyleOptionToolButton *button, QPainter *painter)
{
    constexpr int gap = 6;
    const int flags = Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine
        | (style.styleHint(QStyle::SH_UnderlineShortcut, button) ? Qt::TextShowMnemonic : Qt::TextHideMnemonic);
    const bool enabled = hasState(button, QStyle::State_Enabled);
    const QSize icon = button->iconSize;
    const int width = icon.width() + gap + button->fontMetrics.size(flags, button->text).width();
    QRect place = button->rect;
    place.setLeft(place.left() + qMax(0, (place.width() - width) / 2));
    const QRect iconPlace(place.left(), place.center().y() - icon.height() / 2 + 1, icon.width(), icon.height());
    button->icon.paint(painter, QStyle::visualRect(button->direction, button->rect, iconPlace), Qt::AlignCenter,
                       enabled ? QIcon::Normal : QIcon::Disabled,
                       hasState(button, QStyle::State_On) ? QIcon::On : QIcon::Off);
    place.setLeft(iconPlace.right() + 1 + gap);
    style.drawItemText(painter, QStyle::visualRect(button->direction, button->rect, place), flags, button->palette,
                       enabled, button->text, QPalette::ButtonText);
}

void Style::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                        const QWidget *widget) const
{
    const QPalette &palette = option->palette;
    switch (element) {
    case CE_ItemViewItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option)) {
            QStyleOptionViewItem soft = softened(item);
            const auto *table = qobject_cast<const QTableView *>(widget);
            const bool wholeRows = table && table->selectionBehavior() == QAbstractItemView::SelectRows;
            if (wholeRows)
                soft.state &= ~State_HasFocus;
            QProxyStyle::drawControl(element, &soft, painter, widget);
            if (wholeRows)
                drawFocusOfRow(*item, painter, *table);
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
        if (hasState(option, State_MouseOver) && element == CE_HeaderSection)
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
        const bool selected = hasState(option, State_Selected);
        const QRect r = option->rect;
        if (hasState(option, State_MouseOver) && !selected)
            painter->fillRect(r.adjusted(0, 0, 0, -2),
                              blend(palette.color(QPalette::Window), palette.color(QPalette::WindowText), 0.05));
        if (selected)
            painter->fillRect(QRect(r.left(), r.bottom() - 1, r.width(), 2), accentColour(option));
        return;
    }
    case CE_TabBarTabLabel:
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option)) {
            QStyleOptionTab label(*tab);
            if (!hasState(option, State_Selected))
                label.palette.setColor(QPalette::WindowText, palette.color(QPalette::PlaceholderText));
            QProxyStyle::drawControl(element, &label, painter, widget);
            return;
        }
        break;
    case CE_ToolButtonLabel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option); button
            && button->toolButtonStyle == Qt::ToolButtonTextBesideIcon && !button->icon.isNull()
            && !button->text.isEmpty()) {
            drawIconAndText(*this, button, painter);
            return;
        }
        break;
    case CE_ToolBar:
        painter->fillRect(option->rect, palette.color(QPalette::Window));
        return;
    case CE_Splitter: {
        const QRect r = option->rect;
        const QColor line = hasState(option, State_MouseOver) ? accentColour(option) : lineColour(palette);
        if (hasState(option, State_Horizontal))
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
        palette.color(hasState(option, State_Enabled) ? QPalette::Active : QPalette::Disabled, QPalette::ButtonText);
    switch (control) {
    case CC_ScrollBar: {
        const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
        painter->fillRect(option->rect, palette.color(QPalette::Base));
        if (!bar || bar->maximum <= bar->minimum)
            return;
        const bool active = hasState(option, State_Sunken) || hasState(option, State_MouseOver);
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
                drawSurface(painter, option->rect, fill, fieldBorder(option),
                            hasState(option, State_HasFocus) ? 1.5 : 1);
            drawChevron(painter, subControlRect(control, option, SC_ComboBoxArrow, widget), false, sign);
            return;
        }
        break;
    case CC_SpinBox:
        if (const auto *spin = qstyleoption_cast<const QStyleOptionSpinBox *>(option)) {
            if (spin->frame)
                drawSurface(painter, option->rect, palette.color(QPalette::Base), fieldBorder(option),
                            hasState(option, State_HasFocus) ? 1.5 : 1);
            if (spin->buttonSymbols == QAbstractSpinBox::NoButtons)
                return;
            for (const auto button : {SC_SpinBoxUp, SC_SpinBoxDown}) {
                const QRect r = subControlRect(control, option, button, widget);
                const bool up = button == SC_SpinBoxUp;
                const bool possible = spin->stepEnabled.testFlag(up ? QAbstractSpinBox::StepUpEnabled
                                                                    : QAbstractSpinBox::StepDownEnabled);
                if (possible && option->activeSubControls == button && hasState(option, State_Enabled))
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
