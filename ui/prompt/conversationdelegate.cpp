// SPDX-License-Identifier: MIT
#include "ui/prompt/conversationdelegate.h"

#include "ui/prompt/conversationlistmodel.h"
#include "ui/style/theme.h"

#include <QPainter>

namespace BitNet {

static constexpr int padding = 7; // above the title and below the detail
static constexpr qreal detailScale = 0.9;

static QRect cardOf(const QStyleOptionViewItem &option)
{
    return option.rect.adjusted(6, 1, -6, -1);
}

QSize ConversationDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {120, 2 * option.fontMetrics.height() + 2 * padding + 2};
}

void ConversationDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect card = cardOf(option);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    if (selected || option.state.testFlag(QStyle::State_MouseOver)) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(
            selected ? selectionColour(option.palette)
                     : blend(option.palette.color(QPalette::Window), option.palette.color(QPalette::WindowText), 0.06));
        painter->drawRoundedRect(card, 5, 5);
    }
    if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        painter->setPen(QPen(option.palette.color(QPalette::Highlight), 1.5));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(card, 5, 5);
    }
    const QRect text = card.adjusted(10, padding, -10, -padding);
    QFont font = option.font;
    font.setWeight(selected ? QFont::DemiBold : QFont::Normal);
    painter->setFont(font);
    painter->setPen(option.palette.color(QPalette::WindowText));
    painter->drawText(text, Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine,
                      QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, text.width()));
    font.setWeight(QFont::Normal);
    font.setPointSizeF(font.pointSizeF() * detailScale);
    painter->setFont(font);
    painter->setPen(toneColour(Tone::Muted, option.palette));
    const QString detail = index.data(ConversationListModel::DetailRole).toString();
    painter->drawText(text, Qt::AlignLeft | Qt::AlignBottom | Qt::TextSingleLine,
                      QFontMetrics(font).elidedText(detail, Qt::ElideRight, text.width()));
    painter->restore();
}

void ConversationDelegate::updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option,
                                                const QModelIndex &) const
{
    editor->setGeometry(cardOf(option).adjusted(2, 4, -2, -4));
}

} // namespace BitNet
