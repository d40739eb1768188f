// SPDX-License-Identifier: MIT
#pragma once

#include <QToolBar>

class QMenu;
class QSpinBox;

namespace BitNet {

class WindowActions;

// What matters on every page: a new prompt, a command, the queue's switch, how many jobs run at a time; and the menu with
// everything else.
class WindowToolBar : public QToolBar
{
    Q_OBJECT
public:
    // The menu is shown below the bar's last button, by it and by the window's menu action.
    WindowToolBar(const WindowActions &actions, QMenu &menu, int concurrency);

    void setConcurrency(int concurrency); // what the supervisor says; emits nothing

Q_SIGNALS:
    void concurrencyChosen(int concurrency); // by a person

private:
    void addConcurrency(int concurrency);
    void addMenuButton(QAction *action, QMenu &menu);
    void nameButtons();

    QSpinBox *m_concurrency = nullptr;
};

} // namespace BitNet
