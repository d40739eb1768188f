// SPDX-License-Identifier: MIT
#pragma once

#include <QPushButton>

class QAbstractScrollArea;

namespace BitNet {

// "Jump to end", in the lower right corner of a view that text comes into, while its end is not shown.
class EndButton : public QPushButton
{
    Q_OBJECT
public:
    explicit EndButton(QAbstractScrollArea *view);

    // hasNew: text came since the end was left.
    void place(bool shown, bool hasNew = false);
};

} // namespace BitNet
