// SPDX-License-Identifier: MIT
#pragma once

#include "benchfigure.h"
#include "support/eventloopgap.h"

namespace BitNet::Bench {

// The longest gap of an event loop, and the most processor time in one: on a busy machine the first is mostly others' work.
inline void printLongestGap(const QString &name, const Testing::EventLoopGap &watched, QJsonObject more)
{
    if (watched.gaps().empty())
        return;
    more.insert(QStringLiteral("most_processor_ms"), percentile(watched.work(), 1));
    printFigure(name, percentile(watched.gaps(), 1), QStringLiteral("ms"), more);
}

} // namespace BitNet::Bench
