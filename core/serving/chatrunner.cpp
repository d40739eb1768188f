// SPDX-License-Identifier: MIT
#include "core/serving/chatrunner.h"

#include "core/jobs/duration.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

QByteArray requestOf(const JobSpec &spec)
{
    const auto file = std::find_if(spec.files.begin(), spec.files.end(),
                                   [](const PrivateFile &candidate) { return candidate.name == requestFileName; });
    return file == spec.files.end() ? QByteArray() : file->content;
}

Outcome outcomeOf(const ChatEnding &ending)
{
    switch (ending.kind) {
    case ChatEnding::Kind::Complete:
        return Outcome::Succeeded;
    case ChatEnding::Kind::Cancelled:
        return Outcome::Cancelled;
    case ChatEnding::Kind::TimedOut:
    case ChatEnding::Kind::DeadlinePassed:
        return Outcome::TimedOut;
    case ChatEnding::Kind::Stalled:
    case ChatEnding::Kind::NotReached:
    case ChatEnding::Kind::Refused:
    case ChatEnding::Kind::Broken:
    case ChatEnding::Kind::Disconnected:
        return Outcome::Failed;
    }
    return Outcome::Failed;
}

} // namespace

ChatRunner::ChatRunner(const ServerEndpoint &endpoint, std::chrono::milliseconds stall, QObject *parent)
    : RequestRunner(parent)
    , m_client(endpoint)
    , m_stall(stall)
{
}

ChatRunner::~ChatRunner()
{
    if (m_stream)
        m_stream->disconnect(this);
}

void ChatRunner::run(const RunOrder &order)
{
    Q_ASSERT(isIdle());
    m_job = order.id;
    m_spec = order.spec;
    m_hasOutput = false;
    m_toldTruncation = false;
    m_failure.clear();
    if (const QString problem = m_output.create(order.outputFolder, m_spec->files, m_spec->limits.outputCap);
        !problem.isEmpty()) {
        settle({.outcome = Outcome::FailedToStart,
                .reason = problem,
                .at = Instant::now(),
                .isShortage = m_output.isShortage()});
        return;
    }
    const QByteArray body = requestOf(*m_spec);
    const QJsonObject request = QJsonDocument::fromJson(body).object();
    const QString path = request.contains("messages"_L1) ? u"/v1/chat/completions"_s : u"/completion"_s;
    m_stream =
        m_client.send(path, body, {.timeout = m_spec->limits.timeout, .deadlineAt = order.deadlineAt, .stall = m_stall},
                      request.contains("stop"_L1));
    m_started = m_stream->started();
    connect(m_stream, &ChatStream::received, this, &ChatRunner::onReceived);
    connect(m_stream, &ChatStream::finished, this, &ChatRunner::onFinished);
    Q_EMIT started(m_job, m_started, 0);
}

void ChatRunner::stop(std::chrono::nanoseconds /*grace*/)
{
    if (m_stream)
        m_stream->cancel();
}

void ChatRunner::fail(const QString &reason)
{
    if (!m_stream)
        return;
    m_failure = reason;
    m_stream->cancel();
}

void ChatRunner::onReceived(const QByteArray &utf8, const Instant &at)
{
    const qint64 droppedBefore = m_output.droppedBytes();
    m_output.append(ChunkKind::Stdout, utf8, at.monotonic - m_started.monotonic);
    if (!std::exchange(m_hasOutput, true))
        Q_EMIT firstOutput(m_job, at);
    if (m_output.droppedBytes() > droppedBefore && !std::exchange(m_toldTruncation, true))
        Q_EMIT outputTruncated(m_job);
}

void ChatRunner::complain(const QString &words, const Instant &at)
{
    if (!words.isEmpty())
        m_output.append(ChunkKind::Stderr, (words + u'\n').toUtf8(), at.monotonic - m_started.monotonic);
}

void ChatRunner::onFinished(const ChatEnding &ending)
{
    std::exchange(m_stream, nullptr)->deleteLater();
    RequestEnding report{.outcome = outcomeOf(ending),
                         .reason = ending.reason,
                         .at = ending.at,
                         .timings = ending.timings,
                         .firstToken = ending.firstToken,
                         .stopReason = ending.stopReason};
    report.isUnsent = ending.kind == ChatEnding::Kind::NotReached;
    report.isServerGone = report.isUnsent || ending.kind == ChatEnding::Kind::Disconnected;
    if (report.isUnsent) {
        m_output.discard();
        settle(report);
        return;
    }
    if (!m_failure.isEmpty()) {
        report.outcome = Outcome::Failed;
        report.reason = m_failure;
    } else if (ending.kind == ChatEnding::Kind::DeadlinePassed) {
        report.reason = u"Its deadline of %1 passed while it ran; the server was told to stop."_s.arg(
            formatDuration(m_spec->limits.deadline.value_or(std::chrono::nanoseconds(0))));
    }
    if (ending.promptTruncated) {
        complain(u"The server left out a part of the prompt: it is longer than the context."_s, ending.at);
    }
    if (report.outcome == Outcome::Failed) {
        complain(report.reason, ending.at);
        if (!ending.serverWords.isEmpty() && !report.reason.contains(ending.serverWords)) {
            report.reason += u'\n' + ending.serverWords;
            complain(ending.serverWords, ending.at);
        }
    }
    m_output.finish(ending.at.monotonic - m_started.monotonic);
    settle(report);
}

void ChatRunner::settle(RequestEnding ending)
{
    ending.stdoutBytes = m_output.stdoutBytes();
    ending.stderrBytes = m_output.stderrBytes();
    ending.droppedBytes = m_output.droppedBytes();
    m_spec.reset();
    Q_EMIT answered(std::exchange(m_job, {}), ending);
}

} // namespace BitNet
