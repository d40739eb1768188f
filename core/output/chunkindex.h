// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/outputchunk.h"

#include <QFile>

#include <array>
#include <vector>

namespace BitNet {

// Bytes of each kind, counted from the beginning of the output.
struct ChunkSums
{
    qint64 standardOutput = 0;
    qint64 standardError = 0;
    qint64 dropped = 0;

    qint64 of(OutputStreams streams) const;
    void add(const OutputChunk &chunk);
};

// The records of an output.idx, of any number: a few pages of them are held, and one sum for every 1024. What the index
// says is believed only as far as output.log reaches, so no record can point outside of it. One thread.
class ChunkIndex
{
public:
    // Takes the descriptor of an open output.idx over.
    bool attach(int descriptor);
    void detach();
    int descriptor() const { return m_file.handle(); }

    // Looks at the files again. True when count() or end() changed.
    bool refresh(int logDescriptor);

    qint64 count() const { return m_count; }
    // Bytes of output.log that the records cover.
    qint64 end() const { return m_end; }
    // 0 <= index < count(); otherwise an empty chunk.
    OutputChunk at(qint64 index) const;
    // The last record whose offset is not past the given one; -1 when there is none.
    qint64 indexAt(qint64 offset) const;
    // The first record (count() when there is none) that lies at or behind offset: gaps at offset included.
    qint64 firstAt(qint64 offset) const;

    // Sums of all records. The first call reads the whole index, later ones what is new.
    ChunkSums total() const;
    // The record to begin with when looking for the byte at position of one stream, and the sums before that record. At
    // most 1024 records of the way are left.
    qint64 startFor(OutputStreams streams, qint64 position, ChunkSums *before) const;

private:
    static constexpr qint64 recordsPerPage = 512;
    static constexpr qint64 recordsPerSum = 1024;

    struct Page
    {
        qint64 number = -1;
        qint64 count = 0;
        std::array<ChunkRecord, recordsPerPage> records;
    };

    ChunkRecord record(qint64 index) const;
    ChunkRecord probe(qint64 index) const; // without reading a page
    OutputChunk clipped(const ChunkRecord &record) const;
    void forgetSums();

    QFile m_file;
    qint64 m_recordsInFile = 0;
    qint64 m_count = 0;
    qint64 m_end = 0;
    bool m_clipped = false; // the index is ahead of the log
    mutable std::array<Page, 4> m_pages;
    mutable std::vector<ChunkSums> m_checkpoints; // before record n * recordsPerSum
    mutable ChunkSums m_sums; // of the first m_summed records
    mutable qint64 m_summed = 0;
};

} // namespace BitNet
