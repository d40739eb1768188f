// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"

namespace BitNet {

// Reports on what was recorded. Reads the history, also while another program writes to it. For a PDF this process becomes
// bitnet-report-pdf, which has the user interface's charts.
int reportCommand(const CtlArguments &arguments);

} // namespace BitNet
