// SPDX-License-Identifier: MIT
#include "core/supervisor/requestrunner.h"

namespace BitNet {

RequestRunner::~RequestRunner() = default;

} // namespace BitNet
