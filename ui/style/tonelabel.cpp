// SPDX-License-Identifier: MIT
#include "ui/style/tonelabel.h"

#include <QApplication>
#include <QEvent>

namespace BitNet {

ToneLabel::ToneLabel(Tone tone, const QString &text, QWidget *parent)
    : QLabel(text, parent)
    , m_tone(tone)
{
    // On a page with another background role a label would take that role's text colour.
    setForegroundRole(QPalette::WindowText);
    colour();
}

void ToneLabel::setTone(Tone tone)
{
    m_tone = tone;
    colour();
}

QFont ToneLabel::scaledFont(qreal scale, QFont::Weight weight)
{
    QFont scaled = QApplication::font();
    scaled.setPointSizeF(scaled.pointSizeF() * scale);
    scaled.setWeight(weight);
    return scaled;
}

void ToneLabel::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ApplicationPaletteChange || event->type() == QEvent::PaletteChange)
        colour();
    QLabel::changeEvent(event);
}

void ToneLabel::colour()
{
    const QColor wanted = toneColour(m_tone, QApplication::palette());
    if (palette().color(QPalette::WindowText) == wanted)
        return;
    QPalette own = palette();
    own.setColor(QPalette::WindowText, wanted);
    setPalette(own);
}

} // namespace BitNet
