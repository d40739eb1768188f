// SPDX-License-Identifier: MIT
#include "ui/style/foldingrow.h"

#include <QBoxLayout>
#include <QEvent>

namespace BitNet {

FoldingRow::FoldingRow(QWidget *parent)
    : QWidget(parent)
    , m_row(new QHBoxLayout(this))
{
    // The layout would otherwise demand room for all that is shown at the moment.
    m_row->setSizeConstraint(QLayout::SetNoConstraint);
}

void FoldingRow::addFoldable(const QList<QWidget *> &group)
{
    m_groups.append(group);
}

int FoldingRow::widthOf(const QWidget *widget) const
{
    return widget->minimumSizeHint().width() + m_row->spacing();
}

int FoldingRow::foldableWidth() const
{
    int width = 0;
    for (const QList<QWidget *> &group : m_groups) {
        for (const QWidget *widget : group)
            width += widget->isHidden() ? 0 : widthOf(widget);
    }
    return width;
}

QSize FoldingRow::minimumSizeHint() const
{
    const QSize all = m_row->minimumSize();
    return {all.width() - foldableWidth(), all.height()};
}

bool FoldingRow::event(QEvent *event)
{
    const bool handled = QWidget::event(event);
    if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest)
        fold();
    return handled;
}

void FoldingRow::fold()
{
    int room = width() - minimumSizeHint().width();
    for (const QList<QWidget *> &group : std::as_const(m_groups)) {
        for (const QWidget *widget : group)
            room -= widthOf(widget);
        for (QWidget *widget : group)
            widget->setVisible(room >= 0);
    }
}

} // namespace BitNet
