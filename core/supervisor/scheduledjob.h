// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/supervisor/jobresult.h"

#include <QByteArray>
#include <QPromise>

#include <memory>
#include <optional>

namespace BitNet {

class JobRunner;
class Lane;

// What the scheduler knows of a job that is not finished. Lives in the supervisor thread.
struct ScheduledJob
{
    JobRecord record = {};
    std::optional<MonotonicTime> deadlineAt = std::nullopt; // total limit, as an instant
    Lane *lane = nullptr; // where it waits and runs; never null once it was accepted
    JobRunner *runner = nullptr; // its slot, while Starting or Running
    bool cancelRequested = false;
    std::optional<qint64> oomKillsBefore = std::nullopt; // OomKillCounter when it was started; of engines and servers
    // Input that came before the start. Only interactive jobs have it.
    QByteArray earlyInput = {};
    bool earlyInputClosed = false;
    std::unique_ptr<QPromise<JobResult>> promise = {}; // of run…(); null for submit()
};

} // namespace BitNet
