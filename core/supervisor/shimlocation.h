// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace BitNet {

// Where bitnet-jobshim is: beside the application, else in the libexec folder of the same installation, else in the one it
// was built for. The first of them when it is nowhere, for the message.
QString findJobShim();

} // namespace BitNet
