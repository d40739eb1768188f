// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/outputchunk.h"

#include <array>
#include <cstring>
#include <vector>

namespace BitNet {

// Where a line to show begins. Order: by offset, a gap before the text at the same offset.
struct LineStart
{
    enum Kind {
        Gap, // stands for bytes that were not kept; no bytes of its own
        Natural, // the first byte of the output, behind a newline or a gap, or of another stream than the byte before
        Folded, // a line too long to be shown as one goes on here
    };
    qint64 offset = 0; // in output.log
    Kind kind = Natural;

    friend bool operator==(const LineStart &, const LineStart &) = default;
    friend bool operator<(const LineStart &a, const LineStart &b)
    {
        return a.offset != b.offset ? a.offset < b.offset : (a.kind == Gap) > (b.kind == Gap);
    }
};

// Lines that are too long are folded where output.log reaches a multiple of this, when the block before it held no
// natural start. So a line has less than two blocks, and where it begins can be told from the two blocks around it alone.
inline constexpr qint64 foldBlockSize = 16 * 1024;

// Tells the line starts of some streams, seen in the order of the output.
struct LineState
{
    qint64 lines = 0; // starts so far
    qint64 block = 0; // of foldBlockSize, the current one
    bool atStart = true; // the next byte begins a line
    bool naturalHere = false; // a natural start was in this block
    bool naturalBefore = true; // … in the block before
    bool seenHere = false; // a byte was in this block

    void enter(qint64 newBlock)
    {
        if (newBlock == block)
            return;
        naturalBefore = newBlock == block + 1 && naturalHere;
        naturalHere = false;
        seenHere = false;
        block = newBlock;
    }

    // What begins at the first of some bytes that lie in the current block; nothing: a line goes on.
    bool begins(LineStart::Kind *kind)
    {
        const bool folded = !atStart && !seenHere && !naturalBefore;
        *kind = atStart ? LineStart::Natural : LineStart::Folded;
        naturalHere = naturalHere || atStart;
        seenHere = true;
        return folded || atStart;
    }
};

// Finds the line starts in slices of the streams it is for. Slices come in order and join.
class LineScanner
{
public:
    explicit LineScanner(OutputStreams streams)
        : m_streams(streams)
    {
    }
    // Begins in the middle: what is known there, and the stream of the byte before.
    LineScanner(OutputStreams streams, const LineState &state, ChunkKind kindBefore)
        : m_streams(streams)
        , m_state(state)
        , m_kind(kindBefore)
    {
    }

    void scan(const OutputSlice &slice, std::vector<LineStart> &starts);

private:
    const OutputStreams m_streams;
    LineState m_state;
    ChunkKind m_kind = ChunkKind::Gap;
};

// Counts what the scanner finds, for stdout, stderr and both in one pass over slices of both: several GB/s.
class LineCounter
{
public:
    void count(const OutputSlice &slice);
    // To be called at a multiple of foldBlockSize, before what follows is counted.
    void enterBlock(qint64 block);
    const LineState &state(OutputStreams streams) const { return m_states[std::size_t(streams)]; }

private:
    std::array<LineState, 3> m_states;
    ChunkKind m_kind = ChunkKind::Gap;
};

} // namespace BitNet
