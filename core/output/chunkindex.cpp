// SPDX-License-Identifier: MIT
#include "core/output/chunkindex.h"

#include "core/output/positionedread.h"

#include <algorithm>
#include <limits>

#include <sys/stat.h>

namespace BitNet {

static constexpr qint64 recordSize = sizeof(ChunkRecord);

// The first index in [0, count) for which isBehind is true, or count.
template<typename Predicate>
static qint64 partitionPoint(qint64 count, Predicate isBehind)
{
    qint64 low = 0;
    qint64 high = count;
    while (low < high) {
        const qint64 middle = low + (high - low) / 2;
        if (isBehind(middle))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static qint64 bounded(std::uint64_t value)
{
    return qint64(std::min<std::uint64_t>(value, std::numeric_limits<qint64>::max()));
}

qint64 ChunkSums::of(OutputStreams streams) const
{
    switch (streams) {
    case OutputStreams::Stdout:
        return standardOutput;
    case OutputStreams::Stderr:
        return standardError;
    case OutputStreams::Both:
        break;
    }
    return standardOutput + standardError;
}

void ChunkSums::add(const OutputChunk &chunk)
{
    switch (chunk.kind) {
    case ChunkKind::Stdout:
        standardOutput += chunk.length;
        break;
    case ChunkKind::Stderr:
        standardError += chunk.length;
        break;
    case ChunkKind::Gap:
        dropped += chunk.length;
        break;
    }
}

bool ChunkIndex::attach(int descriptor)
{
    detach();
    return m_file.open(descriptor, QIODevice::ReadOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle);
}

void ChunkIndex::detach()
{
    m_file.close();
    m_recordsInFile = 0;
    m_count = 0;
    m_end = 0;
    m_clipped = false;
    for (Page &page : m_pages)
        page.number = -1;
    forgetSums();
}

void ChunkIndex::forgetSums()
{
    m_checkpoints.clear();
    m_sums = {};
    m_summed = 0;
}

bool ChunkIndex::refresh(int logDescriptor)
{
    struct stat status;
    if (!m_file.isOpen() || ::fstat(m_file.handle(), &status) != 0)
        return false;
    const qint64 records = status.st_size / recordSize; // a record that is only half written does not count
    if (records == m_recordsInFile && !m_clipped)
        return false;

    if (records < m_recordsInFile || m_clipped) {
        // Someone cut the file, or the last record counted only in part: nothing remembered is sure.
        for (Page &page : m_pages)
            page.number = -1;
        forgetSums();
    }
    const qint64 oldCount = m_count;
    const qint64 oldEnd = m_end;
    m_recordsInFile = records;
    m_count = records;
    m_end = 0;
    m_clipped = false;
    if (records > 0) {
        const ChunkRecord last = probe(records - 1);
        const qint64 length = last.kind == ChunkKind::Gap ? 0 : bounded(last.length);
        const qint64 offset = bounded(last.offset);
        m_end =
            length > std::numeric_limits<qint64>::max() - offset ? std::numeric_limits<qint64>::max() : offset + length;
    }
    // Only now: the log is written before the index, so a size taken earlier might miss what the index has got since.
    const qint64 logSize = ::fstat(logDescriptor, &status) == 0 ? status.st_size : 0;
    if (m_end > logSize) {
        m_clipped = true;
        m_end = logSize;
        m_count = partitionPoint(records, [this, logSize](qint64 index) {
            const ChunkRecord candidate = probe(index);
            const qint64 offset = bounded(candidate.offset);
            return offset > logSize || (offset == logSize && candidate.kind != ChunkKind::Gap);
        });
    }
    return m_count != oldCount || m_end != oldEnd;
}

ChunkRecord ChunkIndex::probe(qint64 index) const
{
    const Page &page = m_pages[std::size_t(index / recordsPerPage) % m_pages.size()];
    if (page.number == index / recordsPerPage && index % recordsPerPage < page.count)
        return page.records[std::size_t(index % recordsPerPage)];
    ChunkRecord record;
    if (positionedRead(m_file.handle(), index * recordSize, reinterpret_cast<char *>(&record), recordSize)
        != recordSize)
        return {};
    return record;
}

ChunkRecord ChunkIndex::record(qint64 index) const
{
    const qint64 number = index / recordsPerPage;
    const qint64 place = index % recordsPerPage;
    Page &page = m_pages[std::size_t(number) % m_pages.size()];
    if (page.number != number || place >= page.count) {
        const qint64 wanted = std::min(recordsPerPage, m_recordsInFile - number * recordsPerPage);
        page.number = number;
        page.count = positionedRead(m_file.handle(), number * recordsPerPage * recordSize,
                                    reinterpret_cast<char *>(page.records.data()), wanted * recordSize)
            / recordSize;
        if (place >= page.count)
            return {};
    }
    return page.records[std::size_t(place)];
}

OutputChunk ChunkIndex::clipped(const ChunkRecord &record) const
{
    OutputChunk chunk;
    chunk.kind = record.kind == ChunkKind::Stderr || record.kind == ChunkKind::Gap ? record.kind : ChunkKind::Stdout;
    chunk.elapsed = std::chrono::nanoseconds(record.elapsedNs);
    chunk.offset = std::min(bounded(record.offset), m_end);
    chunk.length = bounded(record.length);
    if (chunk.kind != ChunkKind::Gap)
        chunk.length = std::min(chunk.length, m_end - chunk.offset);
    return chunk;
}

OutputChunk ChunkIndex::at(qint64 index) const
{
    if (index < 0 || index >= m_count)
        return {};
    return clipped(record(index));
}

qint64 ChunkIndex::indexAt(qint64 offset) const
{
    if (offset < 0)
        return -1;
    return partitionPoint(m_count, [&](qint64 index) { return bounded(probe(index).offset) > offset; }) - 1;
}

qint64 ChunkIndex::firstAt(qint64 offset) const
{
    qint64 index =
        partitionPoint(m_count, [&](qint64 candidate) { return bounded(probe(candidate).offset) >= offset; });
    // The chunk before may reach into it.
    if (index > 0) {
        const OutputChunk before = at(index - 1);
        if (before.kind != ChunkKind::Gap && before.offset + before.length > offset)
            --index;
    }
    return index;
}

ChunkSums ChunkIndex::total() const
{
    while (m_summed < m_count) {
        if (m_summed % recordsPerSum == 0)
            m_checkpoints.push_back(m_sums);
        m_sums.add(at(m_summed));
        ++m_summed;
    }
    return m_sums;
}

qint64 ChunkIndex::startFor(OutputStreams streams, qint64 position, ChunkSums *before) const
{
    total();
    const qint64 checkpoint =
        partitionPoint(qint64(m_checkpoints.size()),
                       [&](qint64 index) { return m_checkpoints[std::size_t(index)].of(streams) > position; })
        - 1;
    *before = checkpoint < 0 ? ChunkSums() : m_checkpoints[std::size_t(checkpoint)];
    return std::max<qint64>(checkpoint, 0) * recordsPerSum;
}

} // namespace BitNet
