// SPDX-License-Identifier: MIT
#include "ui/prompt/answerstream.h"

#include "core/conversations/answerfigures.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace BitNet {

static constexpr qint64 readAtOnce = 256 * 1024; // bytes
// An answer beyond this is read on the Jobs page; a conversation is no place for a flood.
static constexpr qint64 longestAnswer = 8 * 1024 * 1024; // bytes
static constexpr auto endOfText = " [end of text]"_L1;
static constexpr qsizetype longestEnding = 32; // bytes of an engine's last words

static PromptEcho echoOf(const JobSpec &job)
{
    // A server prints the answer only.
    return job.server.isEmpty() ? PromptEcho::of(job) : PromptEcho{.mode = PromptEcho::Mode::Hidden};
}

// How many tokens llama-cli was told to generate at most: of several flags it obeys the last one.
static std::optional<qint64> tokenLimitOf(const JobSpec &job)
{
    static constexpr std::array flags{"-n"_L1, "--predict"_L1, "--n-predict"_L1};
    std::optional<qint64> limit;
    for (qsizetype i = 0; i + 1 < job.command.size(); ++i) {
        bool isNumber = false;
        const qint64 number = job.command[i + 1].toLongLong(&isNumber);
        if (isNumber && std::find(flags.begin(), flags.end(), job.command[i]) != flags.end())
            limit = number;
    }
    return limit;
}

AnswerStream::AnswerStream(std::shared_ptr<ConversationDocument> document, MessageId answer, const JobSpec &job,
                           QObject *parent)
    : QObject(parent)
    , m_document(std::move(document))
    , m_answer(answer)
    , m_echo(echoOf(job))
    , m_begun(m_echo.mode == PromptEcho::Mode::Hidden)
{
    connect(&m_log, &OutputLog::grown, this, [this] { read(false); });
}

void AnswerStream::take(const JobRecord &record)
{
    if (!m_log.isOpen() && !record.outputFolder.isEmpty() && m_log.open(record.outputFolder)) {
        m_log.setFollowing(true);
        read(false);
    }
    if (record.isFinished())
        finish(record);
}

void AnswerStream::read(bool hasEnded)
{
    QByteArray bytes;
    while (m_position < longestAnswer) {
        const QByteArray more = m_log.read(OutputStreams::Stdout, m_position, readAtOnce);
        if (more.isEmpty())
            break;
        m_position += more.size();
        bytes += more;
    }
    if (!m_begun) {
        m_beginning += bytes;
        const AnswerSearch search = findAnswer(m_beginning, m_echo);
        if (search.state == AnswerSearch::State::Incomplete)
            return;
        m_begun = true;
        bytes = search.state == AnswerSearch::State::Found ? m_beginning.mid(search.position) : m_beginning;
        m_beginning.clear();
    }
    m_held += bytes;
    // What may be the engine's last words is shown once it is known not to be.
    qsizetype keep = 0;
    if (m_echo.mode == PromptEcho::Mode::Echoed) {
        for (qsizetype length = std::min(longestEnding, m_held.size()); length > 0 && keep == 0; --length) {
            const char first = m_held[m_held.size() - length];
            if ((first == ' ' || first == '\n') && isEngineEnding(QByteArrayView(m_held).last(length), hasEnded))
                keep = length;
        }
    }
    const QByteArray shown = m_held.chopped(keep);
    m_held = m_held.right(keep);
    if (hasEnded)
        m_endOfText = m_held.contains(endOfText.data());
    if (shown.isEmpty())
        return;
    QString text = m_decoder(shown);
    if (!m_hasText) {
        const auto begin =
            std::find_if_not(text.cbegin(), text.cend(), [](QChar character) { return character.isSpace(); });
        text.remove(0, begin - text.cbegin());
    }
    if (text.isEmpty())
        return;
    m_hasText = true;
    m_document->appendText(m_answer, text);
}

static MessageState stateOf(const JobRecord &record)
{
    switch (record.outcome.value_or(Outcome::Failed)) {
    case Outcome::Succeeded:
        return MessageState::Complete;
    case Outcome::Cancelled:
        return MessageState::Stopped;
    case Outcome::TimedOut:
    case Outcome::Expired:
        return MessageState::TimedOut;
    case Outcome::Interrupted:
        return MessageState::Interrupted;
    case Outcome::Failed:
    case Outcome::Crashed:
    case Outcome::FailedToStart:
    case Outcome::Lost:
        return MessageState::Failed;
    }
    return MessageState::Failed;
}

void AnswerStream::finish(const JobRecord &record)
{
    if (m_log.isOpen()) {
        m_log.refresh();
        read(true);
        m_log.setFollowing(false);
    }
    MessageFigures figures = figuresOf(record);
    const MessageState state = stateOf(record);
    // llama-cli says when the model ended its answer, and how many tokens there are. A guess is no reason: where neither
    // tells, nothing is said.
    if (figures.stopReason == StopReason::Unknown && state == MessageState::Complete) {
        const std::optional<qint64> limit = tokenLimitOf(*record.spec);
        if (m_endOfText)
            figures.stopReason = StopReason::EndOfText;
        else if (limit && *limit > 0 && figures.outputTokens && *figures.outputTokens >= *limit)
            figures.stopReason = StopReason::TokenLimit;
    }
    QString reason;
    if (state == MessageState::TimedOut || state == MessageState::Failed || state == MessageState::Interrupted)
        reason = record.reason;
    m_document->finish(m_answer, state, figures, reason);
}

} // namespace BitNet
