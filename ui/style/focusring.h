// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

class QAbstractScrollArea;

namespace BitNet {

// Shows that a scroll area has the keyboard's focus: a ring over its edge. The style gives one to those whose content shows
// no focus of its own; where an item has the focus, that item shows it.
class FocusRing : public QWidget
{
    Q_OBJECT
public:
    explicit FocusRing(QAbstractScrollArea *area);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    QAbstractScrollArea *m_area;
};

} // namespace BitNet
