// SPDX-License-Identifier: MIT
#include "core/conversations/conversation.h"

#include <QSet>
#include <QUuid>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace BitNet {

static constexpr qsizetype titleFromPrompt = 60;

// One line, cut between words where that does not lose too much.
static QString shortened(const QString &text, qsizetype longest)
{
    // A prompt may be a book; its title is within its beginning.
    const QString line = text.first(std::min(text.size(), longest * 8)).simplified();
    if (line.size() <= longest)
        return line;
    QString cut = line.first(longest);
    const qsizetype space = cut.lastIndexOf(u' ');
    if (space > longest * 2 / 3)
        cut.truncate(space);
    else if (cut.back().isHighSurrogate())
        cut.chop(1);
    return cut + u"…"_s;
}

Conversation Conversation::create(const PromptSettings &settings)
{
    Conversation conversation;
    conversation.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    conversation.created = QDateTime::currentDateTimeUtc();
    conversation.updated = conversation.created;
    conversation.settings = settings;
    return conversation;
}

QString Conversation::title() const
{
    if (!m_chosenTitle.isEmpty())
        return m_chosenTitle;
    const auto first = std::find_if(m_messages.begin(), m_messages.end(), [](const Message &message) {
        return message.role == MessageRole::User && !message.text.isEmpty();
    });
    return first == m_messages.end() ? QString() : shortened(first->text, titleFromPrompt);
}

void Conversation::setTitle(const QString &title)
{
    m_chosenTitle = title.first(std::min(title.size(), longestTitle * 8)).simplified();
    if (m_chosenTitle.size() > longestTitle)
        m_chosenTitle = shortened(m_chosenTitle, longestTitle - 1);
}

qsizetype Conversation::indexOf(MessageId messageId) const
{
    const auto found = std::lower_bound(m_messages.begin(), m_messages.end(), messageId,
                                        [](const Message &m, MessageId i) { return m.id < i; });
    return found != m_messages.end() && found->id == messageId ? found - m_messages.begin() : -1;
}

const Message *Conversation::message(MessageId messageId) const
{
    const qsizetype index = indexOf(messageId);
    return index < 0 ? nullptr : &m_messages[index];
}

QList<MessageId> Conversation::children(MessageId parent) const
{
    QList<MessageId> ids;
    for (const Message &message : m_messages) {
        if (message.parent == parent)
            ids.append(message.id);
    }
    return ids;
}

Conversation::SiblingPosition Conversation::siblingPosition(MessageId messageId) const
{
    const Message *one = message(messageId);
    if (!one)
        return {};
    const QList<MessageId> all = children(one->parent);
    return {.index = int(all.indexOf(messageId)), .count = int(all.size())};
}

MessageId Conversation::sibling(MessageId messageId, int steps) const
{
    const Message *one = message(messageId);
    return one ? children(one->parent).value(children(one->parent).indexOf(messageId) + steps, noMessage) : noMessage;
}

MessageId Conversation::goesOnWith(MessageId messageId) const
{
    if (messageId == noMessage)
        return m_selectedBeginning;
    const Message *one = message(messageId);
    return one ? one->selectedChild : noMessage;
}

QList<MessageId> Conversation::branch() const
{
    QList<MessageId> ids;
    for (MessageId messageId = m_selectedBeginning; messageId != noMessage; messageId = goesOnWith(messageId))
        ids.append(messageId);
    return ids;
}

MessageId Conversation::leaf() const
{
    MessageId messageId = noMessage;
    while (const MessageId next = goesOnWith(messageId))
        messageId = next;
    return messageId;
}

QList<MessageId> Conversation::pathTo(MessageId messageId) const
{
    QList<MessageId> ids;
    for (const Message *one = message(messageId); one; one = message(one->parent))
        ids.prepend(one->id);
    return ids;
}

MessageId &Conversation::selectedUnder(MessageId parent)
{
    return parent == noMessage ? m_selectedBeginning : m_messages[indexOf(parent)].selectedChild;
}

