// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"

namespace BitNet {

// "bitnetctl chat": a conversation at a terminal, or with the lines of a pipe.
CtlCommand chatCommandTable();
// The exit status. Runs the application's event loop until the conversation is over.
int chatCommand(const CtlArguments &arguments);

} // namespace BitNet
