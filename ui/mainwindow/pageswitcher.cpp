// SPDX-License-Identifier: MIT
#include "ui/mainwindow/pageswitcher.h"

#include "ui/style/icons.h"
#include "ui/style/theme.h"

#include <QActionGroup>
#include <QBoxLayout>
#include <QPainter>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

PageSwitcher::PageSwitcher(QWidget *parent)
    : QWidget(parent)
    , m_group(new QActionGroup(this))
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(6, 6, 7, 6);
    m_column->setSpacing(4);
    m_column->addStretch();
    setAccessibleName(tr("Pages"));
}

QAction *PageSwitcher::addPage(const QString &iconName, const QString &title)
{
    const int page = static_cast<int>(m_pages.size());
    auto *action = new QAction(Icons::get(iconName), title, m_group);
    action->setCheckable(true);
    const QKeySequence shortcut(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + page));
    action->setShortcut(shortcut);
    action->setToolTip(tr("%1 (%2)").arg(title, shortcut.toString(QKeySequence::NativeText)));
    connect(action, &QAction::toggled, this, [this, page](bool on) {
        if (on)
            Q_EMIT currentChanged(page);
    });
    auto *button = new QToolButton;
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    button->setIconSize({24, 24});
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(title);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    button->setMinimumSize(fontMetrics().averageCharWidth() * 10, fontMetrics().height() + 42);
    m_column->insertWidget(page, button);
    m_pages.append(action);
    return action;
}

int PageSwitcher::current() const
{
    return static_cast<int>(m_pages.indexOf(m_group->checkedAction()));
}

void PageSwitcher::setCurrent(int page)
{
    if (page >= 0 && page < m_pages.size())
        m_pages[page]->setChecked(true);
}

void PageSwitcher::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(QRect(width() - 1, 0, 1, height()), lineColour(palette()));
}

} // namespace BitNet
