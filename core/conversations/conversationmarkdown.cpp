// SPDX-License-Identifier: MIT
#include "core/conversations/conversationmarkdown.h"

#include <QFileInfo>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace BitNet {

static QString shortDuration(std::chrono::nanoseconds duration)
{
    const double ms = double(duration.count()) / 1e6;
    if (ms < 1000)
        return u"%1 ms"_s.arg(ms, 0, 'f', ms < 10 ? 1 : 0);
    return u"%1 s"_s.arg(ms / 1000, 0, 'f', ms < 100'000 ? 2 : 0);
}

static QString quoted(const QString &text)
{
    QStringList lines = text.split(u'\n');
    for (QString &line : lines)
        line = line.isEmpty() ? u">"_s : QString(u"> "_s + line);
    return lines.join(u'\n');
}

// On one line, with nothing in it that Markdown would take for markup.
static QString literal(const QString &text)
{
    QString escaped;
    for (const QChar c : text.simplified()) {
        if (QStringView(u"\\`*_[]<>#|~").contains(c))
            escaped += u'\\';
        escaped += c;
    }
    return escaped;
}

static QString stateSentence(const Message &message)
{
    switch (message.state) {
    case MessageState::Complete:
        return {};
    case MessageState::Generating:
        return u"This answer was still being generated."_s;
    case MessageState::Stopped:
        return u"This answer was stopped."_s;
    case MessageState::TimedOut:
        return u"This answer timed out."_s;
    case MessageState::Failed:
        return u"This answer failed."_s;
    case MessageState::Interrupted:
        return u"This answer was interrupted."_s;
    }
    return {};
}

QString figuresLine(const MessageFigures &figures)
{
    QStringList parts;
    if (figures.outputTokens)
        parts.append(*figures.outputTokens == 1 ? u"1 token"_s : u"%1 tokens"_s.arg(*figures.outputTokens));
    if (figures.decodeTps)
        parts.append(u"%1 tokens/s"_s.arg(*figures.decodeTps, 0, 'f', 1));
    if (figures.ttft)
        parts.append(u"TTFT "_s + shortDuration(*figures.ttft));
    if (figures.latency)
        parts.append(u"E2E "_s + shortDuration(*figures.latency));
    switch (figures.stopReason) {
    case StopReason::Unknown:
        break;
    case StopReason::EndOfText:
        parts.append(u"ended by the model"_s);
        break;
    case StopReason::TokenLimit:
        parts.append(u"stopped at the token limit"_s);
        break;
    case StopReason::StopWord:
        parts.append(u"stopped at a stop word"_s);
        break;
    }
    return parts.join(u" · "_s);
}

QString toMarkdown(const Conversation &conversation)
{
    const QString title = conversation.title();
    QString text = u"# "_s + (title.isEmpty() ? u"Conversation"_s : literal(title)) + u"\n"_s;
    if (conversation.created.isValid())
        text += u"\n"_s + conversation.created.toUTC().toString(u"yyyy-MM-dd HH:mm"_s) + u" UTC\n"_s;
    if (!conversation.settings.systemPrompt.isEmpty())
        text += u"\n## System prompt\n\n"_s + quoted(conversation.settings.systemPrompt) + u"\n"_s;

    for (const MessageId id : conversation.branch()) {
        const Message &message = *conversation.message(id);
        if (message.role == MessageRole::User) {
            text += u"\n## Prompt\n\n"_s + quoted(message.text) + u"\n"_s;
            continue;
        }
        text += u"\n## Answer\n"_s;
        if (!message.text.isEmpty())
            text += u"\n"_s + message.text + (message.text.endsWith(u'\n') ? u""_s : u"\n"_s);
        // A fence that was never closed would swallow all that follows.
        bool open = false;
        for (const QString &line : message.text.split(u'\n')) {
            if (line.trimmed().startsWith("```"_L1))
                open = !open;
        }
        if (open)
            text += u"```\n"_s;
        if (const QString sentence = stateSentence(message); !sentence.isEmpty())
            text += u"\n**%1**"_s.arg(sentence) + (message.reason.isEmpty() ? u""_s : u" "_s + literal(message.reason))
                + u"\n"_s;
        QStringList foot;
        if (!message.model.isEmpty())
            foot.append(literal(QFileInfo(message.model).completeBaseName()));
        if (!message.engine.isEmpty())
            foot.append(literal(message.engine));
        if (const QString figures = figuresLine(message.figures); !figures.isEmpty())
            foot.append(figures);
        if (!foot.isEmpty())
            text += u"\n*%1*\n"_s.arg(foot.join(u" · "_s));
    }
    return text;
}

} // namespace BitNet
