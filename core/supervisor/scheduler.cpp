// SPDX-License-Identifier: MIT
#include "core/supervisor/scheduler.h"

#include "core/jobs/duration.h"
#include "core/output/enginereport.h"
#include "core/supervisor/jobending.h"
#include "core/supervisor/jobprocess.h"
#include "core/supervisor/launchfailure.h"
#include "core/supervisor/runcommand.h"
#include "core/supervisor/supervisorlogging.h"
#include "core/supervisor/treesweep.h"

#include <QFileInfo>
#include <QScopedValueRollback>
#include <QtConcurrent>

#include <algorithm>
#include <csignal>
#include <limits>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

// After a start that failed for want of resources the next one is tried after this long, twice as long each time.
static constexpr std::chrono::milliseconds firstRetryDelay = 50ms;
static constexpr std::chrono::milliseconds longestRetryDelay = 2s;
// A longer chrono interval than 2^31 ms never fires: the expiry timer is armed again after this long at the latest.
static constexpr std::chrono::milliseconds longestTimer = 1h;
// After SIGKILL a shim gives its tree 5 s; one more for the report.
static constexpr std::chrono::milliseconds terminationLimit = 6s;

Scheduler::Scheduler(Setup setup)
    : m_setup(std::move(setup))
    , m_slots(m_setup.shimPath, m_setup.concurrency)
    , m_startsAllowedUpTo{m_setup.startsNeedPermission ? 0 : std::numeric_limits<quint64>::max()}
    , m_retryDelay(firstRetryDelay)
{
    // Members are children so that they move to the supervisor thread with this object.
    m_slots.setParent(this);
    for (QTimer *timer : {&m_expiryTimer, &m_retryTimer, &m_terminationTimer}) {
        timer->setParent(this);
        timer->setSingleShot(true);
        timer->setTimerType(Qt::PreciseTimer);
    }
    connect(&m_expiryTimer, &QTimer::timeout, this, &Scheduler::expireQueued);
    connect(&m_retryTimer, &QTimer::timeout, this, &Scheduler::startJobs);
    connect(&m_slots, &SlotPool::created, this, &Scheduler::connectSlot);
}

Scheduler::~Scheduler() = default;

ScheduledJob *Scheduler::find(JobId id) const
{
    const auto found = m_jobs.find(id);
    return found == m_jobs.end() ? nullptr : found->second.get();
}

void Scheduler::publish(ScheduledJob &job)
{
    ++job.record.revision;
    Q_EMIT jobChanged(job.record);
}

void Scheduler::submit(JobId id, std::shared_ptr<const JobSpec> spec, const Instant &submitted,
                       std::unique_ptr<QPromise<JobResult>> promise)
{
    auto owned = std::make_unique<ScheduledJob>();
    ScheduledJob &job = *owned;
    job.record.id = id;
    job.record.priority = spec->priority;
    job.record.paused = spec->held;
    job.record.pendingReason = spec->held ? PendingReason::Held : PendingReason::WaitingForSlot;
    job.record.submitted = submitted;
    if (spec->limits.deadline) {
        job.deadlineAt = submitted.monotonic + *spec->limits.deadline;
        m_queuedDeadlines.emplace(*job.deadlineAt, id);
    }
    job.record.spec = std::move(spec);
    job.promise = std::move(promise);
    m_jobs.emplace(id, std::move(owned));
    m_queue.append(job);
    publish(job);
}

void Scheduler::startJobs()
{
    armExpiryTimer();
    // A start that fails at once comes back here through its signal: the loop below goes on then.
    if (m_startingJobs || m_queuePaused || m_terminating || m_retryTimer.isActive())
        return;
    const QScopedValueRollback<bool> starting(m_startingJobs, true);
    while (m_slots.hasFree() && !m_retryTimer.isActive()) {
        ScheduledJob *job = m_queue.next();
        // The order is kept: what is next waits for its permission, which takes some milliseconds.
        if (!job || job->record.id > m_startsAllowedUpTo)
            break;
        start(*job);
    }
}

void Scheduler::allowStartsUpTo(JobId id)
{
    m_startsAllowedUpTo = std::max(m_startsAllowedUpTo, id);
}

