// SPDX-License-Identifier: MIT
#pragma once

#include <QLatin1StringView>
#include <QString>

namespace BitNet {

// Where a program of ours is that people don't start themselves ("bitnet-jobshim"): beside the application, else in the
// libexec folder of the same installation, else in the one it was built for. The first of them when it is nowhere, for the
// message.
QString findOwnProgram(QLatin1StringView name);

} // namespace BitNet
