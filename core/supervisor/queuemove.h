// SPDX-License-Identifier: MIT
#pragma once

namespace BitNet {

// Where a queued job goes among the queued jobs of its priority.
enum class QueueMove { Up, Down, Top, Bottom };

} // namespace BitNet
