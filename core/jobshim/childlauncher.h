// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/jobfolder.h"
#include "core/jobshim/wire.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace BitNet {

// Starts a job's program in a session of its own.
class ChildLauncher
{
public:
    struct Streams
    {
        int input = -1;
        int output = -1;
        int error = -1;
    };
    struct Launched
    {
        FailedStart failure;
        pid_t pid = -1;
        Wire::Instant startedAt; // taken right before the execve that succeeded
    };

    // jobUmask: the umask that the programs get.
    explicit ChildLauncher(mode_t jobUmask);

    // Returns when the program is executing, or has failed to (its process is reaped then).
    Launched launch(const Wire::RunCommand &command, const Streams &streams);

private:
    void lowerPeak() const;

    char *m_stackTop = nullptr;
    mode_t m_jobUmask;
    long m_ordinaryPeakKib;
};

} // namespace BitNet
