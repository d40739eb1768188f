// SPDX-License-Identifier: MIT
#include "core/telemetry/latencysample.h"

#include "core/telemetry/latencykinds.h"

#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array<QLatin1String, measureCount> measureNames = {
    "queue_wait"_L1, "ttft"_L1, "run"_L1, "latency"_L1, "tpot"_L1, "load"_L1, "prefill"_L1, "decode"_L1};

using OptionalDuration = std::optional<std::chrono::nanoseconds>;

void setDuration(LatencySample &sample, Measure measure, Observation observation, const OptionalDuration &duration)
{
    if (duration)
        sample.set(measure, observation, double(duration->count()) / 1e6);
}

void setMilliseconds(LatencySample &sample, Measure measure, const std::optional<double> &ms)
{
    if (ms)
        sample.set(measure, Observation::Measured, *ms);
}

// What the end of the whole job says about an interval that lasted until then.
Observation observationAtEnd(Outcome outcome)
{
    switch (outcomeClass(outcome)) {
    case OutcomeClass::Completed:
        return Observation::Measured;
    case OutcomeClass::TimedOut:
        return Observation::Censored;
    case OutcomeClass::Failed:
    case OutcomeClass::Cancelled:
        break;
    }
    return Observation::Apart;
}

void setTpot(LatencySample &sample, const std::optional<double> &decodeMs)
{
    // Engines print a decode time of zero when they did not measure one.
    if (decodeMs && *decodeMs > 0 && sample.outputTokens.value_or(0) > 1)
        sample.set(Measure::Tpot, Observation::Measured, *decodeMs / double(*sample.outputTokens - 1));
}

} // namespace

QLatin1String name(Measure measure)
{
    return measureNames[size_t(measure)];
}

std::optional<Measure> measureFromName(QLatin1String text)
{
    for (size_t i = 0; i < measureNames.size(); ++i) {
        if (measureNames[i] == text)
            return Measure(i);
    }
    return std::nullopt;
}

OutcomeClass outcomeClass(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Succeeded:
        return OutcomeClass::Completed;
    case Outcome::TimedOut:
    case Outcome::Expired:
        return OutcomeClass::TimedOut;
    case Outcome::Cancelled:
        return OutcomeClass::Cancelled;
    case Outcome::Failed:
    case Outcome::Crashed:
    case Outcome::FailedToStart:
    case Outcome::Interrupted:
    case Outcome::Lost:
        break;
    }
    return OutcomeClass::Failed;
}

QLatin1String name(OutcomeClass outcomeClass)
{
    switch (outcomeClass) {
    case OutcomeClass::Completed:
        return "completed"_L1;
    case OutcomeClass::Failed:
        return "failed"_L1;
    case OutcomeClass::TimedOut:
        return "timed_out"_L1;
    case OutcomeClass::Cancelled:
        break;
    }
    return "cancelled"_L1;
}

void LatencySample::set(Measure measure, Observation observation, double ms)
{
    if (!std::isfinite(ms) || ms < 0)
        return;
    observations[size_t(measure)] = observation;
    milliseconds[size_t(measure)] = ms;
}

void observe(LatencySample &sample, const MeasuredTimes &times)
{
    const Observation atEnd = observationAtEnd(sample.outcome);
    setDuration(sample, Measure::Run, atEnd, times.run);
    setDuration(sample, Measure::E2E, atEnd, times.latency);
    if (times.wasStarted)
        setDuration(sample, Measure::QueueWait, Observation::Measured, times.queueWait);
    else if (sample.outcome == Outcome::Expired)
        setDuration(sample, Measure::QueueWait, Observation::Censored, times.latency);

    if (times.ttft)
        setDuration(sample, Measure::Ttft, Observation::Measured, times.ttft);
    else if (sample.kind == JobKind::Inference && atEnd == Observation::Censored)
        setDuration(sample, Measure::Ttft, Observation::Censored, times.latency);

    setTpot(sample, times.decodeMs);
    setMilliseconds(sample, Measure::Load, times.loadMs);
    setMilliseconds(sample, Measure::Prefill, times.prefillMs);
    setMilliseconds(sample, Measure::Decode, times.decodeMs);
}

std::optional<LatencySample> sampleOf(const JobRecord &record)
{
    if (!record.isFinished() || !record.outcome || (record.spec && !hasLatency(record.spec->kind)))
        return std::nullopt;

    LatencySample sample;
    sample.job = record.id;
    sample.submittedAt = record.submitted.wall;
    // An Interrupted or Lost job may have no known end.
    sample.completedAt = record.completed ? record.completed->wall
        : record.started                  ? record.started->wall
                                          : record.submitted.wall;
    sample.outcome = *record.outcome;
    sample.outputTokens = record.timings.outputTokens;
    if (record.spec) {
        sample.kind = record.spec->kind;
        sample.name = displayName(*record.spec);
        sample.group = record.spec->group;
        sample.model = record.spec->model;
        sample.engine = record.spec->engine;
    }
    observe(sample,
            {.wasStarted = record.started.has_value(),
             .queueWait = record.queueWait(),
             .ttft = record.ttft,
             .run = record.runTime(),
             .latency = record.latency(),
             .loadMs = record.timings.loadMs,
             .prefillMs = record.timings.prefillMs,
             .decodeMs = record.timings.decodeMs});
    return sample;
}

} // namespace BitNet
