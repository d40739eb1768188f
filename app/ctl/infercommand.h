// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"

namespace BitNet {

// "bitnetctl infer": one prompt to one model.
CtlCommand inferCommandTable();
// The exit status. Runs the application's event loop until the job ended.
int inferCommand(const CtlArguments &arguments);

} // namespace BitNet
