// SPDX-License-Identifier: MIT
#include "ui/prompt/prompttranscript.h"

using namespace Qt::StringLiterals;

namespace BitNet {

QList<ChatMessage> chatMessages(const Conversation &conversation, MessageId prompt, const QString &systemPrompt)
{
    QList<ChatMessage> messages;
    if (!systemPrompt.trimmed().isEmpty())
        messages.append({.role = u"system"_s, .content = systemPrompt.trimmed()});
    const QList<MessageId> path = conversation.pathTo(prompt);
    const Message *asked = nullptr; // a prompt whose answer is still to be seen
    for (const MessageId id : path) {
        const Message *message = conversation.message(id);
        if (message->role == MessageRole::User) {
            asked = message;
            continue;
        }
        if (asked && !message->text.trimmed().isEmpty()) {
            messages.append({.role = u"user"_s, .content = asked->text});
            messages.append({.role = u"assistant"_s, .content = message->text.trimmed()});
        }
        asked = nullptr;
    }
    if (asked)
        messages.append({.role = u"user"_s, .content = asked->text});
    return messages;
}

QString plainText(const Conversation &conversation, MessageId prompt, const QString &systemPrompt, bool withHistory)
{
    QList<ChatMessage> messages = chatMessages(conversation, prompt, systemPrompt);
    QString text;
    if (!messages.isEmpty() && messages.constFirst().role == "system"_L1)
        text = messages.takeFirst().content + u"\n\n"_s;
    if (messages.isEmpty())
        return text;
    if (!withHistory || messages.size() == 1)
        return text + messages.constLast().content;
    for (const ChatMessage &message : std::as_const(messages))
        text += (message.role == "user"_L1 ? u"User: "_s : u"Assistant: "_s) + message.content + u"\n"_s;
    return text + u"Assistant:"_s;
}

} // namespace BitNet
