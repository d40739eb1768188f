// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversationjson.h"

#include <QString>

namespace BitNet {

// A place that a search found.
struct ConversationHit
{
    QString conversation = {}; // id
    MessageId message = noMessage; // noMessage: its title
    QString excerpt = {}; // one line around the first word that was found
    int begin = 0; // of that word in the excerpt
    int length = 0;

    friend bool operator==(const ConversationHit &, const ConversationHit &) = default;
};

namespace ConversationSearch {

// The words of what a person typed, without those that are there twice.
QStringList wordsOf(const QString &text);

// Titles and messages that hold every word, in whatever order and case: the title first, then the messages of all branches
// in their order, at most limit of them.
QList<ConversationHit> hitsIn(const Conversation &conversation, const QStringList &words, int limit = 1);

} // namespace ConversationSearch

} // namespace BitNet
