// SPDX-License-Identifier: MIT
#include "ui/style/focusring.h"

#include <QAbstractItemView>
#include <QEvent>
#include <QStyleOptionFocusRect>
#include <QStylePainter>

namespace BitNet {

FocusRing::FocusRing(QAbstractScrollArea *area)
    : QWidget(area)
    , m_area(area)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
    area->installEventFilter(this);
}

bool FocusRing::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::FocusIn:
    case QEvent::FocusOut:
    case QEvent::Resize:
        setGeometry(m_area->rect());
        setVisible(m_area->hasFocus());
        raise();
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void FocusRing::paintEvent(QPaintEvent *)
{
    const auto *view = qobject_cast<QAbstractItemView *>(m_area);
    if (view && view->currentIndex().isValid())
        return;
    QStylePainter painter(this);
    QStyleOptionFocusRect option;
    option.initFrom(this);
    painter.drawPrimitive(QStyle::PE_FrameFocusRect, option);
}

} // namespace BitNet
