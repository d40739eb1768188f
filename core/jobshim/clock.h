// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/wire.h"

#include <time.h>

#include <cstdint>
#include <limits>

namespace BitNet {

inline constexpr std::int64_t nsPerMs = 1'000'000;
inline constexpr std::int64_t nsPerSecond = 1'000'000'000;
// A moment that never comes.
inline constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

// CLOCK_MONOTONIC, ns.
inline std::int64_t monotonicNow()
{
    timespec t = {};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * nsPerSecond + t.tv_nsec;
}

// Both clocks, read one right after the other.
inline Wire::Instant instantNow()
{
    timespec wall = {};
    Wire::Instant now;
    now.monotonicNs = monotonicNow();
    clock_gettime(CLOCK_REALTIME, &wall);
    now.wallUs = wall.tv_sec * 1'000'000 + wall.tv_nsec / 1000;
    return now;
}

// a + b for b >= 0, `never` instead of an overflow.
inline std::int64_t laterBy(std::int64_t a, std::int64_t b)
{
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? never : sum;
}

} // namespace BitNet