void Scheduler::start(ScheduledJob &job)
{
    m_queue.remove(job);
    if (job.deadlineAt)
        m_queuedDeadlines.erase({*job.deadlineAt, job.record.id});

    JobRecord &record = job.record;
    ++record.attempts;
    record.state = JobState::Starting;
    record.pendingReason = PendingReason::None;
    record.reason.clear();
    record.outputFolder = m_setup.outputFolder + u'/' + QString::number(record.id.value);
    if (record.attempts > 1)
        record.outputFolder += u'.' + QString::number(record.attempts);
    job.process = m_slots.acquire();
    publish(job);

    JobProcess *process = job.process;
    const QByteArray input = std::exchange(job.earlyInput, {});
    const bool closeInput = job.earlyInputClosed;
    const JobId id = record.id;
    process->run(id, runCommand(job, m_setup.instanceTag));
    // From here on the job may be gone: a shim that can't be started is reported from within run().
    if (process->job() != id)
        return;
    if (!input.isEmpty())
        process->writeInput(input);
    if (closeInput)
        process->closeInput();
}

void Scheduler::requeue(ScheduledJob &job, const QString &shortage)
{
    JobRecord &record = job.record;
    job.process = nullptr;
    record.state = JobState::Queued;
    record.pendingReason = record.paused ? PendingReason::Held : PendingReason::WaitingForResource;
    record.reason = shortage;
    record.outputFolder.clear();
    m_queue.restore(job);
    if (job.deadlineAt)
        m_queuedDeadlines.emplace(*job.deadlineAt, record.id);
    publish(job);
    setHealth(shortage);
    if (!m_retryTimer.isActive()) {
        m_retryTimer.start(m_retryDelay);
        m_retryDelay = std::min(m_retryDelay * 2, longestRetryDelay);
    }
}

