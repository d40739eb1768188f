// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"

namespace BitNet {

// "bitnetctl run": one command, or the jobs of a file. Both functions belong to the event loop's thread.
CtlCommand runCommandTable();
// The exit status. Runs the application's event loop until all jobs ended.
int runCommand(const CtlArguments &arguments);

} // namespace BitNet
