// SPDX-License-Identifier: MIT
#include "core/jobshim/outputpump.h"

#include "core/jobshim/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace BitNet {
namespace {

constexpr std::size_t ordinaryPipe = 65'536;
// Four times the ordinary pipe halves the wake-ups of a flood; more gains nothing, and pipes count against a limit of the
// user's (pipe-user-pages-soft, 64 MiB), past which everybody's new pipes are tiny.
constexpr int enlargedPipe = 262'144;
constexpr std::size_t largestChunk = 1'048'576;
constexpr std::size_t copyBufferSize = 65'536;

// How many bytes were written; fewer than asked for: see errno.
std::size_t writeAt(int fd, std::string_view bytes, std::uint64_t offset)
{
    std::size_t written = 0;
    while (written < bytes.size()) {
        const ssize_t n =
            pwrite(fd, bytes.data() + written, bytes.size() - written, static_cast<off_t>(offset + written));
        if (n > 0) {
            written += static_cast<std::size_t>(n);
        } else if (n == 0 || errno != EINTR) {
            break;
        }
    }
    return written;
}

// Failing is no harm: nobody reads a log further than its index, or a part of a record.
void truncateTo(int fd, std::uint64_t size)
{
    [[maybe_unused]] const int result = ftruncate(fd, static_cast<off_t>(size));
}

} // namespace

