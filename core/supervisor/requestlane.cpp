// SPDX-License-Identifier: MIT
#include "core/supervisor/requestlane.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

RequestLane::RequestLane(QString name, RequestRunnerFactory factory, std::shared_ptr<QueuePositions> positions,
                         QObject *parent)
    : Lane(std::move(positions), parent)
    , m_name(std::move(name))
    , m_factory(std::move(factory))
{
}

void RequestLane::setSlots(int count, const QString &waiting)
{
    m_slotCount = count;
    m_waiting = waiting;
}

void RequestLane::failAll(const QString &reason)
{
    // A copy: each comes back through release().
    for (RequestRunner *runner : std::vector<RequestRunner *>(m_busy))
        runner->fail(reason);
}

QString RequestLane::waitingFor() const
{
    if (m_slotCount == 0 && !m_waiting.isEmpty())
        return m_waiting;
    return u"Waiting for a slot of server %1."_s.arg(m_name);
}

JobRunner *RequestLane::acquire()
{
    Q_ASSERT(hasFree());
    RequestRunner *runner = nullptr;
    if (m_idle.empty()) {
        runner = m_factory(this);
        Q_EMIT created(runner);
    } else {
        runner = m_idle.back();
        m_idle.pop_back();
    }
    m_busy.push_back(runner);
    return runner;
}

void RequestLane::release(JobRunner *runner)
{
    auto *idle = static_cast<RequestRunner *>(runner);
    std::erase(m_busy, idle);
    m_idle.push_back(idle);
}

void RequestLane::discard(JobRunner *runner)
{
    std::erase(m_busy, static_cast<RequestRunner *>(runner));
    runner->deleteLater();
}

void RequestLane::close()
{
    for (RequestRunner *runner : std::exchange(m_idle, {}))
        runner->deleteLater();
    if (isEmpty())
        Q_EMIT emptied();
}

} // namespace BitNet
