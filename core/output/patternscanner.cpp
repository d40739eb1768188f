// SPDX-License-Identifier: MIT
#include "core/output/patternscanner.h"

#include <algorithm>

namespace BitNet {

PatternScanner::PatternScanner(BytePattern pattern, OutputStreams streams)
    : m_pattern(std::move(pattern))
    , m_streams(streams)
{
}

void PatternScanner::scan(const OutputSlice &slice, std::vector<OutputHit> &hits)
{
    if (m_pattern.isEmpty())
        return;
    for (const OutputPiece &piece : slice.pieces) {
        if (piece.kind != m_restKind) {
            m_rest.clear();
            m_restOffsets.clear();
            m_restKind = piece.kind;
        }
        if (piece.kind == ChunkKind::Gap)
            continue;
        const char *bytes = slice.bytes.constData() + piece.at;
        if (!m_rest.isEmpty())
            scanSeam(bytes, piece, hits);
        qsizetype from = std::max<qint64>(m_allowedFrom - piece.offset, 0);
        while (from < piece.length) {
            const BytePattern::Match match = m_pattern.find(bytes, piece.length, from);
            if (match.begin < 0)
                break;
            hits.push_back({piece.offset + match.begin, piece.offset + match.end});
            m_allowedFrom = piece.offset + match.end;
            from = match.end;
        }
        remember(bytes, piece);
    }
}

// Matches that begin in what was seen before and end in this piece.
void PatternScanner::scanSeam(const char *bytes, const OutputPiece &piece, std::vector<OutputHit> &hits)
{
    const qsizetype before = m_rest.size();
    const QByteArray seam =
        m_rest + QByteArray::fromRawData(bytes, std::min<qint64>(piece.length, m_pattern.longestMatch() - 1));
    const auto offsetOf = [&](qsizetype place) {
        return place < before ? m_restOffsets[std::size_t(place)] : piece.offset + (place - before);
    };
    qsizetype from = 0;
    while (from < before) {
        const BytePattern::Match match = m_pattern.find(seam.constData(), seam.size(), from);
        if (match.begin < 0 || match.begin >= before)
            break;
        from = match.begin + 1;
        if (match.end <= before || offsetOf(match.begin) < m_allowedFrom)
            continue;
        hits.push_back({offsetOf(match.begin), offsetOf(match.end - 1) + 1});
        m_allowedFrom = hits.back().end;
        from = match.end;
    }
}

void PatternScanner::remember(const char *bytes, const OutputPiece &piece)
{
    const qsizetype wanted = m_pattern.longestMatch() - 1;
    const qsizetype fresh = std::min<qint64>(piece.length, wanted);
    const qsizetype surplus = std::max<qsizetype>(m_rest.size() + fresh - wanted, 0);
    m_rest.remove(0, surplus);
    m_restOffsets.erase(m_restOffsets.begin(), m_restOffsets.begin() + surplus);
    m_rest.append(bytes + piece.length - fresh, fresh);
    for (qsizetype i = 0; i < fresh; ++i)
        m_restOffsets.push_back(piece.offset + piece.length - fresh + i);
}

} // namespace BitNet
