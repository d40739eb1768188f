// SPDX-License-Identifier: MIT
#pragma once

#include <QLatin1String>
#include <QMetaType>

#include <optional>

namespace BitNet {

// Queued → Starting → Running → Finished. "Paused" is a flag beside the state, see JobRecord::paused.
enum class JobState {
    Queued, // accepted, not started; PendingReason says why
    Starting, // a slot was given; the program is not executing yet
    Running, // the program was executed
    Finished, // settled with exactly one Outcome
};

// How a finished job ended.
enum class Outcome {
    Succeeded, // exit code 0
    Failed, // exit code other than 0
    Crashed, // ended by a signal that nobody here sent
    TimedOut, // its run-time limit or its deadline passed while it ran
    Expired, // its deadline passed while it was queued; never started
    Cancelled, // asked for, while queued or running
    FailedToStart, // could not be executed; the reason is in words
    Interrupted, // the application ended while it ran
    Lost, // its shim died: what became of it is not known
};

// Why a queued job is not running yet.
enum class PendingReason {
    None, // not queued
    WaitingForSlot,
    Held,
    WaitingForJob,
    WaitingForResource, // descriptors, processes or memory ran out; it is tried again
    Delayed,
    WaitingForServer, // a request: its server has no free slot or loads its model; JobRecord::reason says which
};

enum class JobKind {
    Inference, // one prompt to one model
    Server, // a llama-server
    Custom, // any other command
};

// The names used in JSON and CSV: "queued", "timed_out", "failed_to_start", "waiting_for_slot", …
// Each round-trips through the matching …FromName, which returns nothing for an unknown name.
QLatin1String name(JobState state);
QLatin1String name(Outcome outcome);
QLatin1String name(PendingReason reason);
QLatin1String name(JobKind kind);
std::optional<JobState> jobStateFromName(QLatin1String text);
std::optional<Outcome> outcomeFromName(QLatin1String text);
std::optional<JobKind> jobKindFromName(QLatin1String text);

} // namespace BitNet

Q_DECLARE_METATYPE(BitNet::JobState)
Q_DECLARE_METATYPE(BitNet::Outcome)
