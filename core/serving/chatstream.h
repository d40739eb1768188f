// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/serving/answerreader.h"
#include "core/serving/sseparser.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <optional>

class QNetworkReply;

namespace BitNet {

// When a request has to end.
struct ChatLimits
{
    std::optional<std::chrono::nanoseconds> timeout = std::nullopt; // from when it was sent
    std::optional<MonotonicTime> deadlineAt = std::nullopt;
    // A server that has begun to answer and then says nothing for so long is given up.
    std::chrono::milliseconds stall = std::chrono::minutes(5);
};

// How an answer ended, and what is known of it.
struct ChatEnding
{
    enum class Kind {
        Complete,
        Cancelled, // by cancel(); the connection is closed, which makes the server stop
        TimedOut,
        DeadlinePassed,
        Stalled,
        NotReached, // nobody listens, no such host
        Refused, // the server answered with an error instead
        Broken, // it failed in mid-answer
        Disconnected, // the connection ended in mid-answer: mostly the server did, too
    };
    Kind kind = Kind::Complete;
    QString reason = {}; // a sentence; empty for Complete
    QString serverWords = {}; // what the server itself said against it
    int httpStatus = 0; // 0: none came
    Instant at = {};
    std::optional<Instant> firstToken = std::nullopt; // the first text that is not empty
    // The server's own figures where it gives any. Without: decode from the times measured here, when it told the tokens.
    EngineTimings timings = {};
    QString stopReason = {}; // see JobRecord::stopReason
    bool promptTruncated = false;
};

// The answer to one request, while it comes. Lives in one thread; made by ChatClient.
class ChatStream : public QObject
{
    Q_OBJECT
public:
    // Takes the reply over.
    ChatStream(QNetworkReply *reply, const ChatLimits &limits, bool stopWordsAsked, QObject *parent = nullptr);
    ~ChatStream() override;

    const Instant &started() const { return m_started; }
    bool isFinished() const { return m_finished; }

    // Closes the connection; finished() comes before this returns. Ignored when it is finished.
    void cancel();

Q_SIGNALS:
    // A piece of the answer, not empty: mostly a token. at: when it came, here; the same for those that came together.
    void received(const QByteArray &utf8, const BitNet::Instant &at);
    // Exactly once, last.
    void finished(const BitNet::ChatEnding &ending);

private:
    void read();
    void take(const std::vector<SseEvent> &events);
    void takeText(const QString &text);
    void onReplyFinished();
    void armLimits(const ChatLimits &limits);
    void onLimit();
    void end(ChatEnding::Kind kind, const QString &reason);
    EngineTimings figures() const;
    void explainStatus(int status);

    QNetworkReply *const m_reply;
    const Instant m_started = Instant::now();
    SseParser m_parser;
    AnswerReader m_reader;
    QByteArray m_body; // of an answer that is no stream
    std::optional<bool> m_isStream;
    Instant m_readAt; // when what is being read came
    std::optional<Instant> m_firstToken;
    std::optional<Instant> m_lastToken;
    std::optional<MonotonicTime> m_timeoutAt;
    std::optional<MonotonicTime> m_deadlineAt;
    std::chrono::milliseconds m_stall;
    QTimer m_limitTimer;
    QTimer m_stallTimer;
    bool m_finished = false;
};

} // namespace BitNet
