// SPDX-License-Identifier: MIT
#include "core/output/answerstart.h"

#include "core/output/outputlog.h"

#include <algorithm>
#include <vector>

namespace BitNet {

namespace {

// More than an engine prints of its own before the answer, and than what it prints at its end.
constexpr qint64 margin = 4096;
constexpr qint64 longestOpening = qint64(1024) * 1024;

// The front of standard output, and which chunk brought what of it.
class StdoutFront
{
public:
    explicit StdoutFront(const OutputLog &log)
        : m_log(log)
    {
    }

    const QByteArray &bytes() const { return m_bytes; }
    // Everything there is, or up to something that is missing.
    bool isWhole() const { return m_next == m_log.chunkCount(); }
    bool hasGap() const { return m_hasGap; }

    void readUpTo(qint64 length)
    {
        while (m_bytes.size() < length && !isWhole() && !m_hasGap) {
            const OutputChunk chunk = m_log.chunk(m_next++);
            m_hasGap = chunk.kind == ChunkKind::Gap;
            if (chunk.kind != ChunkKind::Stdout)
                continue;
            m_chunks.push_back({.position = m_bytes.size(), .chunk = chunk});
            m_bytes += m_log.read(chunk.offset, std::min(chunk.length, longestOpening));
        }
    }

    AnswerStart startAt(qint64 position) const
    {
        const auto behind = std::upper_bound(m_chunks.begin(), m_chunks.end(), position,
                                             [](qint64 value, const Piece &piece) { return value < piece.position; });
        const Piece &piece = *std::prev(behind);
        return {.state = AnswerStart::State::Found,
                .offset = piece.chunk.offset + position - piece.position,
                .position = position,
                .elapsed = piece.chunk.elapsed};
    }

private:
    struct Piece
    {
        qint64 position = 0; // in standard output
        OutputChunk chunk;
    };

    const OutputLog &m_log;
    QByteArray m_bytes;
    std::vector<Piece> m_chunks;
    qint64 m_next = 0;
    bool m_hasGap = false;
};

} // namespace

AnswerStart findAnswerStart(const OutputLog &log, const PromptEcho &echo, bool hasEnded)
{
    const AnswerStart none{.state = AnswerStart::State::None};
    const AnswerStart undecided{.state = hasEnded ? AnswerStart::State::None : AnswerStart::State::NotYet};
    const qint64 limit =
        echo.mode == PromptEcho::Mode::Conversation ? longestOpening : 2 * echo.prompt.size() + 16 * margin;
    StdoutFront front(log);
    for (qint64 length = echo.prompt.size() + margin;; length *= 2) {
        front.readUpTo(length);
        const AnswerSearch search = findAnswer(front.bytes(), echo);
        if (search.state == AnswerSearch::State::Found) {
            front.readUpTo(search.position + margin);
            const QByteArrayView answer = QByteArrayView(front.bytes()).sliced(search.position);
            return isEngineEnding(answer, hasEnded) ? undecided : front.startAt(search.position);
        }
        if (search.state == AnswerSearch::State::Unrecognised || front.hasGap() || length > limit)
            return none;
        if (front.isWhole())
            return undecided;
    }
}

} // namespace BitNet
