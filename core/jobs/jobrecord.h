// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobid.h"
#include "core/jobs/jobspec.h"
#include "core/jobs/jobstate.h"

#include <QMetaType>
#include <QString>

#include <chrono>
#include <memory>
#include <optional>

namespace BitNet {

// UTC with microseconds, for people and reports.
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
// CLOCK_MONOTONIC, for arithmetic. Comparable between processes of one machine until it restarts.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

WallTime wallNow();
MonotonicTime monotonicNow();

// The same instant in both clocks.
struct Instant
{
    WallTime wall = {};
    MonotonicTime monotonic = {};

    static Instant now();
    friend bool operator==(const Instant &, const Instant &) = default;
};

// What the engine said about its own work. Absent stays absent.
struct EngineTimings
{
    std::optional<double> loadMs = std::nullopt;
    std::optional<double> prefillMs = std::nullopt;
    std::optional<double> decodeMs = std::nullopt;
    std::optional<qint64> promptTokens = std::nullopt;
    std::optional<qint64> outputTokens = std::nullopt;
    std::optional<double> prefillTps = std::nullopt; // tokens per second
    std::optional<double> decodeTps = std::nullopt; // tokens per second

    friend bool operator==(const EngineTimings &, const EngineTimings &) = default;
};

// Why a program could not be started, as far as its caller has to tell: a shell's 127, its 126, and all else.
enum class StartFailure {
    NotFound, // the program, or the interpreter that it asks for
    NotExecutable, // it is there, but the system refuses to execute it
    Surroundings, // its working directory, private folder, files or helper
};

// Everything that is known of a job at one moment: a whole, immutable snapshot that any thread may keep.
// Cheap to copy: the spec is shared.
struct JobRecord
{
    JobId id = {};
    std::shared_ptr<const JobSpec> spec = {}; // never null in a record that a supervisor emits
    // Grows with each snapshot of this job; a reader that sees two can tell the newer.
    quint32 revision = 0;

    JobState state = JobState::Queued;
    // Queued: held. Running: its tree is stopped by SIGSTOP.
    bool paused = false;
    PendingReason pendingReason = PendingReason::None; // other than None only while queued
    std::optional<Outcome> outcome = std::nullopt; // exactly when state is Finished
    // A sentence for people: why it ended so, or why it still waits. May be empty for Succeeded.
    QString reason = {};

    int priority = 0; // the current one; spec->priority is the one at submission
    // Order among queued jobs of one priority, lower first. Changes when the job is moved.
    qint64 queuePosition = 0;
    int attempts = 0; // how often a start was tried
    qint64 pid = 0; // of the program, from Running on

    Instant submitted = {};
    std::optional<Instant> started = std::nullopt; // the program was executed; taken in the shim
    std::optional<Instant> firstOutput = std::nullopt; // its first byte, on either stream
    std::optional<Instant> completed = std::nullopt; // reaped (or given up, when never started)
    std::chrono::nanoseconds pausedTime = {}; // how long it was paused while running; settled at its end

    std::optional<int> exitCode = std::nullopt; // it ended by itself
    std::optional<int> signal = std::nullopt; // it was ended by this signal
    std::optional<StartFailure> startFailure = std::nullopt; // exactly when outcome is FailedToStart
    int leftoverProcesses = 0; // descendants that were still there when the program was gone, and were killed
    bool unkillable = false; // part of its tree outlived SIGKILL by 5 s

    QString outputFolder = {}; // holds output.log and output.idx; empty until it was started
    qint64 stdoutBytes = 0; // all that was printed, kept or not
    qint64 stderrBytes = 0;
    qint64 droppedBytes = 0; // printed but not kept
    bool truncated = false; // droppedBytes > 0 or expected: the cap was passed or the disk is full

    std::optional<qint64> peakRssBytes = std::nullopt; // largest single process of its tree that was reaped
    std::optional<std::chrono::microseconds> cpuTime = std::nullopt; // user + system, of all that was reaped

    EngineTimings timings = {};
    std::optional<std::chrono::nanoseconds> ttft = std::nullopt; // submitted → first generated output
    // Why an answer ended, when the server says so: "eos" (the model ended it), "word" (a stop word), "stop" (one of these
    // two), "limit" (the tokens asked for, or the context).
    QString stopReason = {};

    // submitted → started; the wait so far is not included. Nothing when it never started.
    std::optional<std::chrono::nanoseconds> queueWait() const;
    // started → first output.
    std::optional<std::chrono::nanoseconds> timeToFirstOutput() const;
    // started → completed. Nothing while it runs.
    std::optional<std::chrono::nanoseconds> runTime() const;
    // submitted → completed (E2E latency). Nothing before it ended.
    std::optional<std::chrono::nanoseconds> latency() const;

    bool isFinished() const { return state == JobState::Finished; }
    // Finished in a way that an operator wants to know of: anything but Succeeded and Cancelled.
    bool isFailure() const;
};

} // namespace BitNet

Q_DECLARE_METATYPE(BitNet::JobRecord)
