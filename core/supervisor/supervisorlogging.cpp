// SPDX-License-Identifier: MIT
#include "core/supervisor/supervisorlogging.h"

namespace BitNet {

Q_LOGGING_CATEGORY(supervisorLog, "bitnet.supervisor", QtWarningMsg)

} // namespace BitNet
