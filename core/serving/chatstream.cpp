// SPDX-License-Identifier: MIT
#include "core/serving/chatstream.h"

#include "core/jobs/duration.h"

#include <QNetworkReply>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

// A longer chrono interval than 2^31 ms never fires: a limit further away is looked at again after this long.
static constexpr std::chrono::milliseconds longestTimer = 1h;
// Tokens with less between them had come before they were read: how fast that goes is no speed of the server.
static constexpr std::chrono::duration<double, std::milli> shortestGap = 100us;
// More of an error's body is not read.
static constexpr qsizetype longestBody = qsizetype(1024) * 1024;

ChatStream::ChatStream(QNetworkReply *reply, const ChatLimits &limits, bool stopWordsAsked, QObject *parent)
    : QObject(parent)
    , m_reply(reply)
    , m_reader(stopWordsAsked)
    , m_stall(limits.stall)
{
    m_reply->setParent(this);
    connect(m_reply, &QNetworkReply::readyRead, this, &ChatStream::read);
    connect(m_reply, &QNetworkReply::finished, this, &ChatStream::onReplyFinished);
    m_stallTimer.setSingleShot(true);
    m_stallTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_stallTimer, &QTimer::timeout, this, [this] {
        end(ChatEnding::Kind::Stalled,
            u"The server stopped in mid-answer: nothing has come for %1. See its log, or start it again."_s.arg(
                formatDuration(m_stall)));
    });
    armLimits(limits);
}

// A reply that goes closes its connection; one that was not sent yet never is.
ChatStream::~ChatStream()
{
    m_reply->disconnect(this);
    delete m_reply;
}

void ChatStream::armLimits(const ChatLimits &limits)
{
    if (limits.timeout)
        m_timeoutAt = m_started.monotonic + *limits.timeout;
    m_deadlineAt = limits.deadlineAt;
    m_limitTimer.setSingleShot(true);
    m_limitTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_limitTimer, &QTimer::timeout, this, &ChatStream::onLimit);
    // From the event loop at the earliest: whoever made this has to connect to it first.
    if (m_timeoutAt || m_deadlineAt)
        m_limitTimer.start(0ms);
}

void ChatStream::onLimit()
{
    const MonotonicTime now = monotonicNow();
    if (m_timeoutAt && now >= *m_timeoutAt) {
        end(ChatEnding::Kind::TimedOut,
            u"Timed out after %1; the server was told to stop."_s.arg(
                formatDuration(*m_timeoutAt - m_started.monotonic)));
        return;
    }
    if (m_deadlineAt && now >= *m_deadlineAt) {
        end(ChatEnding::Kind::DeadlinePassed, u"Its deadline passed while it ran; the server was told to stop."_s);
        return;
    }
    const MonotonicTime next =
        std::min(m_timeoutAt.value_or(MonotonicTime::max()), m_deadlineAt.value_or(MonotonicTime::max()));
    m_limitTimer.start(std::min(std::chrono::ceil<std::chrono::milliseconds>(next - now), longestTimer));
}

void ChatStream::cancel()
{
    end(ChatEnding::Kind::Cancelled, u"Stopped; the server was told to stop."_s);
}

void ChatStream::read()
{
    if (m_finished)
        return;
    if (!m_isStream) {
        const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        m_isStream = status == 200
            && m_reply->header(QNetworkRequest::ContentTypeHeader).toString().startsWith("text/event-stream"_L1);
    }
    m_stallTimer.start(m_stall);
    const QByteArray bytes = m_reply->readAll();
    m_readAt = Instant::now();
    if (!*m_isStream) {
        m_body += bytes.left(longestBody - m_body.size());
        return;
    }
    take(m_parser.add(bytes));
    if (m_parser.isOverlong())
        end(ChatEnding::Kind::Broken, u"The server sent more in one piece than can be an answer."_s);
}

void ChatStream::take(const std::vector<SseEvent> &events)
{
    for (const SseEvent &event : events) {
        // A receiver may have cancelled meanwhile.
        if (m_finished)
            return;
        takeText(m_reader.take(event));
    }
    if (m_finished || !m_reader.error())
        return;
    end(ChatEnding::Kind::Broken, u"The server failed in mid-answer: %1"_s.arg(*m_reader.error()));
}

