// SPDX-License-Identifier: MIT
#include "core/output/linescanner.h"

#include <algorithm>

namespace BitNet {

// Calls visit(bytes, offset, length) for the part of a piece in each fold block.
template<typename Visit>
static void forEachBlock(const OutputSlice &slice, const OutputPiece &piece, Visit visit)
{
    for (qint64 done = 0; done < piece.length;) {
        const qint64 offset = piece.offset + done;
        const qint64 length = std::min(piece.length - done, foldBlockSize - offset % foldBlockSize);
        visit(slice.bytes.constData() + piece.at + done, offset, length);
        done += length;
    }
}

static qint64 countNewlines(const char *bytes, qint64 length)
{
    using Lanes = unsigned char __attribute__((vector_size(16)));
    static constexpr qint64 lanes = sizeof(Lanes);
    qint64 count = 0;
    qint64 at = 0;
    while (at + lanes <= length) {
        // A lane counts to 255 before it would wrap.
        const qint64 rounds = std::min<qint64>((length - at) / lanes, 255);
        Lanes sums = {};
        for (qint64 round = 0; round < rounds; ++round, at += lanes) {
            Lanes text;
            std::memcpy(&text, bytes + at, sizeof text);
            sums -= Lanes(text == static_cast<unsigned char>('\n'));
        }
        for (qint64 lane = 0; lane < lanes; ++lane)
            count += sums[lane];
    }
    return count + std::count(bytes + at, bytes + length, '\n');
}

void LineScanner::scan(const OutputSlice &slice, std::vector<LineStart> &starts)
{
    for (const OutputPiece &piece : slice.pieces) {
        if (piece.kind == ChunkKind::Gap) {
            m_state.enter(piece.offset / foldBlockSize);
            m_state.naturalHere = true;
            m_state.atStart = true;
            starts.push_back({piece.offset, LineStart::Gap});
            m_kind = piece.kind;
            continue;
        }
        if (piece.kind != m_kind) {
            m_state.atStart = m_state.atStart || m_streams == OutputStreams::Both;
            m_kind = piece.kind;
        }
        forEachBlock(slice, piece, [&](const char *bytes, qint64 offset, qint64 length) {
            m_state.enter(offset / foldBlockSize);
            LineStart::Kind kind;
            if (m_state.begins(&kind))
                starts.push_back({offset, kind});
            const char *const end = bytes + length;
            for (const char *at = bytes; at < end;) {
                const auto *newline = static_cast<const char *>(std::memchr(at, '\n', std::size_t(end - at)));
                if (!newline || newline + 1 == end)
                    break;
                at = newline + 1;
                starts.push_back({offset + (at - bytes), LineStart::Natural});
                m_state.naturalHere = true;
            }
            m_state.atStart = end[-1] == '\n';
        });
    }
}

void LineCounter::count(const OutputSlice &slice)
{
    LineState &both = m_states[std::size_t(OutputStreams::Both)];
    for (const OutputPiece &piece : slice.pieces) {
        if (piece.kind == ChunkKind::Gap) {
            for (LineState &state : m_states) {
                state.enter(piece.offset / foldBlockSize);
                state.naturalHere = true;
                state.atStart = true;
                ++state.lines;
            }
            m_kind = piece.kind;
            continue;
        }
        if (piece.kind != m_kind) {
            both.atStart = true;
            m_kind = piece.kind;
        }
        LineState &own =
            m_states[std::size_t(piece.kind == ChunkKind::Stderr ? OutputStreams::Stderr : OutputStreams::Stdout)];
        forEachBlock(slice, piece, [&](const char *bytes, qint64 offset, qint64 length) {
            const bool endsLine = bytes[length - 1] == '\n';
            const qint64 inside = countNewlines(bytes, length) - (endsLine ? 1 : 0);
            for (LineState *state : {&own, &both}) {
                state->enter(offset / foldBlockSize);
                LineStart::Kind kind;
                state->lines += inside + (state->begins(&kind) ? 1 : 0);
                state->naturalHere = state->naturalHere || inside > 0;
                state->atStart = endsLine;
            }
        });
    }
}

void LineCounter::enterBlock(qint64 block)
{
    for (LineState &state : m_states)
        state.enter(block);
}

} // namespace BitNet
