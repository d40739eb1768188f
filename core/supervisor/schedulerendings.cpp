// SPDX-License-Identifier: MIT
// The members of Scheduler that hear of the slots how jobs go, and settle them.
#include "core/futures/whendone.h"
#include "core/output/enginereport.h"
#include "core/supervisor/jobending.h"
#include "core/supervisor/jobprocess.h"
#include "core/supervisor/launchfailure.h"
#include "core/supervisor/runcommand.h"
#include "core/supervisor/scheduler.h"
#include "core/supervisor/supervisorlogging.h"
#include "core/supervisor/treesweep.h"

#include <QFileInfo>
#include <QtConcurrent>

#include <csignal>
#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

void Scheduler::settle(ScheduledJob &job, const Ending &ending)
{
    JobRecord &record = job.record;
    record.state = JobState::Finished;
    record.outcome = ending.outcome;
    record.reason = ending.reason;
    record.completed = ending.at;
    record.pendingReason = PendingReason::None;
    record.paused = false;
    job.runner = nullptr;
    // What a server said of a request is in the record already.
    if (record.spec->kind != JobKind::Custom && record.spec->server.isEmpty())
        addEngineReport(record, record.signal && m_oomKills.hasGrown(job.oomKillsBefore));
    // Out of the books first: whoever hears of the end may ask for more.
    const std::unique_ptr<ScheduledJob> kept = std::move(m_jobs.extract(record.id).mapped());
    publish(*kept);

    keepPromise(*kept);
    if (m_jobs.empty())
        finishIdlePromises();
}

void Scheduler::keepPromise(ScheduledJob &job)
{
    if (!job.promise)
        return;
    const JobResult result(job.record);
    QPromise<JobResult> &promise = *job.promise;
    switch (*job.record.outcome) {
    case Outcome::TimedOut:
    case Outcome::Expired:
        promise.setException(RuntimeTimeoutError(result));
        break;
    case Outcome::FailedToStart:
        promise.setException(RuntimeLaunchError(result));
        break;
    case Outcome::Succeeded:
    case Outcome::Failed:
    case Outcome::Crashed:
    case Outcome::Cancelled:
    case Outcome::Interrupted:
    case Outcome::Lost:
        promise.addResult(result);
        break;
    }
    promise.finish();
}

void Scheduler::settleQueued(ScheduledJob &job, Outcome outcome, const QString &reason)
{
    dequeue(job);
    settle(job, {.outcome = outcome, .reason = reason, .at = Instant::now()});
}

// For a job that is in no queue and has no slot.
void Scheduler::refuse(ScheduledJob &job, const QString &reason)
{
    job.record.startFailure = StartFailure::Surroundings;
    settle(job, {.outcome = Outcome::FailedToStart, .reason = reason, .at = Instant::now()});
}

void Scheduler::connectRunner(JobRunner *runner)
{
    connect(runner, &JobRunner::started, this, &Scheduler::onStarted);
    connect(runner, &JobRunner::firstOutput, this, [this](JobId id, const Instant &at) {
        if (ScheduledJob *job = find(id)) {
            job->record.firstOutput = at;
            publish(*job);
        }
    });
    connect(runner, &JobRunner::outputTruncated, this, [this](JobId id) {
        if (ScheduledJob *job = find(id)) {
            job->record.truncated = true;
            publish(*job);
        }
    });
    connect(runner, &JobRunner::inputTaken, this, &Scheduler::inputTaken);
}

void Scheduler::connectProcess(JobProcess *process)
{
    connectRunner(process);
    connect(process, &JobProcess::ended, this, &Scheduler::onEnded);
    connect(process, &JobProcess::shimLost, this, &Scheduler::onShimLost);
}

void Scheduler::connectRequest(RequestRunner *runner)
{
    connectRunner(runner);
    connect(runner, &RequestRunner::answered, this, &Scheduler::onAnswered);
}

void Scheduler::onStarted(JobId id, const Instant &at, qint64 pid)
{
    ScheduledJob *job = find(id);
    if (!job)
        return;
    job->record.state = JobState::Running;
    job->record.pid = pid;
    job->record.started = at;
    m_retryDelay = firstRetryDelay;
    setHealth({});
    publish(*job);
}