void ChatStream::takeText(const QString &text)
{
    if (text.isEmpty())
        return;
    if (!m_firstToken)
        m_firstToken = m_readAt;
    m_lastToken = m_readAt;
    Q_EMIT received(text.toUtf8(), m_readAt);
}

void ChatStream::onReplyFinished()
{
    if (m_finished)
        return;
    read();
    if (m_finished)
        return;
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 0) {
        const QString where = m_reply->url().toString(QUrl::RemovePath | QUrl::RemoveUserInfo);
        end(ChatEnding::Kind::NotReached,
            m_reply->error() == QNetworkReply::ConnectionRefusedError
                ? u"Nobody listens at %1: the server is not running."_s.arg(where)
                : u"The server at %1 can't be reached: %2."_s.arg(where, m_reply->errorString()));
        return;
    }
    if (m_isStream.value_or(false))
        take(m_parser.finish());
    else
        takeText(m_reader.takeBody(m_body));
    if (m_finished)
        return;
    if (status != 200)
        explainStatus(status);
    else if (m_reader.error())
        end(ChatEnding::Kind::Refused, u"The server did not answer: %1"_s.arg(*m_reader.error()));
    else if (m_reader.isComplete())
        end(ChatEnding::Kind::Complete, {});
    else
        end(ChatEnding::Kind::Disconnected,
            u"The connection ended in mid-answer: the server stopped or crashed. See its log."_s);
}

void ChatStream::explainStatus(int status)
{
    const QString words = m_reader.error().value_or(QString());
    QString reason;
    if (status == 401 || status == 403)
        reason = u"The server refused the API key (%1)."_s.arg(status);
    else if (status == 503 && words.contains("loading"_L1, Qt::CaseInsensitive))
        reason = u"The server is still loading its model: try again in a moment."_s;
    else if (status == 503)
        reason = u"The server is too busy at the moment: %1"_s.arg(words);
    else if (status == 404)
        reason = u"There is no %1 at this address: is it a llama-server?"_s.arg(m_reply->url().path());
    else if (words.contains("context"_L1, Qt::CaseInsensitive))
        reason = u"The conversation is longer than the server's context. Shorten it, or start the server with a larger "
                 u"context: %1"_s.arg(words);
    else
        reason = u"The server did not accept the request (%1): %2"_s.arg(status).arg(words);
    end(ChatEnding::Kind::Refused, reason);
}

// TPOT's definition: the first token is prefill, and what follows it is decode. Nothing is known of it when all came at once.
EngineTimings ChatStream::figures() const
{
    EngineTimings timings = m_reader.timings();
    const bool isMeasurable = m_firstToken && m_lastToken && timings.outputTokens.value_or(0) > 1;
    if (!timings.decodeMs && isMeasurable) {
        const std::chrono::duration<double, std::milli> decode = m_lastToken->monotonic - m_firstToken->monotonic;
        if (decode >= shortestGap * (*timings.outputTokens - 1)) {
            timings.decodeMs = decode.count();
            if (!timings.decodeTps)
                timings.decodeTps = double(*timings.outputTokens - 1) * 1000 / decode.count();
        }
    }
    return timings;
}

void ChatStream::end(ChatEnding::Kind kind, const QString &reason)
{
    if (m_finished)
        return;
    m_finished = true;
    m_limitTimer.stop();
    m_stallTimer.stop();
    // Closes the connection when the answer has not come to its end: the server notices and frees the slot. From the event
    // loop, as Qt sends a request from there too: one that is aborted before it was sent is sent all the same (Qt 6.4).
    QMetaObject::invokeMethod(m_reply, &QNetworkReply::abort, Qt::QueuedConnection);
    Q_EMIT finished({.kind = kind,
                     .reason = reason,
                     .serverWords = m_reader.error().value_or(QString()),
                     .httpStatus = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(),
                     .at = Instant::now(),
                     .firstToken = m_firstToken,
                     .timings = figures(),
                     .stopReason = m_reader.stopReason(),
                     .promptTruncated = m_reader.promptTruncated()});
}

} // namespace BitNet
