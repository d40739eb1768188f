// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversation.h"

namespace BitNet {

// How much of the context a branch takes.
struct ContextUse
{
    qint64 tokens = 0;
    // Nothing of it, or not all of it, was counted by the engine. Say so where it is shown.
    bool estimated = true;

    friend bool operator==(const ContextUse &, const ContextUse &) = default;
};

// Of the current branch, with a prompt that is not sent yet at its end: what the engine counted for the last answer that
// has counts (prompt_tokens + output_tokens), and an estimate for what comes after it. The estimate is by bytes of UTF-8 for a token, as
// measured in this branch, or 4 where nothing was measured.
ContextUse contextUse(const Conversation &conversation, const QString &pendingPrompt = {});

} // namespace BitNet
