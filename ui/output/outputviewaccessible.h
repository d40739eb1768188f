// SPDX-License-Identifier: MIT
#pragma once

#include <QAccessibleWidget>

namespace BitNet {

class OutputView;

// What a screen reader is told of an OutputView: the rows on the screen are its value.
class OutputViewAccessible : public QAccessibleWidget
{
public:
    explicit OutputViewAccessible(OutputView *view);

    // For QAccessible::installFactory().
    static QAccessibleInterface *create(const QString &className, QObject *object);

    QString text(QAccessible::Text kind) const override;
    QAccessible::State state() const override;
};

} // namespace BitNet
