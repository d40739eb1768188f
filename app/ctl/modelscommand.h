// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"

namespace BitNet {

// "bitnetctl models": which models are in some folders, and whether they fit into memory.
CtlCommand modelsCommandTable();
// The exit status: 0, or 1 when a file that looks like a model can't be used or a folder is not there.
int modelsCommand(const CtlArguments &arguments);

} // namespace BitNet
