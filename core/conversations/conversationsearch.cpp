// SPDX-License-Identifier: MIT
#include "core/conversations/conversationsearch.h"

#include <algorithm>

namespace BitNet::ConversationSearch {

using namespace Qt::StringLiterals;

static constexpr qsizetype lettersBefore = 32;
static constexpr qsizetype lettersAfter = 96;

QStringList wordsOf(const QString &text)
{
    QStringList words = text.simplified().split(u' ', Qt::SkipEmptyParts);
    words.removeDuplicates();
    return words;
}

static bool holdsAll(const QString &text, const QStringList &words)
{
    return std::all_of(words.begin(), words.end(),
                       [&text](const QString &word) { return text.contains(word, Qt::CaseInsensitive); });
}

static ConversationHit hitIn(const QString &text, const QString &word)
{
    const qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive);
    qsizetype begin = std::max<qsizetype>(at - lettersBefore, 0);
    if (begin > 0) {
        // From a word's beginning, when there is one on the way.
        const qsizetype space = text.indexOf(u' ', begin);
        if (space >= 0 && space < at)
            begin = space + 1;
        else if (text[begin].isLowSurrogate())
            ++begin;
    }
    qsizetype end = std::min(at + word.size() + lettersAfter, text.size());
    if (end < text.size() && text[end].isLowSurrogate())
        --end;

    // Line ends and the like become spaces one for one, so that the place of the word stays right.
    QString excerpt = text.sliced(begin, end - begin);
    for (QChar &c : excerpt) {
        if (c.isSpace() || c.category() == QChar::Other_Control)
            c = u' ';
    }
    const QString start = begin > 0 ? u"…"_s : QString();
    return {.excerpt = start + excerpt + (end < text.size() ? u"…"_s : QString()),
            .begin = int(at - begin + start.size()),
            .length = int(word.size())};
}

QList<ConversationHit> hitsIn(const Conversation &conversation, const QStringList &words, int limit)
{
    QList<ConversationHit> hits;
    const auto take = [&](const QString &text, MessageId message) {
        if (hits.size() >= limit || !holdsAll(text, words))
            return;
        ConversationHit hit = hitIn(text, words.first());
        hit.conversation = conversation.id;
        hit.message = message;
        hits.append(hit);
    };
    if (words.isEmpty())
        return hits;
    take(conversation.title(), noMessage);
    for (const Message &message : conversation.messages())
        take(message.text, message.id);
    return hits;
}

} // namespace BitNet::ConversationSearch
