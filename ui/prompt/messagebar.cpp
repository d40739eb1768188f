// SPDX-License-Identifier: MIT
#include "ui/prompt/messagebar.h"

#include "ui/prompt/conversationview.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QBoxLayout>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

MessageBar::MessageBar(QWidget *parent)
    : QWidget(parent)
    , m_figures(new ToneLabel(Tone::Muted))
    , m_previous(addButton(u"version-previous"_s, tr("Previous version")))
    , m_position(new ToneLabel(Tone::Muted))
    , m_next(addButton(u"version-next"_s, tr("Next version")))
    , m_copy(addButton(u"copy"_s, tr("Copy")))
    , m_copyCode(addButton(u"copy-code"_s, tr("Copy the code")))
    , m_regenerate(addButton(u"again"_s, tr("Ask again: another answer beside this one")))
    , m_edit(addButton(u"edit-again"_s, tr("Edit and send again: another prompt beside this one")))
    , m_goToJob(addButton(u"jobs"_s, tr("Show the job")))
    , m_serverLog(addButton(u"engine"_s, tr("Show what the server printed, on the Jobs page")))
{
    m_serverLog->setText(tr("Server Log"));
    m_serverLog->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setCursor(Qt::ArrowCursor);
    m_figures->setScale(0.9);
    m_figures->setAccessibleName(tr("Figures of the answer"));
    m_figures->setTextFormat(Qt::PlainText);
    // Where there is little room it is cut; the tool tip has all of it.
    m_figures->setMinimumWidth(1);
    m_figures->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_position->setScale(0.9);

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 2, 0, 2);
    row->setSpacing(2);
    row->addWidget(m_figures, 1);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_previous, m_position, m_next, m_copy, m_copyCode,
                                                            m_regenerate, m_edit, m_goToJob, m_serverLog})
        row->addWidget(widget);

    connect(m_copy, &QToolButton::clicked, this, [this] { Q_EMIT copyRequested(m_id); });
    connect(m_copyCode, &QToolButton::clicked, this, [this] { Q_EMIT copyCodeRequested(m_id); });
    connect(m_regenerate, &QToolButton::clicked, this, [this] { Q_EMIT regenerateRequested(m_id); });
    connect(m_edit, &QToolButton::clicked, this, [this] { Q_EMIT editRequested(m_id); });
    connect(m_goToJob, &QToolButton::clicked, this, [this] { Q_EMIT jobRequested(m_job); });
    connect(m_serverLog, &QToolButton::clicked, this, [this] { Q_EMIT jobRequested(m_serverJob); });
    connect(m_previous, &QToolButton::clicked, this, [this] { Q_EMIT siblingRequested(m_id, -1); });
    connect(m_next, &QToolButton::clicked, this, [this] { Q_EMIT siblingRequested(m_id, 1); });
}

QToolButton *MessageBar::addButton(const QString &icon, const QString &text)
{
    auto *button = new QToolButton(this);
    button->setObjectName(icon);
    button->setIcon(Icons::get(icon));
    button->setIconSize({16, 16});
    button->setToolTip(text);
    button->setAccessibleName(text);
    button->setAutoRaise(true);
    return button;
}

void MessageBar::setMessage(const Message &message, const Conversation::SiblingPosition &siblings,
                            const Options &options)
{
    const bool isPrompt = message.role == MessageRole::User;
    const bool isGenerating = message.state == MessageState::Generating;
    m_id = message.id;
    m_job = message.job;
    m_serverJob = message.serverJob;
    m_text = isPrompt ? QString() : ConversationView::figures(message.figures);
    m_figures->setToolTip(m_text);
    m_figures->setAccessibleDescription(m_text);

    const bool showsSiblings = options.showsSiblings && siblings.count > 1;
    for (QWidget *widget : std::initializer_list<QWidget *>{m_previous, m_position, m_next})
        widget->setVisible(showsSiblings);
    m_previous->setEnabled(siblings.index > 0);
    m_next->setEnabled(siblings.index + 1 < siblings.count);
    m_position->setText(tr("%1 / %2").arg(siblings.index + 1).arg(siblings.count));
    m_position->setAccessibleName(tr("Version %1 of %2").arg(siblings.index + 1).arg(siblings.count));

    const QString copy = isPrompt ? tr("Copy the prompt") : tr("Copy the answer");
    m_copy->setToolTip(copy);
    m_copy->setAccessibleName(copy);
    m_copy->setEnabled(!message.text.isEmpty());
    m_copyCode->setVisible(options.hasCode);
    m_regenerate->setVisible(!isPrompt);
    m_regenerate->setEnabled(options.canAsk && !options.readOnly && !isGenerating);
    m_edit->setVisible(isPrompt);
    m_edit->setEnabled(options.canAsk && !options.readOnly);
    m_goToJob->setVisible(!isPrompt && message.job.isValid());
    m_goToJob->setToolTip(tr("Show job #%1 on the Jobs page").arg(message.job.value));
    m_serverLog->setVisible(message.serverJob.isValid() && message.state == MessageState::Failed);
    layout()->activate();
    elide();
}

void MessageBar::elide()
{
    m_figures->setText(m_figures->fontMetrics().elidedText(m_text, Qt::ElideRight, m_figures->width()));
}

void MessageBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    layout()->activate();
    elide();
}

} // namespace BitNet
