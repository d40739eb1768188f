// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversation.h"
#include "core/serving/chatrequest.h"

namespace BitNet {

// What an engine is given of a conversation: the branch that leads to a prompt, that included. Prompts that got no answer are
// left out with it, since most chat templates refuse two prompts in a row.

// For a server, which applies the model's chat template.
QList<ChatMessage> chatMessages(const Conversation &conversation, MessageId prompt, const QString &systemPrompt);

// For llama-cli, which only goes on with a text: the system prompt as a paragraph of its own, then, when there are earlier
// turns and they are wanted, "User: …" and "Assistant: …" in turn up to an open "Assistant:". A first prompt stands as it is.
QString plainText(const Conversation &conversation, MessageId prompt, const QString &systemPrompt, bool withHistory);

} // namespace BitNet
