// SPDX-License-Identifier: MIT
#pragma once

#include <QMenu>

namespace BitNet {

// A menu of things to be checked, several in a row: it stays open while one is checked or unchecked.
class ChoiceMenu : public QMenu
{
    Q_OBJECT
public:
    using QMenu::QMenu;

protected:
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    bool toggle(QAction *action);
};

} // namespace BitNet
