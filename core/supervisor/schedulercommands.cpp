// SPDX-License-Identifier: MIT
// The members of Scheduler that people's commands call.
#include "core/supervisor/jobrunner.h"
#include "core/supervisor/scheduler.h"
#include "core/supervisor/supervisorlogging.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

// After SIGKILL a shim gives its tree 5 s; one more for the report.
static constexpr std::chrono::milliseconds terminationLimit = 6s;

void Scheduler::stop(ScheduledJob &job, std::chrono::nanoseconds grace)
{
    if (job.record.state == JobState::Queued) {
        settleQueued(job, Outcome::Cancelled, u"Cancelled while it was queued."_s);
        return;
    }
    if (job.runner)
        job.runner->stop(grace);
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
        job->lane->queue().setHeld(*job, true);
        tellWhyItWaits(*job);
    } else if (job->runner && job->runner->canPause()) {
        job->runner->pause();
        job->record.paused = true;
    } else {
        return;
    }
    publish(*job);
}

void Scheduler::resumeJob(JobId id)
{
    ScheduledJob *job = find(id);
    if (!job || !job->record.paused)
        return;
    if (job->record.state == JobState::Queued) {
        job->lane->queue().setHeld(*job, false);
        tellWhyItWaits(*job);
    } else if (job->runner) {
        job->runner->resume();
        job->record.paused = false;
    }
    publish(*job);
}

void Scheduler::setPriority(JobId id, int priority)
{
    ScheduledJob *job = find(id);
    if (!job || job->record.state != JobState::Queued || job->record.priority == priority)
        return;
    job->lane->queue().setPriority(*job, priority);
    publish(*job);
}

void Scheduler::moveInQueue(JobId id, QueueMove move)
{
    ScheduledJob *job = find(id);
    if (!job || job->record.state != JobState::Queued)
        return;
    const qint64 before = job->record.queuePosition;
    ScheduledJob *neighbour = job->lane->queue().move(*job, move);
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
    if (job->runner)
        job->runner->writeInput(bytes);
    else if (!job->earlyInputClosed)
        job->earlyInput += bytes;
}

void Scheduler::closeInput(JobId id)
{
    ScheduledJob *job = find(id);
    if (!job || !job->record.spec->interactive)
        return;
    if (job->runner)
        job->runner->closeInput();
    else
        job->earlyInputClosed = true;
}

void Scheduler::sendSignal(JobId id, int number, bool wholeTree)
{
    if (ScheduledJob *job = find(id); job && job->runner)
        job->runner->sendSignal(number, wholeTree);
}

void Scheduler::setConcurrency(int concurrency)
{
    if (concurrency == m_programs.limit())
        return;
    m_programs.setLimit(concurrency);
    Q_EMIT concurrencyChanged(concurrency);
}

void Scheduler::setQueuePaused(bool paused)
{
    if (paused == m_queuePaused)
        return;
    m_queuePaused = paused;
    Q_EMIT queuePausedChanged(paused);
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
        closeLanes();
}

void Scheduler::terminate()
{
    m_terminating = true;
    m_deadlines.stop();
    m_retryTimer.stop();
    for (SlotPool *pool : {&m_programs, &m_servers}) {
        connect(pool, &SlotPool::emptied, this, [this] {
            if (m_lanesClosed && m_programs.isEmpty() && m_servers.isEmpty())
                Q_EMIT terminated();
        });
    }
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
        closeLanes();
}

void Scheduler::closeLanes()
{
    if (std::exchange(m_lanesClosed, true))
        return;
    for (RequestLane *lane : m_requestLanes)
        lane->close();
    // The first may have nothing left: only the last one tells that both are empty.
    m_programs.close();
    m_servers.close();
}

} // namespace BitNet
