// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversation.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace BitNet {

// The format of a conversation's file, which is also that of its export. UTF-8 JSON:
//   {"format": "bitnet-conversation", "version": 1, "id", "title" (as shown), "chosen_title" (only when there is one),
//    "created", "updated", "message_count",
//    "settings": {…},
//    "selected": ID, "messages": [
//    {"id", "parent" (not in a beginning), "selected" (child), "role": "user"|"assistant", "text", "state" (unless complete:
//     generating, stopped, timed_out, failed, interrupted), "reason", "job", "server_job", "engine", "model", "preset", "created",
//     "prompt_tokens", "output_tokens", "prefill_tps", "decode_tps", "ttft_ms", "latency_ms", "stop_reason": "eos"|"limit"|"word"}, …]}
// Absent values are left out. What a list shows is the first line, which a reader of many files reads alone.
inline constexpr int conversationVersion = 1;

// Larger files are refused: a person's conversations are not that long.
inline constexpr qint64 longestConversationFile = 64 * 1024 * 1024;

// What a list shows of a conversation.
struct ConversationSummary
{
    QString id = {};
    QString title = {};
    QDateTime created = {};
    QDateTime updated = {};
    int messageCount = 0;
    bool readOnly = false; // written by a later version, or its file can't be written

    friend bool operator==(const ConversationSummary &, const ConversationSummary &) = default;
};

struct ConversationReading
{
    // Nothing when it can't be read; problem then says why, in a sentence.
    std::optional<Conversation> conversation = std::nullopt;
    // Written by a later version: what is known of it was read; writing it would lose the rest.
    bool laterVersion = false;
    QString problem = {};
};

QByteArray toJson(const Conversation &conversation);
// Never trusts what it reads. Answers that were being generated are Interrupted in what it gives.
ConversationReading conversationFromJson(QByteArrayView json);

ConversationSummary summaryOf(const Conversation &conversation);
// From the first line of a file as toJson() writes it, line end included or not. Nothing when it is no such line.
std::optional<ConversationSummary> summaryFromFirstLine(QByteArrayView line);

} // namespace BitNet
