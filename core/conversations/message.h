// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobid.h"

#include <QDateTime>
#include <QMetaType>
#include <QString>

#include <chrono>
#include <optional>

namespace BitNet {

// Identifies a message within its conversation: 1, 2, 3, … in the order in which they were made; 0 is "no message".
using MessageId = int;
inline constexpr MessageId noMessage = 0;

enum class MessageRole {
    User, // a prompt
    Assistant, // an answer
};

enum class MessageState {
    Complete,
    Generating, // its text still grows
    Stopped, // a person stopped it; the text is what there was
    TimedOut, // its time limit or its deadline passed
    Failed,
    Interrupted, // the application ended while it was generated
};

// Why an engine stopped generating.
enum class StopReason {
    Unknown,
    EndOfText, // the model said so
    TokenLimit, // n_predict, or the end of the context
    StopWord,
};

// What was measured of an answer. Absent stays absent.
struct MessageFigures
{
    // Of the whole prompt as the engine saw it, those it still had in its cache included.
    std::optional<qint64> promptTokens = std::nullopt;
    std::optional<qint64> outputTokens = std::nullopt;
    std::optional<double> prefillTps = std::nullopt; // tokens per second
    std::optional<double> decodeTps = std::nullopt; // tokens per second
    std::optional<std::chrono::nanoseconds> ttft = std::nullopt; // submitted → first generated output
    std::optional<std::chrono::nanoseconds> latency = std::nullopt; // submitted → completed (E2E)
    StopReason stopReason = StopReason::Unknown;

    friend bool operator==(const MessageFigures &, const MessageFigures &) = default;
};

// One prompt or one answer. A plain value.
struct Message
{
    MessageId id = noMessage;
    MessageId parent = noMessage; // what it follows; noMessage: it is a beginning. Always less than id
    // The child that the current branch goes on with, if it comes this way; noMessage while there is none.
    MessageId selectedChild = noMessage;
    MessageRole role = MessageRole::User;
    QString text = {}; // an answer's is Markdown as the model wrote it: never to be trusted
    MessageState state = MessageState::Complete;
    QString reason = {}; // a sentence: why it failed, or was cut short; may be empty
    JobId job = {}; // the job that made this answer
    JobId serverJob = {}; // the job of the server that was asked, whose output is its log; invalid: none was
    QString engine = {}; // its name, as people know it
    QString model = {}; // path
    QString preset = {}; // name; empty when none was chosen
    MessageFigures figures = {};
    QDateTime created = {}; // UTC

    friend bool operator==(const Message &, const Message &) = default;
};

} // namespace BitNet

Q_DECLARE_METATYPE(BitNet::MessageFigures)
