// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QObject>
#include <QTimer>

#include <set>
#include <utility>

namespace BitNet {

// The deadlines of queued jobs, and one timer for the earliest of them.
class QueueDeadlines : public QObject
{
    Q_OBJECT
public:
    explicit QueueDeadlines(QObject *parent = nullptr);

    // O(log n); the timer is set by arm(), once for many.
    void add(JobId id, MonotonicTime at) { m_deadlines.emplace(at, id); }
    void remove(JobId id, MonotonicTime at) { m_deadlines.erase({at, id}); }
    void arm();
    // No signal comes from now on.
    void stop();

Q_SIGNALS:
    // The deadline of a queued job has passed; it is no longer among these.
    void passed(BitNet::JobId id);

private:
    void tellPassed();

    std::set<std::pair<MonotonicTime, JobId>> m_deadlines;
    QTimer m_timer;
    MonotonicTime m_armedFor = {};
    bool m_stopped = false;
};

} // namespace BitNet
