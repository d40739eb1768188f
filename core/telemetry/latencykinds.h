// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobstate.h"

namespace BitNet {

// Whether jobs of this kind have a latency: the run time of a server is its life, not a time that somebody waited. Servers
// enter no statistics and no percentile; the requests that they answer, which are jobs too, do.
inline bool hasLatency(JobKind kind)
{
    return kind != JobKind::Server;
}

} // namespace BitNet
