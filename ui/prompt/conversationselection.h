// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/message.h"

#include <compare>

namespace BitNet {

// A place in the text of a shown conversation: an offset into a block of a message. Along a branch ids grow, so places of
// one branch are in the order of the text.
struct ConversationPlace
{
    MessageId message = noMessage;
    int block = 0;
    int offset = 0;

    friend auto operator<=>(const ConversationPlace &, const ConversationPlace &) = default;
};

struct ConversationRange
{
    ConversationPlace from = {};
    ConversationPlace to = {};

    friend bool operator==(const ConversationRange &, const ConversationRange &) = default;
};

// What is selected: from where it began to where the mouse or a key took it.
struct ConversationSelection
{
    ConversationPlace anchor = {};
    ConversationPlace cursor = {};

    bool isEmpty() const { return anchor == cursor; }
    ConversationPlace from() const { return anchor < cursor ? anchor : cursor; }
    ConversationPlace to() const { return anchor < cursor ? cursor : anchor; }
};

} // namespace BitNet
