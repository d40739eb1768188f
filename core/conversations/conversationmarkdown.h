// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversation.h"

namespace BitNet {

// The current branch as Markdown for people: the title as the only first-level heading, the system prompt, each prompt as a
// quotation and each answer as it was written, with its model and figures below. What would pass for a quotation's end
// in a prompt can't: each of its lines is quoted.
QString toMarkdown(const Conversation &conversation);

// "128 tokens · 27.9 tokens/s · TTFT 33 ms · E2E 83 ms · stopped at the token limit", in English; what is not known is left
// out. The interface has its own, in the language of the person.
QString figuresLine(const MessageFigures &figures);

} // namespace BitNet
