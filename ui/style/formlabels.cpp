// SPDX-License-Identifier: MIT
#include "ui/style/formlabels.h"

#include <QFormLayout>
#include <QWidget>

namespace BitNet {

void levelLabels(QFormLayout &form)
{
    for (int row = 0; row < form.rowCount(); ++row) {
        if (const QLayoutItem *item = form.itemAt(row, QFormLayout::LabelRole); item && item->widget())
            item->widget()->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
    }
}

} // namespace BitNet
