// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobspec.h"

#include <QList>

namespace BitNet {

// Real commands of this machine that show within ten seconds what jobs can do: succeed, print much, fail, pass their limit,
// wait their turn. Harmless: they read, count and sleep. Programs that this machine lacks are left out.
QList<JobSpec> sampleQueue(const JobLimits &defaults);

} // namespace BitNet
