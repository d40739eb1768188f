// SPDX-License-Identifier: MIT
#pragma once

#include <QStyledItemDelegate>

namespace BitNet {

// Paints cells that say how something is: an icon in the colour of its tone before the text, and the text in that colour
// where it is a warning or worse. Cells without the roles are left as they are.
class ToneDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    // Far above the roles that models number themselves.
    enum Role {
        ToneRole = Qt::UserRole + 100, // int of a Tone
        IconRole, // QString, see Icons::get
    };
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

} // namespace BitNet
