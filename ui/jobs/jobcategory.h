// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <array>

namespace BitNet {

// The kinds of state that an operator tells apart at a glance. Each job is in exactly one besides All.
enum class JobCategory {
    All,
    Queued,
    Running, // starting and paused ones included
    Succeeded,
    Failed, // failed, crashed, failed to start, interrupted, lost
    TimedOut, // timed out, expired
    Cancelled,
};

inline constexpr std::array allJobCategories = {
    JobCategory::All,    JobCategory::Queued,   JobCategory::Running,   JobCategory::Succeeded,
    JobCategory::Failed, JobCategory::TimedOut, JobCategory::Cancelled,
};

// Never All.
inline JobCategory categoryOf(const JobRecord &record)
{
    switch (record.state) {
    case JobState::Queued:
        return JobCategory::Queued;
    case JobState::Starting:
    case JobState::Running:
        return JobCategory::Running;
    case JobState::Finished:
        break;
    }
    switch (record.outcome.value_or(Outcome::Lost)) {
    case Outcome::Succeeded:
        return JobCategory::Succeeded;
    case Outcome::TimedOut:
    case Outcome::Expired:
        return JobCategory::TimedOut;
    case Outcome::Cancelled:
        return JobCategory::Cancelled;
    case Outcome::Failed:
    case Outcome::Crashed:
    case Outcome::FailedToStart:
    case Outcome::Interrupted:
    case Outcome::Lost:
        break;
    }
    return JobCategory::Failed;
}

} // namespace BitNet
