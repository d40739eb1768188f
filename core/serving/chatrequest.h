// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/samplingsettings.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace BitNet {

// One turn of a conversation, as the chat template of the model gets it.
struct ChatMessage
{
    QString role; // "system", "user" or "assistant"
    QString content;

    friend bool operator==(const ChatMessage &, const ChatMessage &) = default;
};

// What a llama-server is asked: a conversation to go on with (/v1/chat/completions), or a text to go on with as it stands,
// without the model's chat template (/completion). A plain value.
struct ChatRequest
{
    // The conversation; the last one is the user's. The server keeps nothing between requests but its cache of the
    // beginning that they have in common. Empty: text is asked for.
    QList<ChatMessage> messages = {};
    QString text = {};

    int nPredict = 128; // tokens of the answer at most; > 0, or -1: until the model ends it or the context is full
    double temperature = 0.8; // > 0, finite
    SamplingSettings sampling = {};
    QStringList stopWords = {}; // the answer ends before any of them
    bool cachePrompt = true; // the beginning that it shares with the request before is not evaluated again

    bool isChat() const { return !messages.isEmpty(); }
    friend bool operator==(const ChatRequest &, const ChatRequest &) = default;
};

// Why it can't be sent, in one sentence; nothing when it can.
std::optional<QString> validate(const ChatRequest &request);

// The path on the server, "/v1/chat/completions" or "/completion", and the body of the POST. Always streaming.
QString requestPath(const ChatRequest &request);
QByteArray requestBody(const ChatRequest &request);

// What the request is about in one text: the last message of the user, or the text.
QString promptOf(const ChatRequest &request);

} // namespace BitNet
