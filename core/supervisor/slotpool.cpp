// SPDX-License-Identifier: MIT
#include "core/supervisor/slotpool.h"

#include "core/supervisor/jobprocess.h"

#include <algorithm>

namespace BitNet {

SlotPool::SlotPool(const QString &shimPath, int limit, Pausing pausing, std::shared_ptr<QueuePositions> positions,
                   QObject *parent)
    : Lane(std::move(positions), parent)
    , m_shimPath(shimPath)
    , m_pausing(pausing)
    , m_limit(limit)
{
}

void SlotPool::setLimit(int limit)
{
    m_limit = limit;
    retireSurplus();
}

JobRunner *SlotPool::acquire()
{
    Q_ASSERT(hasFree());
    JobProcess *process = nullptr;
    if (m_idle.empty()) {
        process = new JobProcess(m_shimPath, this);
        connect(process, &JobProcess::retired, this, [this, process] { forget(process); });
        Q_EMIT created(process);
    } else {
        process = m_idle.back();
        m_idle.pop_back();
    }
    m_busy.push_back(process);
    return process;
}

void SlotPool::release(JobRunner *runner)
{
    auto *process = static_cast<JobProcess *>(runner);
    std::erase(m_busy, process);
    m_idle.push_back(process);
    retireSurplus();
}

void SlotPool::discard(JobRunner *runner)
{
    auto *process = static_cast<JobProcess *>(runner);
    std::erase(m_busy, process);
    retire(process);
}

void SlotPool::close()
{
    for (JobProcess *process : std::exchange(m_idle, {}))
        retire(process);
    if (isEmpty())
        Q_EMIT emptied();
}

void SlotPool::retireSurplus()
{
    while (!m_idle.empty() && busyCount() + static_cast<int>(m_idle.size()) > m_limit) {
        // The one that was idle longest.
        JobProcess *process = m_idle.front();
        m_idle.erase(m_idle.begin());
        retire(process);
    }
}

void SlotPool::retire(JobProcess *process)
{
    m_leaving.push_back(process);
    process->retire();
}

// Also called when an idle slot's shim ended unasked.
void SlotPool::forget(JobProcess *process)
{
    std::erase(m_idle, process);
    std::erase(m_leaving, process);
    process->deleteLater();
    if (isEmpty())
        Q_EMIT emptied();
}

} // namespace BitNet
