// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"

namespace BitNet {

// "bitnetctl doctor": whether machine and engine are as they should be.
CtlCommand doctorCommandTable();
// The exit status: 0, or 1 when there is a problem.
int doctorCommand(const CtlArguments &arguments);

} // namespace BitNet
