// SPDX-License-Identifier: MIT
#include "ui/mainwindow/windowmenu.h"

#include "ui/mainwindow/windowactions.h"
#include "ui/style/icons.h"

namespace BitNet {

using namespace Qt::StringLiterals;

WindowMenu::WindowMenu(const WindowActions &actions, const FromPages &fromPages, QWidget *parent)
    : QMenu(parent)
{
    addActions({actions.newPrompt, actions.runCommand, actions.sampleQueue});
    addSeparator();
    addActions({actions.pauseQueue, actions.cancelAll});
    addActions(fromPages.jobs);
    addSeparator();
    QMenu *view = addMenu(Icons::get(u"columns"_s), tr("&View"));
    view->addActions(fromPages.pages);
    view->addSeparator();
    view->addActions(fromPages.view);
    addSeparator();
    addActions({actions.settings, actions.shortcuts, actions.about});
    addSeparator();
    addAction(actions.quit);
}

} // namespace BitNet
