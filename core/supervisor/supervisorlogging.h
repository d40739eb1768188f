// SPDX-License-Identifier: MIT
#pragma once

#include <QLoggingCategory>

namespace BitNet {

Q_DECLARE_LOGGING_CATEGORY(supervisorLog) // "bitnet.supervisor", warnings by default

} // namespace BitNet
