// SPDX-License-Identifier: MIT
#include "ui/style/emptystate.h"

#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QAction>
#include <QBoxLayout>
#include <QFocusEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace BitNet {

namespace {

// A large icon that follows the palette.
class Sign : public QWidget
{
public:
    Sign(const QString &name, QWidget *parent)
        : QWidget(parent)
        , m_icon(Icons::get(name))
    {
        setFixedSize(56, 56);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setOpacity(0.45);
        m_icon.paint(&painter, rect());
    }

private:
    QIcon m_icon;
};

} // namespace

EmptyState::EmptyState(const QString &iconName, const QString &title, const QString &text, QWidget *parent)
    : QWidget(parent)
    , m_title(new ToneLabel(Tone::Plain, title))
    , m_text(new ToneLabel(Tone::Muted, text))
    , m_buttons(new QHBoxLayout)
{
    m_title->setScale(1.35, QFont::DemiBold);
    m_title->setAlignment(Qt::AlignCenter);
    m_title->setWordWrap(true);
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setWordWrap(true);
    m_text->setMaximumWidth(fontMetrics().averageCharWidth() * 100);
    m_buttons->setSpacing(10);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 24);
    column->setSpacing(10);
    column->addStretch(2);
    column->addWidget(new Sign(iconName, this), 0, Qt::AlignHCenter);
    column->addSpacing(4);
    column->addWidget(m_title);
    auto *textRow = new QHBoxLayout;
    textRow->addStretch(1);
    textRow->addWidget(m_text, 8);
    textRow->addStretch(1);
    column->addLayout(textRow);
    column->addSpacing(8);
    auto *buttonRow = new QHBoxLayout;
    buttonRow->addStretch();
    buttonRow->addLayout(m_buttons);
    buttonRow->addStretch();
    column->addLayout(buttonRow);
    column->addStretch(3);
}

void EmptyState::setTexts(const QString &title, const QString &text)
{
    m_title->setText(title);
    m_text->setText(text);
}

void EmptyState::addAction(QAction *action)
{
    const bool first = m_buttons->count() == 0;
    auto *button = new QPushButton(action->text(), this);
    button->setDefault(first);
    button->setAutoDefault(false);
    if (!first)
        button->setIcon(action->icon());
    button->setToolTip(action->toolTip());
    button->setEnabled(action->isEnabled());
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::changed, button, [button, action] {
        button->setText(action->text());
        button->setEnabled(action->isEnabled());
        button->setVisible(action->isVisible());
    });
    m_buttons->addWidget(button);
}

void EmptyState::focusInEvent(QFocusEvent *event)
{
    if (const QLayoutItem *first = m_buttons->itemAt(0))
        first->widget()->setFocus(event->reason());
}

} // namespace BitNet
