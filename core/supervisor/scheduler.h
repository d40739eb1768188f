// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/jobshim/wire.h"
#include "core/runtime/oomkills.h"
#include "core/supervisor/jobqueue.h"
#include "core/supervisor/jobresult.h"
#include "core/supervisor/queuedeadlines.h"
#include "core/supervisor/requestlane.h"
#include "core/supervisor/scheduledjob.h"
#include "core/supervisor/slotpool.h"

#include <QObject>
#include <QPromise>
#include <QTimer>

#include <chrono>
#include <memory>
#include <unordered_map>
#include <vector>

namespace BitNet {

// Decides when each job starts and settles how it ended. Each job belongs to a lane: programs share the slots of the
// concurrency limit, servers have slots of their own (they run for as long as they are wanted), a request waits for a slot
// of its server. Lives in the supervisor thread and is used from there only; RuntimeSupervisor is the door to it.
//
// scheduler.cpp: lanes, submission, starts. schedulercommands.cpp: what people ask for. schedulerendings.cpp: what the slots
// report, and how a job is settled.
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

    // See RuntimeSupervisor.
    void openLane(const QString &server, const RequestRunnerFactory &factory);
    void setLaneSlots(const QString &server, int count, const QString &waiting);
    void closeLane(const QString &server, const QString &reason);

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
    // After a start that failed for want of resources the next one is tried after this long, twice as long each time.
    static constexpr std::chrono::milliseconds firstRetryDelay{50};

    // How often a request is sent to a server that does not listen, before it fails.
    static constexpr int mostSendings = 5;

    // What ends a job, for settle().
    struct Ending
    {
        Outcome outcome = Outcome::Succeeded;
        QString reason;
        Instant at;
    };

    ScheduledJob *find(JobId id) const;
    void publish(ScheduledJob &job);
    Lane *laneOf(const JobSpec &spec);
    RequestLane *findRequestLane(const QString &server) const;
    void enqueue(ScheduledJob &job);
    void dequeue(ScheduledJob &job);
    static void tellWhyItWaits(ScheduledJob &job);
    void startJobsIn(Lane &lane);
    void start(ScheduledJob &job);
    void requeue(ScheduledJob &job, const QString &shortage);
    bool isSentAgain(ScheduledJob &job, const RequestEnding &answer);

    void settle(ScheduledJob &job, const Ending &ending);
    void settleQueued(ScheduledJob &job, Outcome outcome, const QString &reason);
    void refuse(ScheduledJob &job, const QString &reason);
    static void keepPromise(ScheduledJob &job);
    void stop(ScheduledJob &job, std::chrono::nanoseconds grace);

    void connectRunner(JobRunner *runner);
    void connectProcess(JobProcess *process);
    void connectRequest(RequestRunner *runner);
    void onStarted(JobId id, const Instant &at, qint64 pid);
    void onEnded(JobId id, const Wire::EndedStatus &status);
    void onAnswered(JobId id, const RequestEnding &answer);
    void onShimLost(JobId id, bool neverStarted, const QString &why);
    void settleUnstarted(ScheduledJob &job, const QString &why);
    void settleLost(JobId id, int killed, const QString &why);
    void expire(JobId id);

    void closeLanes();
    void finishIdlePromises();
    void setHealth(const QString &problem);

    const Setup m_setup;
    std::unordered_map<JobId, std::unique_ptr<ScheduledJob>> m_jobs; // everything that is not finished
    const std::shared_ptr<QueuePositions> m_positions = std::make_shared<QueuePositions>();
    SlotPool m_programs;
    SlotPool m_servers;
    std::vector<RequestLane *> m_requestLanes;
    QueueDeadlines m_deadlines;
    const OomKillCounter m_oomKills;
    JobId m_startsAllowedUpTo;
    QTimer m_retryTimer; // runs while starts are held back for want of resources
    std::chrono::milliseconds m_retryDelay;
    QTimer m_terminationTimer;
    std::vector<QPromise<void>> m_idlePromises;
    bool m_queuePaused = false;
    bool m_terminating = false;
    bool m_lanesClosed = false; // while terminating
    bool m_startingJobs = false; // within startJobs()
    QString m_health;
};

} // namespace BitNet
