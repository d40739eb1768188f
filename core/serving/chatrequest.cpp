// SPDX-License-Identifier: MIT
#include "core/serving/chatrequest.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

constexpr std::array roles{"system"_L1, "user"_L1, "assistant"_L1};

bool isRole(const QString &role)
{
    return std::any_of(roles.begin(), roles.end(), [&role](QLatin1String known) { return role == known; });
}

std::optional<QString> problemOf(const QList<ChatMessage> &messages)
{
    for (const ChatMessage &message : messages) {
        if (!isRole(message.role)) {
            return u"A message can be from \"system\", \"user\" or \"assistant\". Got \"%1\"."_s.arg(message.role);
        }
    }
    if (messages.constLast().role != "user"_L1)
        return u"The last message must be the user's: there is nothing to answer."_s;
    if (messages.constLast().content.trimmed().isEmpty())
        return u"Prompt must not be empty."_s;
    return std::nullopt;
}

} // namespace

std::optional<QString> validate(const ChatRequest &request)
{
    if (request.nPredict <= 0 && request.nPredict != -1)
        return u"n_predict must be a positive integer. Got %1."_s.arg(request.nPredict);
    if (!(request.temperature > 0))
        return u"Temperature must be positive."_s;
    if (!std::isfinite(request.temperature))
        return u"Temperature must be a finite number."_s;
    if (!request.isChat())
        return request.text.trimmed().isEmpty() ? std::optional(u"Prompt must not be empty."_s) : std::nullopt;
    return problemOf(request.messages);
}

QString requestPath(const ChatRequest &request)
{
    return request.isChat() ? u"/v1/chat/completions"_s : u"/completion"_s;
}

QByteArray requestBody(const ChatRequest &request)
{
    QJsonObject body{{u"stream"_s, true},
                     {u"temperature"_s, request.temperature},
                     {u"n_predict"_s, request.nPredict},
                     {u"cache_prompt"_s, request.cachePrompt},
                     // So that an answer which is stopped half-way has its figures, too. Older servers pass over it.
                     {u"timings_per_token"_s, true}};
    if (request.isChat()) {
        QJsonArray messages;
        for (const ChatMessage &message : request.messages)
            messages.append(QJsonObject{{u"role"_s, message.role}, {u"content"_s, message.content}});
        body.insert(u"messages"_s, messages);
        body.insert(u"max_tokens"_s, request.nPredict);
        // Newer servers count the tokens only when they are asked to.
        body.insert(u"stream_options"_s, QJsonObject{{u"include_usage"_s, true}});
    } else {
        body.insert(u"prompt"_s, request.text);
    }
    const SamplingSettings &sampling = request.sampling;
    if (sampling.topK)
        body.insert(u"top_k"_s, *sampling.topK);
    if (sampling.topP)
        body.insert(u"top_p"_s, *sampling.topP);
    if (sampling.minP)
        body.insert(u"min_p"_s, *sampling.minP);
    if (sampling.repeatPenalty)
        body.insert(u"repeat_penalty"_s, *sampling.repeatPenalty);
    if (sampling.seed)
        body.insert(u"seed"_s, *sampling.seed);
    if (!request.stopWords.isEmpty())
        body.insert(u"stop"_s, QJsonArray::fromStringList(request.stopWords));
    return QJsonDocument(body).toJson(QJsonDocument::Compact);
}

QString promptOf(const ChatRequest &request)
{
    return request.isChat() ? request.messages.constLast().content : request.text;
}

} // namespace BitNet
