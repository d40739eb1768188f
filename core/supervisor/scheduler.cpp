// SPDX-License-Identifier: MIT
#include "core/supervisor/scheduler.h"

#include "core/jobs/duration.h"
#include "core/jobs/secrets.h"
#include "core/supervisor/jobprocess.h"
#include "core/supervisor/runcommand.h"

#include <QScopedValueRollback>

#include <algorithm>
#include <limits>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

static constexpr std::chrono::milliseconds longestRetryDelay = 2s;
// Servers are not counted against the concurrency limit; no machine has room for so many.
static constexpr int mostServers = 4096;

Scheduler::Scheduler(Setup setup)
    : m_setup(std::move(setup))
    , m_programs(m_setup.shimPath, m_setup.concurrency, SlotPool::Pausing::WithQueue, m_positions)
    , m_servers(m_setup.shimPath, mostServers, SlotPool::Pausing::Never, m_positions)
    , m_startsAllowedUpTo{m_setup.startsNeedPermission ? 0 : std::numeric_limits<quint64>::max()}
    , m_retryDelay(firstRetryDelay)
{
    // Members are children so that they move to the supervisor thread with this object.
    m_programs.setParent(this);
    m_servers.setParent(this);
    m_deadlines.setParent(this);
    for (QTimer *timer : {&m_retryTimer, &m_terminationTimer}) {
        timer->setParent(this);
        timer->setSingleShot(true);
        timer->setTimerType(Qt::PreciseTimer);
    }
    connect(&m_deadlines, &QueueDeadlines::passed, this, &Scheduler::expire);
    connect(&m_retryTimer, &QTimer::timeout, this, &Scheduler::startJobs);
    connect(&m_programs, &SlotPool::created, this, &Scheduler::connectProcess);
    connect(&m_servers, &SlotPool::created, this, &Scheduler::connectProcess);
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

RequestLane *Scheduler::findRequestLane(const QString &server) const
{
    const auto found = std::find_if(m_requestLanes.begin(), m_requestLanes.end(),
                                    [&server](const RequestLane *lane) { return lane->name() == server; });
    return found == m_requestLanes.end() ? nullptr : *found;
}

Lane *Scheduler::laneOf(const JobSpec &spec)
{
    if (!spec.server.isEmpty())
        return findRequestLane(spec.server);
    return spec.kind == JobKind::Server ? &m_servers : &m_programs;
}

void Scheduler::openLane(const QString &server, const RequestRunnerFactory &factory)
{
    if (m_terminating || findRequestLane(server))
        return;
    auto *lane = new RequestLane(server, factory, m_positions, this);
    connect(lane, &RequestLane::created, this, &Scheduler::connectRequest);
    m_requestLanes.push_back(lane);
}

void Scheduler::setLaneSlots(const QString &server, int count, const QString &waiting)
{
    RequestLane *lane = findRequestLane(server);
    if (!lane)
        return;
    const QString before = lane->waitingFor();
    lane->setSlots(count, waiting);
    if (lane->waitingFor() == before)
        return;
    for (ScheduledJob *job : lane->queue().jobs()) {
        tellWhyItWaits(*job);
        publish(*job);
    }
}

void Scheduler::closeLane(const QString &server, const QString &reason)
{
    RequestLane *lane = findRequestLane(server);
    if (!lane)
        return;
    // Out of the list first: nothing new may come to it.
    std::erase(m_requestLanes, lane);
    lane->setSlots(0, reason);
    for (ScheduledJob *job : lane->queue().jobs()) {
        dequeue(*job);
        refuse(*job, reason);
    }
    lane->failAll(reason);
    lane->close();
    lane->deleteLater();
}

void Scheduler::submit(JobId id, std::shared_ptr<const JobSpec> spec, const Instant &submitted,
                       std::unique_ptr<QPromise<JobResult>> promise)
{
    auto owned = std::make_unique<ScheduledJob>();
    ScheduledJob &job = *owned;
    job.record.id = id;
    job.record.priority = spec->priority;
    job.record.paused = spec->held;
    job.record.submitted = submitted;
    if (spec->limits.deadline)
        job.deadlineAt = submitted.monotonic + *spec->limits.deadline;
    job.lane = laneOf(*spec);
    job.record.spec = std::move(spec);
    job.promise = std::move(promise);
    m_jobs.emplace(id, std::move(owned));
    if (!job.lane) {
        job.record.pendingReason = PendingReason::WaitingForServer;
        publish(job);
        refuse(job,
               u"There is no server \"%1\" now: start it, then send the request again."_s.arg(job.record.spec->server));
        return;
    }
    job.lane->queue().append(job);
    if (job.deadlineAt)
        m_deadlines.add(id, *job.deadlineAt);
    tellWhyItWaits(job);
    publish(job);
}

void Scheduler::tellWhyItWaits(ScheduledJob &job)
{
    JobRecord &record = job.record;
    record.reason.clear();
    if (record.paused) {
        record.pendingReason = PendingReason::Held;
        return;
    }
    const QString waiting = job.lane->waitingFor();
    record.pendingReason = waiting.isEmpty() ? PendingReason::WaitingForSlot : PendingReason::WaitingForServer;
    record.reason = waiting;
}

void Scheduler::enqueue(ScheduledJob &job)
{
    job.lane->queue().restore(job);
    if (job.deadlineAt)
        m_deadlines.add(job.record.id, *job.deadlineAt);
}

void Scheduler::dequeue(ScheduledJob &job)
{
    job.lane->queue().remove(job);
    if (job.deadlineAt)
        m_deadlines.remove(job.record.id, *job.deadlineAt);
}

void Scheduler::startJobs()
{
    m_deadlines.arm();
    // A start that fails at once comes back here through its signal: the loops below go on then.
    if (m_startingJobs || m_terminating)
        return;
    const QScopedValueRollback<bool> starting(m_startingJobs, true);
    startJobsIn(m_servers);
    startJobsIn(m_programs);
    for (RequestLane *lane : m_requestLanes)
        startJobsIn(*lane);
}

void Scheduler::startJobsIn(Lane &lane)
{
    if (m_queuePaused && lane.pausesWithQueue())
        return;
    while (lane.hasFree() && !m_retryTimer.isActive()) {
        ScheduledJob *job = lane.queue().next();
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
    dequeue(job);
    if (const auto problem = problemOfSecrets(*job.record.spec))
        return refuse(job, *problem);

    JobRecord &record = job.record;
    ++record.attempts;
    record.state = JobState::Starting;
    record.pendingReason = PendingReason::None;
    record.reason.clear();
    record.outputFolder = m_setup.outputFolder + u'/' + QString::number(record.id.value);
    if (record.attempts > 1)
        record.outputFolder += u'.' + QString::number(record.attempts);
    job.runner = job.lane->acquire();
    if (record.spec->kind != JobKind::Custom && record.spec->server.isEmpty())
        job.oomKillsBefore = m_oomKills.read();
    publish(job);

    JobRunner *runner = job.runner;
    const QByteArray input = std::exchange(job.earlyInput, {});
    const bool closeInput = job.earlyInputClosed;
    const JobId id = record.id;
    runner->run({.id = id,
                 .spec = record.spec,
                 .outputFolder = record.outputFolder,
                 .deadlineAt = job.deadlineAt,
                 .tag = jobTag(m_setup.instanceTag, id)});
    // From here on the job may be gone: a shim that can't be started is reported from within run().
    if (runner->job() != id)
        return;
    if (!input.isEmpty())
        runner->writeInput(input);
    if (closeInput)
        runner->closeInput();
}

void Scheduler::requeue(ScheduledJob &job, const QString &shortage)
{
    JobRecord &record = job.record;
    job.runner = nullptr;
    record.state = JobState::Queued;
    record.pendingReason = record.paused ? PendingReason::Held : PendingReason::WaitingForResource;
    record.reason = shortage;
    record.outputFolder.clear();
    enqueue(job);
    publish(job);
    setHealth(shortage);
    if (!m_retryTimer.isActive()) {
        m_retryTimer.start(m_retryDelay);
        m_retryDelay = std::min(m_retryDelay * 2, longestRetryDelay);
    }
}

void Scheduler::expire(JobId id)
{
    if (ScheduledJob *job = find(id); job && job->record.state == JobState::Queued) {
        settleQueued(*job, Outcome::Expired,
                     u"Its deadline of %1 passed while it was queued."_s.arg(
                         formatDuration(job->record.spec->limits.deadline.value_or(0ns))));
    }
}

void Scheduler::setHealth(const QString &problem)
{
    if (problem == m_health)
        return;
    m_health = problem;
    Q_EMIT healthChanged(problem);
}

} // namespace BitNet
