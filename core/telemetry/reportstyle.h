// SPDX-License-Identifier: MIT
#pragma once

#include <QLatin1StringView>

namespace BitNet {

// The style sheet of the HTML report: light, dark (by the reader's scheme) and print. Text has a contrast of at least 4.5 : 1.
QLatin1StringView reportStyle();

} // namespace BitNet
