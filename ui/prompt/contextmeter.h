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

    // How much there is.
    struct Size
    {
        qint64 tokens = 0; // greater than zero
        bool isModels = false; // what the model was trained for; the engine would take more
        QString source = {}; // who says so, for the tool tip
    };

    // answer: tokens that may be generated beside it.
    void setUse(const ContextUse &use, const Size &size, qint64 answer);
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
