// SPDX-License-Identifier: MIT
#include "ui/style/elidedlabel.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace BitNet {

ElidedLabel::ElidedLabel(Tone tone, QWidget *parent)
    : QWidget(parent)
    , m_tone(tone)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
}

void ElidedLabel::setText(const QString &text)
{
    if (text == m_text)
        return;
    m_text = text;
    setAccessibleName(text);
    update();
}

void ElidedLabel::setAlignment(Qt::Alignment alignment)
{
    m_alignment = alignment & Qt::AlignHorizontal_Mask;
    update();
}

QSize ElidedLabel::sizeHint() const
{
    return {fontMetrics().averageCharWidth() * 20, fontMetrics().height()};
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {0, fontMetrics().height()};
}

void ElidedLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setPen(toneColour(m_tone, palette()));
    painter.drawText(rect(), int(QStyle::visualAlignment(layoutDirection(), m_alignment) | Qt::AlignVCenter),
                     fontMetrics().elidedText(m_text, Qt::ElideRight, width()));
}

bool ElidedLabel::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && toolTip().isEmpty()) {
        const bool whole = fontMetrics().horizontalAdvance(m_text) <= width();
        QToolTip::showText(static_cast<QHelpEvent *>(event)->globalPos(), whole ? QString() : m_text, this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace BitNet
