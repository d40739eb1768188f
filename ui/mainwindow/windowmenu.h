// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QMenu>

namespace BitNet {

class WindowActions;

// The menu of the tool bar: everything that the window can do, on whatever page.
class WindowMenu : public QMenu
{
    Q_OBJECT
public:
    // What the pages bring along.
    struct FromPages
    {
        QList<QAction *> jobs; // about jobs as a whole
        QList<QAction *> pages; // to show each page
        QList<QAction *> view; // what a page shows
    };

    WindowMenu(const WindowActions &actions, const FromPages &fromPages, QWidget *parent);
};

} // namespace BitNet
