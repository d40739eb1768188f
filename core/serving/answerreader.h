// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/serving/sseparser.h"

#include <QString>

#include <optional>

class QJsonObject;

namespace BitNet {

// What a llama-server says while it answers, of both its endpoints and all known versions: text, counts, timings, and how it
// ends. No clock and no network: the events of one stream go in, in their order.
class AnswerReader
{
public:
    // stopWordsAsked: whether the request had stop words, so that a plain "stop" may mean one of them.
    explicit AnswerReader(bool stopWordsAsked = false);

    // Takes an event; the text that it adds to the answer, often empty.
    QString take(const SseEvent &event);
    // The whole body of an answer that is no stream: an error, or a server that does not stream.
    QString takeBody(const QByteArray &json);

    // It said why it stopped, or that the stream is done: nothing more will come.
    bool isComplete() const { return m_complete; }
    // The server's own words for its failure, with its HTTP code when it names one.
    const std::optional<QString> &error() const { return m_error; }
    int errorCode() const { return m_errorCode; }

    // "eos", "word", "stop", "limit" or empty, see JobRecord::stopReason.
    const QString &stopReason() const { return m_stopReason; }
    // Pieces that the server counts as a token each, those without text included.
    qint64 tokensSeen() const { return m_tokensSeen; }
    // It dropped a part of the prompt, as that was longer than its context.
    bool promptTruncated() const { return m_promptTruncated; }
    // What the server told by now. Counts: those of the whole prompt and answer when it tells them, else those of its timings.
    EngineTimings timings() const;

private:
    QString takeObject(const QJsonObject &object);
    QString takeChoice(const QJsonObject &choice);
    void takeCompletionEnd(const QJsonObject &object);
    void takeError(const QJsonObject &error);

    const bool m_stopWordsAsked;
    bool m_complete = false;
    std::optional<QString> m_error;
    int m_errorCode = 0;
    QString m_stopReason;
    qint64 m_tokensSeen = 0;
    bool m_promptTruncated = false;
    EngineTimings m_timings;
    std::optional<qint64> m_promptTokens;
    std::optional<qint64> m_outputTokens;
};

} // namespace BitNet
