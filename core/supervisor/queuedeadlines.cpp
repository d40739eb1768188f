// SPDX-License-Identifier: MIT
#include "core/supervisor/queuedeadlines.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace BitNet {

// A longer chrono interval than 2^31 ms never fires: the timer is armed again after this long at the latest.
static constexpr std::chrono::milliseconds longestTimer = 1h;

QueueDeadlines::QueueDeadlines(QObject *parent)
    : QObject(parent)
{
    // A child, so that it moves to the supervisor thread with this object.
    m_timer.setParent(this);
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &QueueDeadlines::tellPassed);
}

void QueueDeadlines::tellPassed()
{
    const MonotonicTime now = monotonicNow();
    while (!m_deadlines.empty() && m_deadlines.begin()->first <= now) {
        Q_EMIT passed(m_deadlines.extract(m_deadlines.begin()).value().second);
    }
    arm();
}

// The timer runs for the earliest deadline in the queue, or for one that has left it: then it fires once for nothing.
void QueueDeadlines::arm()
{
    if (m_deadlines.empty() || m_stopped)
        return;
    const MonotonicTime earliest = m_deadlines.begin()->first;
    if (m_timer.isActive() && m_armedFor <= earliest)
        return;
    m_armedFor = earliest;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(earliest - monotonicNow());
    m_timer.start(std::clamp<std::chrono::milliseconds>(wait, 0ms, longestTimer));
}

void QueueDeadlines::stop()
{
    m_stopped = true;
    m_timer.stop();
}

} // namespace BitNet