void Scheduler::settle(ScheduledJob &job, const Ending &ending)
{
    JobRecord &record = job.record;
    record.state = JobState::Finished;
    record.outcome = ending.outcome;
    record.reason = ending.reason;
    record.completed = ending.at;
    record.pendingReason = PendingReason::None;
    record.paused = false;
    job.process = nullptr;
    if (record.spec->kind != JobKind::Custom)
        addEngineReport(record);
    // Out of the books first: whoever hears of the end may ask for more.
    const std::unique_ptr<ScheduledJob> kept = std::move(m_jobs.extract(record.id).mapped());
    publish(*kept);

    if (kept->promise) {
        const JobResult result(record);
        QPromise<JobResult> &promise = *kept->promise;
        switch (ending.outcome) {
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
    if (m_jobs.empty())
        finishIdlePromises();
}

void Scheduler::settleQueued(ScheduledJob &job, Outcome outcome, const QString &reason)
{
    m_queue.remove(job);
    if (job.deadlineAt)
        m_queuedDeadlines.erase({*job.deadlineAt, job.record.id});
    settle(job, {.outcome = outcome, .reason = reason, .at = Instant::now()});
}

void Scheduler::stop(ScheduledJob &job, std::chrono::nanoseconds grace)
{
    if (job.record.state == JobState::Queued) {
        settleQueued(job, Outcome::Cancelled, u"Cancelled while it was queued."_s);
        return;
    }
    if (job.process)
        job.process->stop(grace);
}

void Scheduler::cancel(JobId id)
{
    if (ScheduledJob *job = find(id)) {
        job->cancelRequested = true;
        stop(*job, job->record.spec->limits.killGrace);
    }
}

void Scheduler::killNow(JobId id)
{
    if (ScheduledJob *job = find(id)) {
        job->cancelRequested = true;
        stop(*job, 0ns);
    }
}

void Scheduler::cancelAll()
{
    // The queued ones first: a slot that comes free must not start one of them.
    std::vector<JobId> running;
    std::vector<ScheduledJob *> queued;
    for (const auto &[id, job] : m_jobs) {
        if (job->record.state == JobState::Queued)
            queued.push_back(job.get());
        else
            running.push_back(id);
    }
    std::sort(queued.begin(), queued.end(),
              [](const ScheduledJob *a, const ScheduledJob *b) { return a->record.id < b->record.id; });
    for (ScheduledJob *job : queued)
        stop(*job, 0ns);
    for (const JobId id : running)
        cancel(id);
}

void Scheduler::pauseJob(JobId id)
{
    ScheduledJob *job = find(id);
    if (!job || job->record.paused)
        return;
    if (job->record.state == JobState::Queued) {
        m_queue.setHeld(*job, true);
        job->record.pendingReason = PendingReason::Held;
    } else if (job->process) {
        job->process->pause();
        job->record.paused = true;
    }
    publish(*job);
}

void Scheduler::resumeJob(JobId id)
{
    ScheduledJob *job = find(id);
    if (!job || !job->record.paused)
        return;
    if (job->record.state == JobState::Queued) {
        m_queue.setHeld(*job, false);
        job->record.pendingReason = PendingReason::WaitingForSlot;
    } else if (job->process) {
        job->process->resume();
        job->record.paused = false;
    }
    publish(*job);
}

void Scheduler::setPriority(JobId id, int priority)
{
    ScheduledJob *job = find(id);
    if (!job || job->record.state != JobState::Queued || job->record.priority == priority)
        return;
    m_queue.setPriority(*job, priority);
    publish(*job);
}

void Scheduler::moveInQueue(JobId id, QueueMove move)
{
    ScheduledJob *job = find(id);
    if (!job || job->record.state != JobState::Queued)
        return;
    const qint64 before = job->record.queuePosition;
    ScheduledJob *neighbour = m_queue.move(*job, move);
    if (job->record.queuePosition == before)
        return;
    publish(*job);
    if (neighbour)
        publish(*neighbour);
}

void Scheduler::writeInput(JobId id, const QByteArray &bytes)
{
    ScheduledJob *job = find(id);
    if (!job || !job->record.spec->interactive)
        return;
    if (job->process)
        job->process->writeInput(bytes);
    else if (!job->earlyInputClosed)
        job->earlyInput += bytes;
}

void Scheduler::closeInput(JobId id)
{
    ScheduledJob *job = find(id);
    if (!job || !job->record.spec->interactive)
        return;
    if (job->process)
        job->process->closeInput();
    else
        job->earlyInputClosed = true;
}

void Scheduler::sendSignal(JobId id, int number, bool wholeTree)
{
    if (ScheduledJob *job = find(id); job && job->process)
        job->process->sendSignal(number, wholeTree);
}

void Scheduler::setConcurrency(int concurrency)
{
    if (concurrency == m_slots.limit())
        return;
    m_slots.setLimit(concurrency);
    Q_EMIT concurrencyChanged(concurrency);
}

void Scheduler::setQueuePaused(bool paused)
{
    if (paused == m_queuePaused)
        return;
    m_queuePaused = paused;
    Q_EMIT queuePausedChanged(paused);
}

void Scheduler::connectSlot(JobProcess *process)
{
    connect(process, &JobProcess::started, this, &Scheduler::onStarted);
    connect(process, &JobProcess::firstOutput, this, &Scheduler::onFirstOutput);
    connect(process, &JobProcess::outputTruncated, this, [this](JobId id) {
        if (ScheduledJob *job = find(id)) {
            job->record.truncated = true;
            publish(*job);
        }
    });
    connect(process, &JobProcess::inputTaken, this, &Scheduler::inputTaken);
    connect(process, &JobProcess::ended, this, &Scheduler::onEnded);
    connect(process, &JobProcess::shimLost, this, &Scheduler::onShimLost);
}

void Scheduler::onStarted(JobId id, const Wire::StartedStatus &status)
{
    ScheduledJob *job = find(id);
    if (!job)
        return;
    job->record.state = JobState::Running;
    job->record.pid = status.pid;
    job->record.started = fromWire(status.at);
    m_retryDelay = firstRetryDelay;
    setHealth({});
    publish(*job);
}

void Scheduler::onFirstOutput(JobId id, const Wire::Instant &at)
{
    if (ScheduledJob *job = find(id)) {
        job->record.firstOutput = fromWire(at);
        publish(*job);
    }
}

void Scheduler::onEnded(JobId id, const Wire::EndedStatus &status)
{
    ScheduledJob *job = find(id);
    if (!job)
        return;
    JobProcess *process = job->process;
    if (status.unkillable != 0)
        m_slots.discard(process);
    else
        m_slots.release(process);

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

void Scheduler::onShimLost(JobId id, bool neverStarted, const QString &why)
{
    ScheduledJob *job = find(id);
    if (!job)
        return;
    m_slots.discard(std::exchange(job->process, nullptr));
    if (neverStarted && job->cancelRequested) {
        settle(*job,
               {.outcome = Outcome::Cancelled, .reason = u"Cancelled before it was started."_s, .at = Instant::now()});
        startJobs();
        return;
    }
    if (neverStarted) {
        const QFileInfo shim(m_setup.shimPath);
        if (shim.isFile() && shim.isExecutable()) {
            requeue(*job, u"The helper program for another job can't be started at the moment: %1."_s.arg(why));
        } else {
            const QString problem =
                u"The helper program %1 is missing or not executable. Install BitNet Supervisor again."_s.arg(
                    m_setup.shimPath);
            setHealth(problem);
            job->record.startFailure = StartFailure::Surroundings;
            settle(*job, {.outcome = Outcome::FailedToStart, .reason = problem, .at = Instant::now()});
        }
        startJobs();
        return;
    }
    qCWarning(supervisorLog).noquote() << "The shim of job" << id.value << "is lost:" << why;
    const QByteArray tag = jobTag(m_setup.instanceTag, id);
    const pid_t program = static_cast<pid_t>(job->record.pid);
    QtConcurrent::run([tag, program] {
        // The program led its own process group; this reaches members that have cleared their environment.
        if (program > 1)
            ::kill(-program, SIGKILL);
        return sweepTagged(tag);
    }).then(this, [this, id, why](int killed) { settleLost(id, killed, why); });
    startJobs();
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

void Scheduler::expireQueued()
{
    const MonotonicTime now = monotonicNow();
    while (!m_queuedDeadlines.empty() && m_queuedDeadlines.begin()->first <= now) {
        ScheduledJob *job = find(m_queuedDeadlines.begin()->second);
        settleQueued(*job, Outcome::Expired,
                     u"Its deadline of %1 passed while it was queued."_s.arg(
                         formatDuration(job->record.spec->limits.deadline.value_or(0ns))));
    }
    armExpiryTimer();
}

// The timer runs for the earliest deadline in the queue, or for one that has left it: then it fires once for nothing.
void Scheduler::armExpiryTimer()
{
    if (m_queuedDeadlines.empty() || m_terminating)
        return;
    const MonotonicTime earliest = m_queuedDeadlines.begin()->first;
    if (m_expiryTimer.isActive() && m_expiryArmedFor <= earliest)
        return;
    m_expiryArmedFor = earliest;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(earliest - monotonicNow());
    m_expiryTimer.start(std::clamp<std::chrono::milliseconds>(wait, 0ms, longestTimer));
}

void Scheduler::whenIdle(QPromise<void> promise)
{
    m_idlePromises.push_back(std::move(promise));
    if (m_jobs.empty())
        finishIdlePromises();
}

void Scheduler::finishIdlePromises()
{
    for (QPromise<void> &promise : std::exchange(m_idlePromises, {}))
        promise.finish();
    if (m_terminating)
        m_slots.close();
}

void Scheduler::terminate()
{
    m_terminating = true;
    m_expiryTimer.stop();
    m_retryTimer.stop();
    connect(&m_slots, &SlotPool::emptied, this, &Scheduler::terminated);
    connect(&m_terminationTimer, &QTimer::timeout, this, [this] {
        qCWarning(supervisorLog) << m_jobs.size() << "jobs could not be ended in time.";
        while (!m_jobs.empty()) {
            settle(*m_jobs.begin()->second,
                   {.outcome = Outcome::Lost, .reason = u"It could not be ended in time."_s, .at = Instant::now()});
        }
        Q_EMIT terminated();
    });
    m_terminationTimer.start(terminationLimit);

    std::vector<ScheduledJob *> jobs;
    jobs.reserve(m_jobs.size());
    for (const auto &[id, job] : m_jobs)
        jobs.push_back(job.get());
    for (ScheduledJob *job : jobs) {
        if (job->record.state == JobState::Queued)
            settleQueued(*job, Outcome::Cancelled, u"The application ended before it was started."_s);
        else
            stop(*job, 0ns);
    }
    if (m_jobs.empty())
        m_slots.close();
}

void Scheduler::setHealth(const QString &problem)
{
    if (problem == m_health)
        return;
    m_health = problem;
    Q_EMIT healthChanged(problem);
}

} // namespace BitNet
