// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/runtime/enginefailure.h"

#include <chrono>
#include <optional>

namespace BitNet {

// What an engine's output says about its job.
struct EngineReport
{
    EngineTimings timings = {};
    std::optional<std::chrono::nanoseconds> firstAnswer = std::nullopt; // started → first byte of the answer
    std::optional<EngineFailure> failure = std::nullopt;
};

// Reads the output of a finished job: the end of it (128 KiB) and, for a prompt, its beginning. Empty for a job that is no
// engine's, was never started or has no output any more. A failure is looked for in jobs that failed or crashed, not in
// those that were stopped. Takes well below a millisecond. Any thread.
//
// isKilledForMemory: the kernel killed for want of memory while the job ran (OomKillCounter), which explains a SIGKILL.
EngineReport readEngineReport(const JobRecord &finished, bool isKilledForMemory = false);

// The record with the report in it: timings, ttft and, for a failure, the reason: its sentence and in a line below it the
// engine's own words. For the one place that settles a job, before its last snapshot is emitted.
void addEngineReport(JobRecord &finished, bool isKilledForMemory = false);

} // namespace BitNet
