// SPDX-License-Identifier: MIT
#pragma once

#include "ui/style/theme.h"

#include <QWidget>

namespace BitNet {

// One line of text that changes often and gives way to what is beside it: cut with an ellipsis where it does not fit (the
// tool tip has it whole), and changed without asking the layout of the whole window again, as a QLabel does.
class ElidedLabel : public QWidget
{
    Q_OBJECT
    Q_PROPERTY(QString text READ text WRITE setText)
public:
    explicit ElidedLabel(Tone tone = Tone::Plain, QWidget *parent = nullptr);

    void setText(const QString &text);
    QString text() const { return m_text; }
    void setAlignment(Qt::Alignment alignment); // horizontal; the text is always centred vertically

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    QString m_text;
    Tone m_tone;
    Qt::Alignment m_alignment = Qt::AlignLeft;
};

} // namespace BitNet
