// SPDX-License-Identifier: MIT
#include "core/output/linereader.h"

#include <algorithm>

namespace BitNet {

// Not a multiple of foldBlockSize, so that a few bytes behind a fold are at hand.
static constexpr qint64 stepSize = 16 * foldBlockSize + 64;

static bool holds(const OutputPiece &piece, const LineStart &start)
{
    if (start.kind == LineStart::Gap || piece.kind == ChunkKind::Gap)
        return start.kind == LineStart::Gap && piece.kind == ChunkKind::Gap && piece.offset == start.offset;
    return start.offset < piece.offset + piece.length;
}

void readLines(const OutputLog &log, OutputStreams streams, const LineStart &first, const LineStart &last,
               const std::function<bool(const ReadLine &)> &visit)
{
    LineState state;
    state.block = first.offset / foldBlockSize;
    state.atStart = first.kind != LineStart::Folded;
    state.naturalBefore = false;
    LineScanner scanner(streams, state, log.chunk(log.chunkAt(first.offset)).kind);

    OutputSlice slice;
    std::vector<LineStart> starts;
    QByteArray bytes; // from the line current on
    LineStart current = first;
    bool begun = false;
    // Visits the line that ends where next begins, at a place in bytes.
    const auto finish = [&](qint64 from, qint64 to, const LineStart *next) {
        ReadLine line;
        line.start = current;
        line.bytes = QByteArrayView(bytes).sliced(from, to - from);
        line.goesOn = next && next->kind == LineStart::Folded;
        if (line.goesOn)
            line.following = QByteArrayView(bytes).sliced(to, std::min<qint64>(3, bytes.size() - to));
        return visit(line);
    };

    for (qint64 offset = first.offset; offset < log.size();) {
        const qint64 end = std::min((offset / stepSize + 1) * stepSize, log.size());
        log.slice(streams, offset, end, slice);
        starts.clear();
        scanner.scan(slice, starts);
        const qint64 kept = bytes.size();
        bytes.append(slice.bytes);
        qint64 from = 0;
        auto piece = slice.pieces.cbegin();
        for (const LineStart &start : starts) {
            if (!begun) {
                begun = start == first; // a gap right before the first line was not asked for
                continue;
            }
            while (piece != slice.pieces.cend() && !holds(*piece, start))
                ++piece;
            const qint64 to = piece == slice.pieces.cend() ? bytes.size()
                : start.kind == LineStart::Gap             ? kept + piece->at
                                                           : kept + piece->at + (start.offset - piece->offset);
            if (!finish(from, to, &start) || !(current < last))
                return;
            current = start;
            from = to;
        }
        if (!begun)
            return; // it is no line of these streams
        bytes.remove(0, from);
        offset = end;
    }
    const LineStart gapAtEnd{log.size(), LineStart::Gap};
    if (begun && (!finish(0, bytes.size(), nullptr) || !(current < last)))
        return;
    if (log.droppedBefore(log.size()) > 0 && !(gapAtEnd < first) && !(last < gapAtEnd)) {
        current = gapAtEnd;
        bytes.clear();
        finish(0, 0, nullptr);
    }
}

} // namespace BitNet
