// SPDX-License-Identifier: MIT
#pragma once

#include <QLoggingCategory>

namespace BitNet {

Q_DECLARE_LOGGING_CATEGORY(historyLog) // "bitnet.history", warnings by default

} // namespace BitNet
