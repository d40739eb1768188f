// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/jobshim/wire.h"
#include "core/supervisor/jobqueue.h"
#include "core/supervisor/jobresult.h"
#include "core/supervisor/scheduledjob.h"
#include "core/supervisor/slotpool.h"

#include <QObject>
#include <QPromise>
#include <QTimer>

#include <chrono>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace BitNet {

// Decides when each job starts and settles how it ended. Lives in the supervisor thread and is used from there only;
// RuntimeSupervisor is the door to it.
class Scheduler : public QObject
{
    Q_OBJECT
public:
    struct Setup
    {
        QString shimPath;
        QString outputFolder;
        QString instanceTag;
        int concurrency = 1;
        bool startsNeedPermission = false;
    };
    explicit Scheduler(Setup setup);
    ~Scheduler() override;

    // Takes a job that validate() accepts.
    void submit(JobId id, std::shared_ptr<const JobSpec> spec, const Instant &submitted,
                std::unique_ptr<QPromise<JobResult>> promise);
    // Starts as many jobs as there are free slots for. Called after each batch of commands.
    void startJobs();
    // With startsNeedPermission: see RuntimeSupervisor.
    void allowStartsUpTo(JobId id);

    void cancel(JobId id);
    void killNow(JobId id);
    void cancelAll();
    void pauseJob(JobId id);
    void resumeJob(JobId id);
    void setPriority(JobId id, int priority);
    void moveInQueue(JobId id, QueueMove move);
    void writeInput(JobId id, const QByteArray &bytes);
    void closeInput(JobId id);
    void sendSignal(JobId id, int number, bool wholeTree);
    void setConcurrency(int concurrency);
    void setQueuePaused(bool paused);

    // The promise is finished as soon as there is no job left.
    void whenIdle(QPromise<void> promise);
    // Kills everything without grace, ends the shims and emits terminated(), after 6 s at the latest.
    void terminate();

Q_SIGNALS:
    void jobChanged(const BitNet::JobRecord &record);
    void inputTaken(BitNet::JobId id);
    void queuePausedChanged(bool paused);
    void concurrencyChanged(int concurrency);
    void healthChanged(const QString &problem);
    void terminated();

private:
    // What ends a job, for settle().
    struct Ending
    {
        Outcome outcome = Outcome::Succeeded;
        QString reason;
        Instant at;
    };

    ScheduledJob *find(JobId id) const;
    void publish(ScheduledJob &job);
    void settle(ScheduledJob &job, const Ending &ending);
    void settleQueued(ScheduledJob &job, Outcome outcome, const QString &reason);
    void stop(ScheduledJob &job, std::chrono::nanoseconds grace);
    void start(ScheduledJob &job);
    void requeue(ScheduledJob &job, const QString &shortage);

    void connectSlot(JobProcess *process);
    void onStarted(JobId id, const Wire::StartedStatus &status);
    void onFirstOutput(JobId id, const Wire::Instant &at);
    void onEnded(JobId id, const Wire::EndedStatus &status);
    void onShimLost(JobId id, bool neverStarted, const QString &why);
    void settleLost(JobId id, int killed, const QString &why);

    void expireQueued();
    void armExpiryTimer();
    void finishIdlePromises();
    void setHealth(const QString &problem);

    const Setup m_setup;
    std::unordered_map<JobId, std::unique_ptr<ScheduledJob>> m_jobs; // everything that is not finished
    JobQueue m_queue;
    SlotPool m_slots;
    std::set<std::pair<MonotonicTime, JobId>> m_queuedDeadlines;
    QTimer m_expiryTimer;
    MonotonicTime m_expiryArmedFor = {};
    JobId m_startsAllowedUpTo;
    QTimer m_retryTimer; // runs while starts are held back for want of resources
    std::chrono::milliseconds m_retryDelay;
    QTimer m_terminationTimer;
    std::vector<QPromise<void>> m_idlePromises;
    bool m_queuePaused = false;
    bool m_terminating = false;
    bool m_startingJobs = false; // within startJobs()
    QString m_health;
};

} // namespace BitNet
