// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"

namespace BitNet {

CtlCommand historyCommandTable();
// Shows what was recorded. Reads the history, also while another program writes to it; starts nothing.
int historyCommand(const CtlArguments &arguments);

} // namespace BitNet
