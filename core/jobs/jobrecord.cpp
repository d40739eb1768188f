// SPDX-License-Identifier: MIT
#include "core/jobs/jobrecord.h"

namespace BitNet {

WallTime wallNow()
{
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

MonotonicTime monotonicNow()
{
    // libstdc++'s steady_clock is CLOCK_MONOTONIC, the clock the shim reads.
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now());
}

Instant Instant::now()
{
    return {.wall = wallNow(), .monotonic = monotonicNow()};
}

std::optional<std::chrono::nanoseconds> JobRecord::queueWait() const
{
    if (!started)
        return std::nullopt;
    return started->monotonic - submitted.monotonic;
}

std::optional<std::chrono::nanoseconds> JobRecord::timeToFirstOutput() const
{
    if (!started || !firstOutput)
        return std::nullopt;
    return firstOutput->monotonic - started->monotonic;
}

std::optional<std::chrono::nanoseconds> JobRecord::runTime() const
{
    if (!started || !completed)
        return std::nullopt;
    return completed->monotonic - started->monotonic;
}

std::optional<std::chrono::nanoseconds> JobRecord::latency() const
{
    if (!completed)
        return std::nullopt;
    return completed->monotonic - submitted.monotonic;
}

bool JobRecord::isFailure() const
{
    return outcome && *outcome != Outcome::Succeeded && *outcome != Outcome::Cancelled;
}

} // namespace BitNet