void Scheduler::onEnded(JobId id, const Wire::EndedStatus &status)
{
    ScheduledJob *job = find(id);
    if (!job)
        return;
    if (status.unkillable != 0)
        job->lane->discard(job->runner);
    else
        job->lane->release(job->runner);

    if (isShortage(status) && !job->cancelRequested) {
        requeue(*job, launchFailure(status, *job->record.spec));
        startJobs();
        return;
    }
    // Something ended, so there may be room again for what was held back.
    if (status.cause != Wire::EndCause::NotStarted)
        m_retryTimer.stop();
    takeMeasurements(job->record, status);
    Ending ending{
        .outcome = outcomeOf(status), .reason = reasonOf(status, *job->record.spec), .at = fromWire(status.at)};
    if (m_terminating && status.cause == Wire::EndCause::Stop && !job->cancelRequested) {
        ending.outcome = Outcome::Interrupted;
        ending.reason = u"The application ended while it ran."_s;
    }
    settle(*job, ending);
    startJobs();
}

// A server that is gone gets nothing more until its session says that it is back. What it has not seen waits for that.
bool Scheduler::isSentAgain(ScheduledJob &job, const RequestEnding &answer)
{
    if (!answer.isServerGone || m_terminating)
        return false;
    const QString &server = job.record.spec->server;
    setLaneSlots(server, 0, u"Server %1 does not answer at the moment."_s.arg(server));
    if (!answer.isUnsent || job.cancelRequested || job.record.attempts >= mostSendings)
        return false;
    JobRecord &record = job.record;
    job.runner = nullptr;
    record.state = JobState::Queued;
    record.started.reset();
    record.outputFolder.clear();
    enqueue(job);
    tellWhyItWaits(job);
    publish(job);
    return true;
}

void Scheduler::onAnswered(JobId id, const RequestEnding &answer)
{
    ScheduledJob *job = find(id);
    if (!job)
        return;
    job->lane->release(job->runner);
    if (answer.isShortage && !job->cancelRequested && !m_terminating) {
        requeue(*job, answer.reason);
        startJobs();
        return;
    }
    if (isSentAgain(*job, answer))
        return;
    JobRecord &record = job->record;
    if (answer.isUnsent)
        record.outputFolder.clear();
    record.timings = answer.timings;
    record.stopReason = answer.stopReason;
    if (answer.firstToken)
        record.ttft = answer.firstToken->monotonic - record.submitted.monotonic;
    record.stdoutBytes = answer.stdoutBytes;
    record.stderrBytes = answer.stderrBytes;
    record.droppedBytes = answer.droppedBytes;
    record.truncated = answer.droppedBytes > 0;
    if (answer.outcome == Outcome::FailedToStart)
        record.startFailure = StartFailure::Surroundings;
    Ending ending{.outcome = answer.outcome, .reason = answer.reason, .at = answer.at};
    if (m_terminating && answer.outcome == Outcome::Cancelled && !job->cancelRequested) {
        ending.outcome = Outcome::Interrupted;
        ending.reason = u"The application ended while it ran."_s;
    }
    settle(*job, ending);
    startJobs();
}

void Scheduler::onShimLost(JobId id, bool neverStarted, const QString &why)
{
    ScheduledJob *job = find(id);
    if (!job)
        return;
    job->lane->discard(std::exchange(job->runner, nullptr));
    if (neverStarted) {
        settleUnstarted(*job, why);
        startJobs();
        return;
    }
    qCWarning(supervisorLog).noquote() << "The shim of job" << id.value << "is lost:" << why;
    const QByteArray tag = jobTag(m_setup.instanceTag, id);
    const pid_t program = static_cast<pid_t>(job->record.pid);
    whenDone(QtConcurrent::run([tag, program] {
                 // The program led its own process group; this reaches members that have cleared their environment.
                 if (program > 1)
                     ::kill(-program, SIGKILL);
                 return sweepTagged(tag);
             }),
             this, [this, id, why](int killed) { settleLost(id, killed, why); });
    startJobs();
}

void Scheduler::settleUnstarted(ScheduledJob &job, const QString &why)
{
    if (job.cancelRequested) {
        settle(job,
               {.outcome = Outcome::Cancelled, .reason = u"Cancelled before it was started."_s, .at = Instant::now()});
        return;
    }
    const QFileInfo shim(m_setup.shimPath);
    if (shim.isFile() && shim.isExecutable()) {
        requeue(job, u"The helper program for another job can't be started at the moment: %1."_s.arg(why));
        return;
    }
    const QString problem =
        u"The helper program %1 is missing or not executable. Install BitNet Supervisor again."_s.arg(m_setup.shimPath);
    setHealth(problem);
    refuse(job, problem);
}

void Scheduler::settleLost(JobId id, int killed, const QString &why)
{
    ScheduledJob *job = find(id);
    if (!job)
        return;
    job->record.leftoverProcesses = killed;
    settle(*job,
           {.outcome = Outcome::Lost,
            .reason =
                u"Its helper process is gone (%1), so how it ended is not known; what was left of it was killed."_s.arg(
                    why),
            .at = Instant::now()});
    startJobs();
}

} // namespace BitNet
