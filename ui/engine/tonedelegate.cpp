// SPDX-License-Identifier: MIT
#include "ui/engine/tonedelegate.h"

#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace BitNet {

void ToneDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const QVariant toneValue = index.data(ToneRole);
    const auto tone = toneValue.isValid() ? static_cast<Tone>(toneValue.toInt()) : Tone::Plain;
    const QColor colour = toneColour(tone, option->palette);
    if (const QString name = index.data(IconRole).toString(); !name.isEmpty()) {
        option->features |= QStyleOptionViewItem::HasDecoration;
        option->icon = tone == Tone::Plain ? Icons::get(name) : Icons::get(name, colour);
        option->decorationSize = QSize(16, 16);
    }
    if (toneValue.isValid() && tone != Tone::Plain) {
        option->palette.setColor(QPalette::Text, colour);
        option->palette.setColor(QPalette::HighlightedText, colour);
    }
}

} // namespace BitNet
