// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/descriptor.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace BitNet {

// A job's standard input: /dev/null, or a pipe that bytes are written to without ever waiting for the job.
class JobInput
{
public:
    // 0, or the errno of what failed.
    int open(bool interactive);
    int readEnd() const { return m_readEnd.get(); }
    // The end to watch for being writable and for errors; -1: there is none.
    int writeEnd() const { return m_writeEnd.get(); }
    // The program has it now: from here on a write can tell that it was closed.
    void closeReadEnd() { m_readEnd.reset(); }

    void add(std::string_view bytes);
    void closeWhenWritten();
    // Writes what it can. Bytes that nobody will read are forgotten.
    void write();
    // The job closed its end, or is gone.
    void close();

    // Bytes wait for the pipe to have room.
    bool isWaiting() const { return !m_pending.empty(); }
    // How many additions were written (or forgotten) since the last call.
    std::uint32_t takeDone();

private:
    Descriptor m_readEnd;
    Descriptor m_writeEnd;
    std::string m_pending;
    std::size_t m_written = 0; // of m_pending
    std::uint32_t m_additions = 0; // in m_pending
    std::uint32_t m_done = 0;
    bool m_closeWhenWritten = false;
};

} // namespace BitNet
