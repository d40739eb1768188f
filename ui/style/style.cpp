// SPDX-License-Identifier: MIT
#include "ui/style/style.h"

#include "ui/style/focusring.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStyleOption>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr int comboPadding = 4;

Style::Style()
    : QProxyStyle(u"Fusion"_s)
{
}

// The question of a message box stands out from what explains it, which isn't broken into short lines.
static void polishMessage(QWidget *widget)
{
    if (widget->objectName() == "qt_msgbox_label"_L1) {
        QFont font = widget->font();
        font.setWeight(QFont::DemiBold);
        widget->setFont(font);
    } else if (widget->objectName() == "qt_msgbox_informativelabel"_L1) {
        widget->setMinimumWidth(widget->fontMetrics().averageCharWidth() * 50);
    }
}

void Style::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget)
        || qobject_cast<QAbstractSpinBox *>(widget) || qobject_cast<QScrollBar *>(widget)
        || qobject_cast<QTabBar *>(widget))
        widget->setAttribute(Qt::WA_Hover);
    if ((qobject_cast<QScrollArea *>(widget) || qobject_cast<QAbstractItemView *>(widget))
        && widget->focusPolicy() != Qt::NoFocus
        && !widget->findChild<FocusRing *>(QString(), Qt::FindDirectChildrenOnly))
        new FocusRing(qobject_cast<QAbstractScrollArea *>(widget));
    // Its frame paints the ground, with round corners.
    if (auto *text = qobject_cast<QPlainTextEdit *>(widget); text && text->frameShape() != QFrame::NoFrame)
        text->viewport()->setAutoFillBackground(false);
    polishMessage(widget);
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
    case CT_ComboBox:
        return {result.width() + 2 * comboPadding, qMax(result.height(), text + 13)};
    case CT_LineEdit:
        return {result.width(), qMax(result.height(), text + 13)};
    case CT_SpinBox: // as high as the other fields, of which one may be beside it
        return {result.width(), text + 13};
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
    if (control == CC_ComboBox && subControl == SC_ComboBoxEditField) {
        // The field of an editable one keeps its text off the border itself.
        const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option);
        const int inset = combo && combo->editable ? 0 : comboPadding;
        return QProxyStyle::subControlRect(control, option, subControl, widget).adjusted(inset, 0, 0, 0);
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
                return visualRect(spin->direction, r, r.adjusted(0, 0, -buttonWidth, 0));
            default:
                break;
            }
        }
    }
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

QIcon Style::standardIcon(StandardPixmap icon, const QStyleOption *option, const QWidget *widget) const
{
    const QPalette palette = QApplication::palette();
    switch (icon) {
    case SP_MessageBoxInformation:
        return Icons::get(u"info"_s, toneColour(Tone::Active, palette));
    case SP_MessageBoxQuestion:
        return Icons::get(u"question"_s, toneColour(Tone::Active, palette));
    case SP_MessageBoxWarning:
        return Icons::get(u"warning"_s, toneColour(Tone::Warning, palette));
    case SP_MessageBoxCritical:
        return Icons::get(u"state-failed"_s, toneColour(Tone::Bad, palette));
    default:
        return QProxyStyle::standardIcon(icon, option, widget);
    }
}

QRect Style::subElementRect(SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    // Text keeps off the rounded border.
    return element == SE_LineEditContents ? rect.adjusted(4, 0, -4, 0) : rect;
}

} // namespace BitNet
