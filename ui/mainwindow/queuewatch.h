// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QObject>
#include <QSet>

namespace BitNet {

// Turns the news of jobs into the few that a person who looks elsewhere wants: the first failure of a queue, and its end.
// A queue lasts from the first unfinished job until none is left. Servers are in no queue: they stay. One that fails is
// told each time.
class QueueWatch : public QObject
{
    Q_OBJECT
public:
    explicit QueueWatch(QObject *parent = nullptr);

    void take(const QList<JobRecord> &records);

Q_SIGNALS:
    // Once a queue, not once a job.
    void jobFailed(const BitNet::JobRecord &record);
    // Only for queues of more than one job, or that took longer than ten seconds: others are seen as they end.
    void queueEnded(int succeeded, int failed, int cancelled);

private:
    QSet<JobId> m_open;
    MonotonicTime m_began = {};
    bool m_toldFailure = false;
    int m_succeeded = 0;
    int m_failed = 0;
    int m_cancelled = 0;
};

} // namespace BitNet
