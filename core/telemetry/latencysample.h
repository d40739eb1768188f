// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <array>
#include <limits>
#include <optional>

namespace BitNet {

// What is measured of a job, always in milliseconds. The words are those of the job model; the last three are what the
// engine said about its own work and serve the breakdown of a latency.
enum class Measure : quint8 {
    QueueWait, // submitted → started
    Ttft, // submitted → first generated output
    Run, // started → completed
    E2E, // submitted → completed
    Tpot, // (last token − first token) / (output tokens − 1)
    Load,
    Prefill,
    Decode,
};
inline constexpr size_t measureCount = 8;
inline constexpr std::array<Measure, 5> latencyMeasures = {Measure::QueueWait, Measure::Ttft, Measure::Run,
                                                           Measure::E2E, Measure::Tpot};

// "queue_wait", "ttft", "run", "latency", "tpot", "load", "prefill", "decode": the record's names without their "_ms".
QLatin1String name(Measure measure);
std::optional<Measure> measureFromName(QLatin1String text);

// What one job says about one measure.
enum class Observation : quint8 {
    Absent, // nothing: it does not apply, or its end was not seen
    Measured, // a value that enters the statistics
    Censored, // it was stopped by its limit: the true value is at least this one (right-censored)
    Apart, // a time that ended in another way (failed, crashed, cancelled, …): counted, but not the latency of the work
};

// Outcomes as latency statistics tell them apart.
enum class OutcomeClass : quint8 {
    Completed, // Succeeded
    Failed, // Failed, Crashed, FailedToStart, Interrupted, Lost
    TimedOut, // TimedOut, Expired
    Cancelled,
};
inline constexpr size_t outcomeClassCount = 4;
inline constexpr size_t outcomeCount = 9;

OutcomeClass outcomeClass(Outcome outcome);
// "completed", "failed", "timed_out", "cancelled".
QLatin1String name(OutcomeClass outcomeClass);

// What one finished job contributes to statistics. A plain value; any thread.
struct LatencySample
{
    JobId job = {};
    WallTime submittedAt = {};
    WallTime completedAt = {};
    Outcome outcome = Outcome::Succeeded;
    JobKind kind = JobKind::Custom;
    std::array<Observation, measureCount> observations = {};
    std::array<double, measureCount> milliseconds = {}; // 0 where absent
    std::optional<qint64> outputTokens = std::nullopt;
    QString name = {};
    QString group = {};
    QString model = {};
    QString engine = {};

    Observation observation(Measure measure) const { return observations[size_t(measure)]; }
    double value(Measure measure) const { return milliseconds[size_t(measure)]; }
    void set(Measure measure, Observation observation, double ms);
};

// What was measured of one job, from whichever record of it.
struct MeasuredTimes
{
    bool wasStarted = false;
    std::optional<std::chrono::nanoseconds> queueWait = std::nullopt;
    std::optional<std::chrono::nanoseconds> ttft = std::nullopt;
    std::optional<std::chrono::nanoseconds> run = std::nullopt;
    std::optional<std::chrono::nanoseconds> latency = std::nullopt;
    std::optional<double> loadMs = std::nullopt;
    std::optional<double> prefillMs = std::nullopt;
    std::optional<double> decodeMs = std::nullopt;
};

// Sets the observations by the rules below. Outcome, kind and tokens of the sample must be set.
void observe(LatencySample &sample, const MeasuredTimes &times);

// The sample of a finished job; nothing for one that has not ended, or has no latency: see latencykinds.h.
//
// A value is Measured when the end of that very interval was seen: a queue wait once the program was started and a TTFT
// once there was output, whatever became of the job later; run time and E2E latency of jobs that Succeeded only.
// A run or E2E latency that ended at a limit is Censored, and so is the queue wait of an Expired job and the TTFT of an
// inference that timed out before its first token. Other endings are Apart.
// TPOT = decode_ms / (output_tokens − 1), for more than one token: llama.cpp's "eval" time leaves the first token out.
// Values that are no number or negative (clocks of two boots) are Absent.
std::optional<LatencySample> sampleOf(const JobRecord &record);

} // namespace BitNet
