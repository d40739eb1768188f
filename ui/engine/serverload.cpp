// SPDX-License-Identifier: MIT
#include "ui/engine/serverload.h"

#include <algorithm>

namespace BitNet {

void ServerLoad::take(std::chrono::seconds now, int busy, int waiting)
{
    const Second current{busy, waiting};
    if (!m_changes.isEmpty() && m_changes.last().last == current)
        return;
    if (m_changes.isEmpty() || m_changes.last().at != now) {
        // What a second begins with counts in it too.
        const Second before = m_changes.isEmpty() ? Second{} : m_changes.last().last;
        m_changes.append({now, before, before});
    }
    Change &change = m_changes.last();
    change.most = {std::max(change.most.busy, busy), std::max(change.most.waiting, waiting)};
    change.last = current;
    // One that is older than the span stays: it says how the span begins.
    while (m_changes.size() > 1 && m_changes[1].at <= now - span)
        m_changes.removeFirst();
}

QList<ServerLoad::Second> ServerLoad::upTo(std::chrono::seconds now) const
{
    QList<Second> seconds;
    if (m_changes.isEmpty())
        return seconds;
    auto change = m_changes.cbegin();
    for (auto at = std::max(now - span + std::chrono::seconds(1), change->at); at <= now; ++at) {
        while (std::next(change) != m_changes.cend() && std::next(change)->at <= at)
            ++change;
        seconds.append(change->at == at ? change->most : change->last);
    }
    return seconds;
}

} // namespace BitNet
