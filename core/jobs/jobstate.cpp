// SPDX-License-Identifier: MIT
#include "core/jobs/jobstate.h"

#include <array>
#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

template<typename Enum, size_t count>
using NameTable = std::array<std::pair<Enum, QLatin1String>, count>;

constexpr NameTable<JobState, 4> stateNames = {{
    {JobState::Queued, "queued"_L1},
    {JobState::Starting, "starting"_L1},
    {JobState::Running, "running"_L1},
    {JobState::Finished, "finished"_L1},
}};

constexpr NameTable<Outcome, 9> outcomeNames = {{
    {Outcome::Succeeded, "succeeded"_L1},
    {Outcome::Failed, "failed"_L1},
    {Outcome::Crashed, "crashed"_L1},
    {Outcome::TimedOut, "timed_out"_L1},
    {Outcome::Expired, "expired"_L1},
    {Outcome::Cancelled, "cancelled"_L1},
    {Outcome::FailedToStart, "failed_to_start"_L1},
    {Outcome::Interrupted, "interrupted"_L1},
    {Outcome::Lost, "lost"_L1},
}};

constexpr NameTable<PendingReason, 7> pendingReasonNames = {{
    {PendingReason::None, "none"_L1},
    {PendingReason::WaitingForSlot, "waiting_for_slot"_L1},
    {PendingReason::Held, "held"_L1},
    {PendingReason::WaitingForJob, "waiting_for_job"_L1},
    {PendingReason::WaitingForResource, "waiting_for_resource"_L1},
    {PendingReason::Delayed, "delayed"_L1},
    {PendingReason::WaitingForServer, "waiting_for_server"_L1},
}};

constexpr NameTable<JobKind, 3> kindNames = {{
    {JobKind::Inference, "inference"_L1},
    {JobKind::Server, "server"_L1},
    {JobKind::Custom, "custom"_L1},
}};

template<typename Enum, size_t count>
QLatin1String nameIn(const NameTable<Enum, count> &table, Enum value)
{
    for (const auto &[key, text] : table) {
        if (key == value)
            return text;
    }
    Q_UNREACHABLE();
}

template<typename Enum, size_t count>
std::optional<Enum> valueIn(const NameTable<Enum, count> &table, QLatin1String name)
{
    for (const auto &[key, text] : table) {
        if (text == name)
            return key;
    }
    return std::nullopt;
}

} // namespace

QLatin1String name(JobState state)
{
    return nameIn(stateNames, state);
}

QLatin1String name(Outcome outcome)
{
    return nameIn(outcomeNames, outcome);
}

QLatin1String name(PendingReason reason)
{
    return nameIn(pendingReasonNames, reason);
}

QLatin1String name(JobKind kind)
{
    return nameIn(kindNames, kind);
}

std::optional<JobState> jobStateFromName(QLatin1String text)
{
    return valueIn(stateNames, text);
}

std::optional<Outcome> outcomeFromName(QLatin1String text)
{
    return valueIn(outcomeNames, text);
}

std::optional<JobKind> jobKindFromName(QLatin1String text)
{
    return valueIn(kindNames, text);
}

} // namespace BitNet