int OutputPump::openPipes()
{
    m_pipes[Output].kind = ChunkKind::Stdout;
    m_pipes[Error].kind = ChunkKind::Stderr;
    for (Pipe &pipe : m_pipes) {
        int ends[2] = {};
        if (pipe2(ends, O_CLOEXEC) != 0)
            return errno;
        pipe.readEnd = Descriptor(ends[0]);
        pipe.writeEnd = Descriptor(ends[1]);
        // Only our end: the flag belongs to the end, and the program must not see it.
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

void OutputPump::openFiles(Descriptor log, Descriptor index, std::uint64_t cap)
{
    m_log = std::move(log);
    m_index = std::move(index);
    m_cap = cap;
}

void OutputPump::pump(Stream stream)
{
    Pipe &pipe = m_pipes[stream];
    const std::int64_t elapsed = monotonicNow() - m_startedNs;
    if (m_keeping && m_logSize == m_cap)
        stopKeeping(0);
    if (m_keeping) {
        const std::size_t atMost = std::min<std::uint64_t>(m_cap - m_logSize, largestChunk);
        ssize_t n = m_canSplice ? spliceChunk(pipe.readEnd.get(), atMost) : -1;
        if (n < 0 && !m_canSplice)
            n = copyChunk(pipe, atMost);
        if (n > 0) {
            const auto length = static_cast<std::uint64_t>(n);
            m_unindexed.push_back({m_logSize, length, elapsed, pipe.kind, 0});
            m_logSize += length;
            count(pipe, length);
            return;
        }
        if (m_keeping)
            return;
    }
    const ssize_t n = m_tail.readFrom(pipe.readEnd.get(), pipe.kind, elapsed);
    if (n > 0)
        count(pipe, static_cast<std::size_t>(n));
}

ssize_t OutputPump::spliceChunk(int fd, std::size_t atMost)
{
    auto offset = static_cast<loff_t>(m_logSize);
    ssize_t n = 0;
    do {
        n = splice(fd, nullptr, m_log.get(), &offset, atMost, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    } while (n < 0 && errno == EINTR);
    if (n >= 0 || errno == EAGAIN)
        return n;
    if (errno == EINVAL)
        m_canSplice = false; // not on this file system
    else
        stopKeeping(errno);
    return -1;
}

ssize_t OutputPump::copyChunk(Pipe &pipe, std::size_t atMost)
{
    m_copyBuffer.resize(copyBufferSize);
    const ssize_t n = read(pipe.readEnd.get(), m_copyBuffer.data(), std::min(atMost, copyBufferSize));
    if (n <= 0)
        return n;
    const auto length = static_cast<std::size_t>(n);
    const std::size_t written = writeAt(m_log.get(), {m_copyBuffer.data(), length}, m_logSize);
    if (written < length) {
        stopKeeping(errno);
        m_tail.push({m_copyBuffer.data() + written, length - written}, pipe.kind, m_stoppedKeepingNs);
        count(pipe, length - written);
    }
    return static_cast<ssize_t>(written);
}

void OutputPump::count(Pipe &pipe, std::size_t length)
{
    if (!hasOutput())
        m_firstOutput = instantNow();
    pipe.bytes += length;
    // A larger pipe costs time to make; only a program that filled the ordinary one gets it.
    if (length >= ordinaryPipe && !pipe.enlarged) {
        fcntl(pipe.readEnd.get(), F_SETPIPE_SZ, enlargedPipe);
        pipe.enlarged = true;
    }
}

void OutputPump::stopKeeping(int error)
{
    m_keeping = false;
    m_error = error;
    m_stoppedKeepingNs = monotonicNow() - m_startedNs;
}

void OutputPump::flushIndex()
{
    if (m_unindexed.empty())
        return;
    const std::size_t size = m_unindexed.size() * sizeof(ChunkRecord);
    const std::string_view records(reinterpret_cast<const char *>(m_unindexed.data()), size);
    const std::size_t written = writeAt(m_index.get(), records, m_indexSize);
    m_indexSize += written - written % sizeof(ChunkRecord);
    if (written < size) {
        stopKeeping(errno);
        takeBackUnindexed(written / sizeof(ChunkRecord));
    }
    m_unindexed.clear();
}

// The index took no more: bytes that no record covers move from the log to the tail.
void OutputPump::takeBackUnindexed(std::size_t firstRecord)
{
    m_copyBuffer.resize(copyBufferSize);
    for (std::size_t i = firstRecord; i < m_unindexed.size(); ++i) {
        const ChunkRecord &record = m_unindexed[i];
        std::uint64_t taken = 0;
        while (taken < record.length) {
            const std::size_t length = std::min<std::uint64_t>(record.length - taken, copyBufferSize);
            const ssize_t n =
                pread(m_log.get(), m_copyBuffer.data(), length, static_cast<off_t>(record.offset + taken));
            if (n <= 0) {
                m_lost += record.length - taken;
                break;
            }
            m_tail.push({m_copyBuffer.data(), static_cast<std::size_t>(n)}, record.kind, record.elapsedNs);
            taken += static_cast<std::uint64_t>(n);
        }
    }
    m_logSize = m_unindexed[firstRecord].offset;
    truncateTo(m_log.get(), m_logSize);
    truncateTo(m_index.get(), m_indexSize);
}

void OutputPump::drain(Stream stream)
{
    Pipe &pipe = m_pipes[stream];
    pipe.writeEnd.reset();
    int waiting = 0;
    if (!pipe.readEnd || ioctl(pipe.readEnd.get(), FIONREAD, &waiting) != 0)
        return;
    const std::uint64_t until = pipe.bytes + static_cast<std::uint64_t>(waiting);
    while (pipe.bytes < until) {
        const std::uint64_t before = pipe.bytes;
        pump(stream);
        if (pipe.bytes == before)
            break;
    }
    pipe.readEnd.reset();
}

void OutputPump::finish()
{
    drain(Output);
    drain(Error);
    flushIndex();
    if (m_tail.size() > 0)
        appendTail();
    m_log.reset();
    m_index.reset();
}

// A gap for what was dropped, then the tail, then, when the disk has not even room for that, another gap.
void OutputPump::appendTail()
{
    const std::int64_t now = monotonicNow() - m_startedNs;
    std::uint64_t written = writeAt(m_log.get(), m_tail.first(), m_logSize);
    if (written == m_tail.first().size())
        written += writeAt(m_log.get(), m_tail.second(), m_logSize + written);

    if (dropped() > 0)
        m_unindexed.push_back({m_logSize, dropped(), m_stoppedKeepingNs, ChunkKind::Gap, 0});
    std::uint64_t covered = 0;
    for (const OutputTail::Piece &piece : m_tail.pieces()) {
        const std::uint64_t length = std::min(piece.length, written - covered);
        if (length > 0)
            m_unindexed.push_back({m_logSize + covered, length, piece.elapsedNs, piece.kind, 0});
        covered += length;
    }
    const std::uint64_t rest = m_tail.size() - written;
    if (rest > 0)
        m_unindexed.push_back({m_logSize + written, rest, now, ChunkKind::Gap, 0});

    const std::uint64_t lostBefore = dropped();
    m_lost += rest;
    const std::size_t size = m_unindexed.size() * sizeof(ChunkRecord);
    const std::string_view records(reinterpret_cast<const char *>(m_unindexed.data()), size);
    const bool indexed = writeAt(m_index.get(), records, m_indexSize) == size;
    m_unindexed.clear();
    if (indexed)
        return;
    // Bytes without records are of no use: one gap for all of it, if at least that has room. If not, the counts tell.
    m_lost = lostBefore + m_tail.size() - m_tail.lost();
    const ChunkRecord gap = {m_logSize, dropped(), m_stoppedKeepingNs, ChunkKind::Gap, 0};
    truncateTo(m_index.get(), m_indexSize);
    const std::string_view bytes(reinterpret_cast<const char *>(&gap), sizeof gap);
    if (writeAt(m_index.get(), bytes, m_indexSize) < sizeof gap)
        truncateTo(m_index.get(), m_indexSize);
    truncateTo(m_log.get(), m_logSize);
}

} // namespace BitNet
