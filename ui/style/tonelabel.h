// SPDX-License-Identifier: MIT
#pragma once

#include "ui/style/theme.h"

#include <QLabel>

namespace BitNet {

// A label whose colour says something, and follows the palette.
class ToneLabel : public QLabel
{
    Q_OBJECT
public:
    explicit ToneLabel(Tone tone, const QString &text = {}, QWidget *parent = nullptr);

    void setTone(Tone tone);
    Tone tone() const { return m_tone; }
    // Relative to the application's font: 1.0 is its size.
    void setScale(qreal scale, QFont::Weight weight = QFont::Normal) { setFont(scaledFont(scale, weight)); }
    static QFont scaledFont(qreal scale, QFont::Weight weight);

protected:
    void changeEvent(QEvent *event) override;

private:
    void colour();

    Tone m_tone;
};

} // namespace BitNet
