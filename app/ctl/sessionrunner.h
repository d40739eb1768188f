// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/commonoptions.h"
#include "core/runtime/bitnetruntime.h"

namespace BitNet {

// Runs jobs in a supervisor of their own and returns the exit status. Runs the application's event loop meanwhile.
int runSession(BitNetRuntime runtime, const CommonOptions &options, const QList<JobSpec> &jobs);

} // namespace BitNet
