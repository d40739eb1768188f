// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/bytepattern.h"
#include "core/output/outputchunk.h"

#include <vector>

namespace BitNet {

// An occurrence, as offsets of output.log: of its first byte, and behind its last one. Between the two there may be
// bytes of the other stream.
struct OutputHit
{
    qint64 begin = 0;
    qint64 end = 0;

    friend bool operator==(const OutputHit &, const OutputHit &) = default;
};

// Finds a pattern in output that is fed slice by slice, also across the seams. Occurrences don't overlap and don't reach
// over a gap, nor from one stream into the other. Copyable: a copy goes on from where the original stands.
class PatternScanner
{
public:
    PatternScanner() = default;
    PatternScanner(BytePattern pattern, OutputStreams streams);

    // The next slice; slices come in order. Appends what was found.
    void scan(const OutputSlice &slice, std::vector<OutputHit> &hits);

private:
    void scanSeam(const char *bytes, const OutputPiece &piece, std::vector<OutputHit> &hits);
    void remember(const char *bytes, const OutputPiece &piece);

    BytePattern m_pattern;
    OutputStreams m_streams = OutputStreams::Both;
    qint64 m_allowedFrom = 0; // the end of the last hit
    // The last bytes, too few for a whole match, and where each of them was.
    QByteArray m_rest;
    std::vector<qint64> m_restOffsets;
    ChunkKind m_restKind = ChunkKind::Gap;
};

} // namespace BitNet
