// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <chrono>

namespace BitNet::Testing {

using namespace std::chrono_literals;

// A record as a supervisor would emit it, of a job that was just submitted.
inline JobRecord queuedJob(quint64 id, const QString &name = {}, const QString &group = {}, const QString &model = {})
{
    JobSpec spec;
    spec.command = {QStringLiteral("program"), QStringLiteral("argument")};
    spec.name = name;
    spec.group = group;
    spec.model = model;
    JobRecord record;
    record.id = JobId{id};
    record.spec = std::make_shared<const JobSpec>(spec);
    record.revision = 1;
    record.pendingReason = PendingReason::WaitingForSlot;
    record.queuePosition = static_cast<qint64>(id);
    record.submitted = Instant::now();
    return record;
}

// The same as a llama-server that stays.
inline JobRecord asServer(JobRecord record)
{
    JobSpec spec = *record.spec;
    spec.kind = JobKind::Server;
    record.spec = std::make_shared<const JobSpec>(spec);
    return record;
}

// The same as a request that this server answers.
inline JobRecord asRequest(JobRecord record, const QString &server)
{
    JobSpec spec = *record.spec;
    spec.kind = JobKind::Inference;
    spec.server = server;
    record.spec = std::make_shared<const JobSpec>(spec);
    return record;
}

inline Instant later(const Instant &instant, std::chrono::nanoseconds by)
{
    return {instant.wall + std::chrono::duration_cast<std::chrono::microseconds>(by), instant.monotonic + by};
}

inline JobRecord running(JobRecord record, std::chrono::nanoseconds wait = 10ms)
{
    ++record.revision;
    record.state = JobState::Running;
    record.pendingReason = PendingReason::None;
    record.started = later(record.submitted, wait);
    record.attempts = 1;
    return record;
}

inline JobRecord finished(JobRecord record, Outcome outcome = Outcome::Succeeded, std::chrono::nanoseconds run = 100ms)
{
    if (!record.started && outcome != Outcome::Expired && outcome != Outcome::FailedToStart)
        record = running(record);
    ++record.revision;
    record.state = JobState::Finished;
    record.pendingReason = PendingReason::None;
    record.outcome = outcome;
    record.completed = later(record.started.value_or(record.submitted), run);
    if (outcome == Outcome::Succeeded)
        record.exitCode = 0;
    if (outcome == Outcome::Failed)
        record.exitCode = 1;
    return record;
}

} // namespace BitNet::Testing
