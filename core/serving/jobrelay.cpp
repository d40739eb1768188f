// SPDX-License-Identifier: MIT
#include "core/serving/jobrelay.h"

#include "core/supervisor/runtimesupervisor.h"

#include <utility>

namespace BitNet {

JobRelay::JobRelay(RuntimeSupervisor &supervisor, Filter wanted, QObject *parent)
    : QObject(parent)
    , m_shared(std::make_shared<Shared>())
{
    m_shared->relay = this;
    m_connection = connect(
        &supervisor, &RuntimeSupervisor::jobChanged, &supervisor,
        [shared = m_shared, wanted = std::move(wanted)](const JobRecord &record) {
            if (!wanted(record))
                return;
            const std::lock_guard lock(shared->mutex);
            if (JobRelay *relay = shared->relay)
                QMetaObject::invokeMethod(
                    relay, [relay, record] { Q_EMIT relay->changed(record); }, Qt::QueuedConnection);
        },
        Qt::DirectConnection);
}

JobRelay::~JobRelay()
{
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->relay = nullptr;
    }
    disconnect(m_connection);
}

} // namespace BitNet
