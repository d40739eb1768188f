// SPDX-License-Identifier: MIT
#include "ui/mainwindow/windowtoolbar.h"

#include "ui/mainwindow/windowactions.h"

#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

WindowToolBar::WindowToolBar(const WindowActions &actions, QMenu &menu, int concurrency)
    : QToolBar(tr("Commands"))
{
    setObjectName(u"commands"_s);
    setMovable(false);
    setFloatable(false);
    setContextMenuPolicy(Qt::PreventContextMenu);
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    addActions({actions.newPrompt, actions.runCommand});
    addSeparator();
    addAction(actions.pauseQueue);
    addConcurrency(concurrency);
    auto *space = new QWidget;
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    addWidget(space);
    addAction(actions.settings);
    qobject_cast<QToolButton *>(widgetForAction(actions.settings))->setToolButtonStyle(Qt::ToolButtonIconOnly);
    addMenuButton(actions.menu, menu);
    nameButtons();
}

void WindowToolBar::addConcurrency(int concurrency)
{
    auto *label = new QLabel(tr("At a time"));
    label->setContentsMargins(10, 0, 4, 0);
    m_concurrency = new QSpinBox;
    m_concurrency->setRange(1, 4096);
    m_concurrency->setValue(concurrency);
    m_concurrency->setAccessibleName(tr("Jobs at a time"));
    m_concurrency->setToolTip(tr("How many jobs run at a time; lowering it lets running jobs end"));
    m_concurrency->setKeyboardTracking(false);
    label->setBuddy(m_concurrency);
    connect(m_concurrency, &QSpinBox::valueChanged, this, &WindowToolBar::concurrencyChosen);
    addWidget(label);
    addWidget(m_concurrency);
}

void WindowToolBar::addMenuButton(QAction *action, QMenu &menu)
{
    auto *button = new QToolButton;
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(action->text());
    addWidget(button);
    connect(action, &QAction::triggered, this, [&menu, button] {
        menu.popup(button->mapToGlobal(QPoint(button->width() - menu.sizeHint().width(), button->height())));
        menu.setActiveAction(menu.actions().constFirst());
    });
}

void WindowToolBar::nameButtons()
{
    for (QAction *action : actions()) {
        auto *tool = qobject_cast<QToolButton *>(widgetForAction(action));
        if (!tool)
            continue;
        tool->setFocusPolicy(Qt::TabFocus);
        if (action->text().isEmpty())
            continue;
        const auto name = [tool, action] {
            QString text = action->text();
            tool->setAccessibleName(text.remove(u'&'));
        };
        name();
        connect(action, &QAction::changed, tool, name);
    }
}

void WindowToolBar::setConcurrency(int concurrency)
{
    const QSignalBlocker blocker(m_concurrency);
    m_concurrency->setValue(concurrency);
}

} // namespace BitNet
