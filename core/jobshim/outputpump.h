// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/descriptor.h"
#include "core/jobshim/outputtail.h"
#include "core/jobshim/wire.h"
#include "core/output/outputformat.h"

#include <array>
#include <cstdint>
#include <vector>

namespace BitNet {

// Moves what a job prints from its two pipes to its two files. Past the cap, or when the disk takes no more, it keeps the
// pipes empty all the same, counts, and holds the last bytes to append at the end.
class OutputPump
{
public:
    enum Stream { Output = 0, Error = 1 };

    // 0, or the errno of pipe2.
    int openPipes();
    // log and index are empty files.
    void openFiles(Descriptor log, Descriptor index, std::uint64_t cap);
    void started(const Wire::Instant &at) { m_startedNs = at.monotonicNs; }

    int readEnd(Stream stream) const { return m_pipes[stream].readEnd.get(); }
    int writeEnd(Stream stream) const { return m_pipes[stream].writeEnd.get(); }

    // Takes what is in the pipe, at most one chunk. Call flushIndex() after a round of these.
    void pump(Stream stream);
    void flushIndex();

    // Takes what is in the pipes now and completes the files. Does not wait for the end of the streams: somebody outside the
    // tree may hold a pipe open for ever.
    void finish();

    std::uint64_t bytes(Stream stream) const { return m_pipes[stream].bytes; }
    bool hasOutput() const { return m_firstOutput.monotonicNs != 0; }
    const Wire::Instant &firstOutput() const { return m_firstOutput; }
    // Bytes are missing from output.log: past the tail that is held, or for good.
    bool hasLost() const { return m_lost > 0 || m_tail.lost() > 0; }
    std::uint64_t dropped() const { return m_lost + m_tail.lost(); }
    // Why bytes are not kept: 0 the cap, else an errno.
    int errorNumber() const { return m_error; }

private:
    struct Pipe
    {
        Descriptor readEnd; // nonblocking
        // Kept open until the end: without it every end of a stream would wake the shim once more.
        Descriptor writeEnd;
        std::uint64_t bytes = 0;
        ChunkKind kind = ChunkKind::Stdout;
        bool enlarged = false;
    };

    // Bytes moved from the pipe into the log; -1: none, look at errno; m_keeping becomes false when the log takes no more.
    ssize_t spliceChunk(int fd, std::size_t atMost);
    ssize_t copyChunk(Pipe &pipe, std::size_t atMost);
    void count(Pipe &pipe, std::size_t length);
    void stopKeeping(int error);
    void drain(Stream stream);
    void takeBackUnindexed(std::size_t firstRecord);
    void appendTail();

    std::array<Pipe, 2> m_pipes;
    Descriptor m_log;
    Descriptor m_index;
    std::uint64_t m_cap = 0;
    std::uint64_t m_logSize = 0;
    std::uint64_t m_indexSize = 0;
    std::vector<ChunkRecord> m_unindexed; // chunks in the log whose records are not yet in the index
    OutputTail m_tail;
    std::vector<char> m_copyBuffer;
    std::int64_t m_startedNs = 0;
    std::int64_t m_stoppedKeepingNs = 0; // since started
    Wire::Instant m_firstOutput;
    std::uint64_t m_lost = 0;
    int m_error = 0;
    bool m_keeping = true;
    bool m_canSplice = true;
};

} // namespace BitNet
