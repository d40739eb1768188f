// SPDX-License-Identifier: MIT
#include "ui/jobs/jobfeed.h"

#include "core/supervisor/runtimesupervisor.h"

#include <QHash>

#include <chrono>
#include <mutex>

namespace BitNet {

static constexpr std::chrono::milliseconds frame(16);

struct JobFeed::Inbox
{
    std::mutex mutex;
    QList<JobRecord> records;
    QHash<JobId, qsizetype> positions;
    JobFeed *feed = nullptr; // null once it is gone
};

JobFeed::JobFeed(RuntimeSupervisor &supervisor, QObject *parent)
    : QObject(parent)
    , m_inbox(std::make_shared<Inbox>())
{
    m_inbox->feed = this;
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &JobFeed::deliver);
    // Runs in the supervisor's thread. The inbox outlives this object, whatever is being emitted when it goes.
    connect(
        &supervisor, &RuntimeSupervisor::jobChanged, &supervisor,
        [inbox = m_inbox](const JobRecord &record) {
            const std::scoped_lock lock(inbox->mutex);
            if (!inbox->feed)
                return;
            if (const auto known = inbox->positions.constFind(record.id); known != inbox->positions.cend()) {
                inbox->records[*known] = record;
                return;
            }
            inbox->positions.insert(record.id, inbox->records.size());
            inbox->records.append(record);
            if (inbox->records.size() == 1)
                QMetaObject::invokeMethod(inbox->feed, &JobFeed::wake, Qt::QueuedConnection);
        },
        Qt::DirectConnection);
}

JobFeed::~JobFeed()
{
    const std::scoped_lock lock(m_inbox->mutex);
    m_inbox->feed = nullptr;
}

void JobFeed::wake()
{
    if (m_timer.isActive())
        return;
    const std::chrono::milliseconds since(m_sinceDelivery.isValid() ? m_sinceDelivery.elapsed() : frame.count());
    m_timer.start(std::max(std::chrono::milliseconds(0), frame - since));
}

void JobFeed::deliver()
{
    QList<JobRecord> records;
    {
        const std::scoped_lock lock(m_inbox->mutex);
        records.swap(m_inbox->records);
        m_inbox->positions.clear();
    }
    m_sinceDelivery.start();
    if (!records.isEmpty())
        Q_EMIT changed(records);
}

} // namespace BitNet
