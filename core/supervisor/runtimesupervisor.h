// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/runtime/bitnetruntime.h"
#include "core/supervisor/jobresult.h"
#include "core/supervisor/queuemove.h"
#include "core/supervisor/requestrunner.h"
#include "core/supervisor/supervisorsettings.h"

#include <QFuture>
#include <QObject>
#include <QPromise>
#include <QTemporaryDir>
#include <QThread>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace BitNet {

class Scheduler;

enum class ShutdownMode {
    Drain, // queued jobs are started and running ones end by themselves
    Cancel, // queued jobs are cancelled, running ones are killed by their ladder
};

// The door to everything that runs. Every public member may be called from any thread and returns at once; commands take
// effect in the order of one thread's calls. The work is done in a thread of its own, which also emits the signals:
// connect with a context object and they arrive in that object's thread.
//
// Guarantees:
// - A job's first record is Queued, its last one Finished; each job gets exactly one Finished record, and its tree is gone
//   by then (or the record says unkillable).
// - Records of one job come in the order of their revision.
// - A command for a job that is unknown or already finished is no error and does nothing.
class RuntimeSupervisor : public QObject
{
    Q_OBJECT
public:
    explicit RuntimeSupervisor(BitNetRuntime runtime, SupervisorSettings settings = {}, QObject *parent = nullptr);
    // Kills what still runs (Interrupted), cancels what is queued, and waits until every tree is gone; futures still open
    // are finished before this returns. Bounded: a tree that can't be killed is given up after 6 s. Must not be called
    // from the supervisor's thread (from within a direct connection or a continuation without context).
    ~RuntimeSupervisor() override;

    const BitNetRuntime &runtime() const { return m_runtime; }
    // Distinguishes this supervisor's jobs from all others on the machine: part of the tag in each job's environment.
    QString instanceTag() const;
    // Where the jobs' folders are.
    QString outputFolder() const;

    // Queues a job and returns its id. A spec that validate() refuses gives an invalid id and, when error is given, the
    // sentence; nothing is queued then and no signal comes. O(1): 100 000 a second and more.
    JobId submit(JobSpec spec, QString *error = nullptr);

    // As submit, with a future that holds the result when the job finished by itself or was cancelled, and fails with
    // RuntimeConfigurationError (nothing was queued), RuntimeLaunchError or RuntimeTimeoutError. A non-zero exit code is
    // a result, not an error. Cancelling the future cancels the job.
    QFuture<JobResult> run(JobSpec spec);
    QFuture<JobResult> runCustom(const QStringList &command, const JobLimits &limits = {});
    QFuture<JobResult> runInference(const InferenceRequest &request, const JobLimits &limits = {});
    QFuture<JobResult> runServer(const ServerRequest &request, const JobLimits &limits = {});

    // With SupervisorSettings::startsNeedPermission: jobs up to this id may be started from now on. Never takes back what it
    // allowed before.
    void allowStartsUpTo(JobId id);
    // The ids of further jobs are this one and higher; a lower number than that of the next job changes nothing.
    void continueIdsFrom(quint64 next);

    // How many jobs run at a time, 1..4096 (clamped). Lowering it lets running jobs end.
    void setConcurrency(int concurrency);
    int concurrency() const;

    // No job is started while the queue is paused; running ones go on, limits count on.
    void pauseQueue();
    void resumeQueue();
    bool isQueuePaused() const;

    // Asks a job to end: SIGTERM to its tree, its grace, SIGKILL. A queued job ends at once.
    void cancel(JobId id);
    void cancel(const QList<JobId> &ids);
    // As cancel, without the grace.
    void killNow(JobId id);
    void killNow(const QList<JobId> &ids);
    void cancelAll();

    // Queued: holds it back. Running: SIGSTOP to its tree; its timeout stops counting, its deadline does not.
    void pauseJob(JobId id);
    void resumeJob(JobId id);

    // Order among queued jobs; a job that was started already keeps its place in history only.
    void setPriority(JobId id, int priority);
    void moveInQueue(JobId id, QueueMove move);

    // Only for interactive jobs; bytes written before the start are kept until then. A job that closed its standard input
    // ignores them.
    void writeInput(JobId id, const QByteArray &bytes);
    void closeInput(JobId id);

    // Sends a signal (1..64) to a running job's program, or to its whole tree. A job that then ends by that very signal
    // counts as Cancelled, not as Crashed.
    void sendSignal(JobId id, int signalNumber, bool wholeTree = false);

    // For ServerSession: a server's lane, in which the requests to it (JobSpec::server) wait and run. Open, it has no slots:
    // requests wait, with waiting as their reason in a sentence. Closed, those that wait fail to start and those that run
    // fail, with this reason. Requests to a server without a lane fail to start.
    void openLane(const QString &server, RequestRunnerFactory factory);
    void setLaneSlots(const QString &server, int count, const QString &waiting = {});
    void closeLane(const QString &server, const QString &reason);

    // Finishes when no job is queued (held ones included) or running.
    QFuture<void> drain();
    // Refuses new jobs from now on, then ends as the mode says; the future finishes when nothing is left.
    QFuture<void> shutdown(ShutdownMode mode);

Q_SIGNALS:
    // A job has a new snapshot. Emitted in the supervisor's thread, several times a job; never for output alone.
    void jobChanged(const BitNet::JobRecord &record);
    // All that writeInput() was given so far has reached the job, or the job has closed its standard input: the moment
    // to write more, for those who have much to write.
    void inputTaken(BitNet::JobId id);
    // Pausing or resuming the queue took effect.
    void queuePausedChanged(bool paused);
    void concurrencyChanged(int concurrency);
    // Something is wrong with supervision itself, in a sentence; empty when it is well again. E.g. the shim is missing.
    void healthChanged(const QString &problem);

private:
    struct InboxItem;
    JobId enqueue(JobSpec spec, std::unique_ptr<QPromise<JobResult>> promise, QString *error);
    void command(std::function<void(Scheduler &)> command);
    void drainInbox();
    void runPrepared(Invocation invocation, const JobLimits &limits, std::unique_ptr<QPromise<JobResult>> promise);
    void cancelJobWithFuture(JobId id, const QFuture<JobResult> &future);

    const BitNetRuntime m_runtime;
    const SupervisorSettings m_settings;
    const QString m_instanceTag;
    std::optional<QTemporaryDir> m_temporaryFolder;
    QString m_outputFolder;
    std::atomic<int> m_concurrency;
    std::atomic<bool> m_queuePaused = false;
    std::mutex m_inboxMutex;
    quint64 m_nextId; // guarded by m_inboxMutex, as ids grow in the order of the inbox
    bool m_closed = false; // guarded by m_inboxMutex
    std::vector<InboxItem> m_inbox; // guarded by m_inboxMutex
    QThread m_thread;
    Scheduler *m_scheduler = nullptr; // lives in m_thread and goes with it
};

} // namespace BitNet
