// SPDX-License-Identifier: MIT
#include "ui/mainwindow/banner.h"

#include "ui/style/icons.h"

#include <QAction>
#include <QBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace BitNet {

static constexpr int iconSize = 18;
static constexpr int margin = 14;

Banner::Banner(Tone tone, const QString &iconName, QWidget *parent)
    : QFrame(parent)
    , m_tone(tone)
    , m_iconName(iconName)
    , m_text(new QLabel)
    , m_row(new QHBoxLayout(this))
{
    m_row->setContentsMargins(margin + iconSize + 10, 6, margin, 7);
    m_row->addWidget(m_text, 1);
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
}

void Banner::setText(const QString &text)
{
    m_text->setText(text);
    setAccessibleName(text);
}

QString Banner::text() const
{
    return m_text->text();
}

void Banner::addAction(QAction *action)
{
    auto *button = new QPushButton(action->text());
    button->setToolTip(action->toolTip());
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::changed, button, [button, action] { button->setText(action->text()); });
    m_row->addWidget(button);
}

void Banner::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QColor colour = toneColour(m_tone, palette());
    painter.fillRect(rect(), blend(palette().color(QPalette::Window), colour, 0.14));
    painter.fillRect(QRect(0, height() - 1, width(), 1), blend(palette().color(QPalette::Window), colour, 0.4));
    Icons::get(m_iconName, colour).paint(&painter, QRect(margin, (height() - iconSize) / 2, iconSize, iconSize));
}

} // namespace BitNet
