// SPDX-License-Identifier: MIT
#include "core/history/historylogging.h"

namespace BitNet {

Q_LOGGING_CATEGORY(historyLog, "bitnet.history", QtWarningMsg)

} // namespace BitNet
