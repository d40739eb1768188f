// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/transcript.h"
#include "support/outputfixture.h"

namespace BitNet::Testing {

// Writes what a recorded run printed into a job folder, each piece at its time. Link app/replay/transcript.cpp.
inline void writeOutput(OutputFixture &job, const Replay::Events &events)
{
    double time = 0;
    for (const Replay::Event &event : events) {
        time += event.delayMs;
        const auto elapsed = std::chrono::nanoseconds(qRound64(time * 1e6));
        if (event.stream != Replay::Stream::Stdin)
            job.append(event.stream == Replay::Stream::Stdout ? ChunkKind::Stdout : ChunkKind::Stderr, event.bytes,
                       elapsed);
    }
}

} // namespace BitNet::Testing
