// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/contextuse.h"

#include <QWidget>

namespace BitNet {

// How much of the context a conversation takes: a thin bar and its figures, "≈ 812 / 2,048 tokens".
class ContextMeter : public QWidget
{
    Q_OBJECT
public:
    explicit ContextMeter(QWidget *parent = nullptr);

    // size: tokens, greater than zero. answer: tokens that may be generated beside it. source: who says the size, for
    // the tool tip.
    void setUse(const ContextUse &use, qint64 size, qint64 answer, const QString &source);
    QString text() const { return m_text; }
    // The next answer may not fit; warning() says so in a sentence.
    QString warning() const { return m_warning; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    double m_part = 0; // 0..1
    QString m_text;
    QString m_warning;
    bool m_isFull = false;
};

} // namespace BitNet
