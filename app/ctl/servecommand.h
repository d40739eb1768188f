// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"

namespace BitNet {

// "bitnetctl serve": a llama-server in the foreground.
CtlCommand serveCommandTable();
// The exit status. Runs the application's event loop until the server is gone.
int serveCommand(const CtlArguments &arguments);

} // namespace BitNet