bool Conversation::select(MessageId messageId)
{
    if (indexOf(messageId) < 0)
        return false;
    while (messageId != noMessage) {
        const MessageId parent = message(messageId)->parent;
        selectedUnder(parent) = messageId;
        messageId = parent;
    }
    updated = QDateTime::currentDateTimeUtc();
    return true;
}

MessageId Conversation::add(Message message)
{
    if (message.parent != noMessage && indexOf(message.parent) < 0)
        return noMessage;
    message.id = m_messages.isEmpty() ? 1 : m_messages.last().id + 1;
    message.selectedChild = noMessage;
    if (!message.created.isValid())
        message.created = QDateTime::currentDateTimeUtc();
    m_messages.append(message);
    select(message.id);
    return message.id;
}

MessageId Conversation::addPrompt(const QString &text)
{
    return add({.parent = leaf(), .role = MessageRole::User, .text = text});
}

MessageId Conversation::addEditedPrompt(MessageId original, const QString &text)
{
    const Message *one = message(original);
    return one ? add({.parent = one->parent, .role = MessageRole::User, .text = text}) : noMessage;
}

MessageId Conversation::addAnswer(MessageId prompt, const QString &engine, const QString &model, JobId job)
{
    if (prompt == noMessage)
        return noMessage;
    return add({.parent = prompt,
                .role = MessageRole::Assistant,
                .state = MessageState::Generating,
                .job = job,
                .engine = engine,
                .model = model});
}

bool Conversation::update(const Message &message)
{
    const qsizetype index = indexOf(message.id);
    if (index < 0)
        return false;
    Message &mine = m_messages[index];
    const MessageId parent = mine.parent;
    const MessageId child = mine.selectedChild;
    mine = message;
    mine.parent = parent;
    mine.selectedChild = child;
    updated = QDateTime::currentDateTimeUtc();
    return true;
}

bool Conversation::appendText(MessageId messageId, const QString &text)
{
    const qsizetype index = indexOf(messageId);
    if (index < 0)
        return false;
    m_messages[index].text += text;
    updated = QDateTime::currentDateTimeUtc();
    return true;
}

bool Conversation::markInterrupted()
{
    bool any = false;
    for (qsizetype i = 0; i < m_messages.size(); ++i) {
        if (m_messages.at(i).state != MessageState::Generating)
            continue;
        m_messages[i].state = MessageState::Interrupted;
        m_messages[i].reason = u"The application ended while this answer was generated."_s;
        any = true;
    }
    return any;
}

bool Conversation::setMessages(const QList<Message> &messages, MessageId selectedBeginning, QString *problem)
{
    const auto fail = [problem](const QString &sentence) {
        if (problem)
            *problem = sentence;
        return false;
    };
    QSet<MessageId> known;
    QHash<MessageId, MessageId> parents;
    MessageId last = noMessage;
    for (const Message &message : messages) {
        if (message.id <= last)
            return fail(u"The message ids must grow: %1 follows %2."_s.arg(message.id).arg(last));
        if (message.parent != noMessage && !known.contains(message.parent))
            return fail(
                u"Message %1 follows message %2, which is not before it."_s.arg(message.id).arg(message.parent));
        last = message.id;
        known.insert(message.id);
        parents.insert(message.id, message.parent);
    }

    Conversation checked = *this;
    checked.m_messages = messages;
    checked.m_selectedBeginning = selectedBeginning;
    // A selection that points elsewhere is no reason to lose a conversation: the newest child is taken then.
    QHash<MessageId, MessageId> newestChild;
    for (const Message &message : messages)
        newestChild.insert(message.parent, message.id);
    const auto corrected = [&](MessageId parent, MessageId child) {
        return known.contains(child) && parents.value(child) == parent ? child : newestChild.value(parent, noMessage);
    };
    for (Message &message : checked.m_messages)
        message.selectedChild = corrected(message.id, message.selectedChild);
    checked.m_selectedBeginning = corrected(noMessage, selectedBeginning);
    *this = checked;
    return true;
}

} // namespace BitNet
