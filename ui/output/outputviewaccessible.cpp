// SPDX-License-Identifier: MIT
#include "ui/output/outputviewaccessible.h"

#include "ui/output/outputview.h"

namespace BitNet {

OutputViewAccessible::OutputViewAccessible(OutputView *view)
    : QAccessibleWidget(view, QAccessible::Terminal)
{
}

QAccessibleInterface *OutputViewAccessible::create(const QString &, QObject *object)
{
    auto *view = qobject_cast<OutputView *>(object);
    return view ? new OutputViewAccessible(view) : nullptr;
}

QString OutputViewAccessible::text(QAccessible::Text kind) const
{
    if (kind == QAccessible::Value)
        return static_cast<OutputView *>(widget())->visibleText();
    return QAccessibleWidget::text(kind);
}

QAccessible::State OutputViewAccessible::state() const
{
    QAccessible::State state = QAccessibleWidget::state();
    state.readOnly = true;
    state.multiLine = true;
    return state;
}

} // namespace BitNet
