// SPDX-License-Identifier: MIT
#include "core/conversations/conversationdocument.h"

#include <algorithm>

namespace BitNet {

ConversationDocument::ConversationDocument(const Conversation &conversation, bool readOnly, QObject *parent)
    : QObject(parent)
    , m_conversation(conversation)
    , m_readOnly(readOnly)
{
}

bool ConversationDocument::isGenerating() const
{
    const QList<Message> &messages = m_conversation.messages();
    return std::any_of(messages.rbegin(), messages.rend(),
                       [](const Message &message) { return message.state == MessageState::Generating; });
}

void ConversationDocument::setTitle(const QString &title)
{
    if (!isChangeable())
        return;
    Conversation renamed = m_conversation;
    renamed.setTitle(title);
    if (renamed == m_conversation)
        return;
    m_conversation = renamed;
    m_conversation.updated = QDateTime::currentDateTimeUtc();
    Q_EMIT titleChanged();
    Q_EMIT changed();
}

void ConversationDocument::setSettings(const PromptSettings &settings)
{
    if (!isChangeable() || settings == m_conversation.settings)
        return;
    m_conversation.settings = settings;
    Q_EMIT settingsChanged();
    Q_EMIT changed();
}

// The first prompt brings a title with it.
MessageId ConversationDocument::added(MessageId id)
{
    if (id == noMessage)
        return id;
    Q_EMIT branchChanged();
    if (m_conversation.messages().size() == 1)
        Q_EMIT titleChanged();
    Q_EMIT changed();
    return id;
}

MessageId ConversationDocument::addPrompt(const QString &text)
{
    return isChangeable() ? added(m_conversation.addPrompt(text)) : noMessage;
}

MessageId ConversationDocument::addEditedPrompt(MessageId original, const QString &text)
{
    return isChangeable() ? added(m_conversation.addEditedPrompt(original, text)) : noMessage;
}

MessageId ConversationDocument::addAnswer(MessageId prompt, const QString &engine, const QString &model, JobId job,
                                          const QString &preset)
{
    if (!isChangeable() || !m_conversation.message(prompt))
        return noMessage;
    return added(m_conversation.add({.parent = prompt,
                                     .role = MessageRole::Assistant,
                                     .state = MessageState::Generating,
                                     .job = job,
                                     .engine = engine,
                                     .model = model,
                                     .preset = preset}));
}

bool ConversationDocument::select(MessageId id)
{
    if (!m_conversation.message(id))
        return false;
    const QList<MessageId> before = m_conversation.branch();
    m_conversation.select(id);
    if (m_conversation.branch() == before)
        return true;
    Q_EMIT branchChanged();
    Q_EMIT changed();
    return true;
}

template<typename Change>
void ConversationDocument::change(MessageId id, Change &&change)
{
    const Message *found = m_conversation.message(id);
    if (!found || !isChangeable())
        return;
    Message message = *found;
    change(message);
    if (message == *found)
        return;
    m_conversation.update(message);
    Q_EMIT messageChanged(id);
    Q_EMIT changed();
}

void ConversationDocument::setJob(MessageId answer, JobId job)
{
    change(answer, [job](Message &message) { message.job = job; });
}

void ConversationDocument::setServerJob(MessageId answer, JobId job)
{
    change(answer, [job](Message &message) { message.serverJob = job; });
}

void ConversationDocument::appendText(MessageId answer, const QString &text)
{
    if (!isChangeable() || text.isEmpty() || !m_conversation.appendText(answer, text))
        return;
    Q_EMIT textAppended(answer);
    Q_EMIT changed();
}

void ConversationDocument::setText(MessageId answer, const QString &text)
{
    change(answer, [&text](Message &message) { message.text = text; });
}

void ConversationDocument::finish(MessageId answer, MessageState state, const MessageFigures &figures,
                                  const QString &reason)
{
    change(answer, [&](Message &message) {
        message.state = state;
        message.figures = figures;
        message.reason = reason;
    });
}

void ConversationDocument::setRemoved(bool removed)
{
    if (m_removed == removed)
        return;
    m_removed = removed;
    Q_EMIT removedChanged();
}

} // namespace BitNet
