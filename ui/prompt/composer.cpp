// SPDX-License-Identifier: MIT
#include "ui/prompt/composer.h"

#include "ui/prompt/contextmeter.h"
#include "ui/prompt/conversationlayout.h"
#include "ui/prompt/promptedit.h"
#include "ui/style/elidedlabel.h"
#include "ui/style/tonelabel.h"

#include <QAction>
#include <QBoxLayout>
#include <QEvent>
#include <QFontMetricsF>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

Composer::Composer(QAction *send, QAction *stop, QWidget *parent)
    : QWidget(parent)
    , m_inner(new QWidget)
    , m_edit(new PromptEdit)
    , m_meter(new ContextMeter)
    , m_progressLabel(new ElidedLabel(Tone::Active))
    , m_problem(new ToneLabel(Tone::Bad))
    , m_editing(new QWidget)
{
    auto *outer = new QHBoxLayout(this);
    // In line with the conversation above, which has a scroll bar.
    const int scrollBar = style()->pixelMetric(QStyle::PM_ScrollBarExtent);
    outer->setContentsMargins(24, 6, 24 + scrollBar, 14);
    fitWidth();
    auto *column = new QVBoxLayout(m_inner);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);

    auto *editingRow = new QHBoxLayout(m_editing);
    editingRow->setContentsMargins(2, 0, 0, 0);
    auto *editing = new ToneLabel(
        Tone::Active, tr("Changing an earlier prompt: the old one and its answers stay as another branch."));
    editing->setWordWrap(true);
    editingRow->addWidget(editing, 1);
    auto *cancel = new QToolButton;
    cancel->setText(tr("Don't Change It"));
    cancel->setAutoRaise(true);
    cancel->setAccessibleName(cancel->text());
    editingRow->addWidget(cancel);
    connect(cancel, &QToolButton::clicked, this, &Composer::editingCancelled);
    m_editing->hide();

    m_edit->setPlaceholderText(tr("Type a prompt. Ctrl+Enter sends it, Esc stops the answer."));
    m_edit->setAccessibleName(tr("Prompt"));
    m_edit->setToolTip(tr("Alt+Up and Alt+Down bring back earlier prompts"));
    m_problem->setWordWrap(true);
    m_problem->hide();

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(10);
    m_progressLabel->setAccessibleName(tr("What goes on"));
    buttons->addWidget(m_meter);
    buttons->addWidget(m_progressLabel, 1);
    const auto addButton = [buttons](QAction *action) {
        auto *button = new QPushButton(action->icon(), action->text());
        button->setToolTip(action->toolTip());
        button->setEnabled(action->isEnabled());
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
        connect(action, &QAction::changed, button, [button, action] { button->setEnabled(action->isEnabled()); });
        buttons->addWidget(button);
        return button;
    };
    addButton(stop);
    QPushButton *sendButton = addButton(send);
    sendButton->setIcon({});
    sendButton->setDefault(true);

    column->addWidget(m_editing);
    column->addWidget(m_edit);
    column->addWidget(m_problem);
    column->addLayout(buttons);
    outer->addStretch(1);
    outer->addWidget(m_inner, 1000);
    outer->addStretch(1);
}

// As wide as the conversation above.
void Composer::fitWidth()
{
    m_inner->setMaximumWidth(int(QFontMetricsF(font()).height() * ConversationLayout::readableEms));
}

void Composer::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        fitWidth();
}

void Composer::setProgress(const QString &text)
{
    m_progressLabel->setText(text);
}

QString Composer::progress() const
{
    return m_progressLabel->text();
}

void Composer::setEditing(bool editing)
{
    m_editing->setVisible(editing);
}

bool Composer::isEditing() const
{
    return !m_editing->isHidden();
}

void Composer::showProblem(const QString &text, bool isWarning)
{
    m_problem->setTone(isWarning ? Tone::Warning : Tone::Bad);
    m_problem->setText(text);
    m_problem->setVisible(!text.isEmpty());
}

QString Composer::problem() const
{
    return m_problem->text();
}

} // namespace BitNet
