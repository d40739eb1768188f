// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencydistribution.h"
#include "core/telemetry/latencysample.h"

#include <array>
#include <chrono>
#include <map>
#include <optional>

namespace BitNet {

// What a request shall keep (SLO), in milliseconds, each included. None set: nothing to judge.
struct LatencyLimits
{
    std::optional<double> ttftMs = std::nullopt;
    std::optional<double> tpotMs = std::nullopt;
    std::optional<double> e2eMs = std::nullopt;

    bool isSet() const { return ttftMs || tpotMs || e2eMs; }
    // The limit of this measure; only Ttft, Tpot and E2E have one.
    std::optional<double> of(Measure measure) const;
    friend bool operator==(const LatencyLimits &, const LatencyLimits &) = default;
};

// Requests against the limits. TTFT and TPOT are asked of inferences only, TPOT of those with more than one
// token. All zero when no limit is set.
struct Goodput
{
    qint64 met = 0; // completed within every limit that applies
    qint64 missed = 0; // completed, at least one limit missed
    qint64 unjudged = 0; // completed, but no limit applies or a value is not known
    qint64 notCompleted = 0; // failed or timed out, and a limit applies; cancelled ones are in none of these

    // Share of completed requests that met every limit, among those that can be judged.
    std::optional<double> share() const;
    // The same, where a request that failed or timed out has missed.
    std::optional<double> shareOfAll() const;
    friend bool operator==(const Goodput &, const Goodput &) = default;
};

struct Throughput
{
    double finishedPerMinute = 0; // whatever the outcome
    double completedPerMinute = 0; // succeeded
    double outputTokensPerMinute = 0; // of all that told their number
};

struct StatisticsSettings
{
    DistributionSettings distribution = {};
    LatencyLimits limits = {};
    // Takes times that ended otherwise (Observation::Apart) as measured: "time until it failed", for statistics of one
    // outcome.
    bool measuresEveryEnding = false;

    friend bool operator==(const StatisticsSettings &, const StatisticsSettings &) = default;
};

// Latency statistics of any set of finished jobs. Samples may come in any order and as a stream; parts that were counted
// separately (by thread, by bucket of time) can be merged. A plain value: const members may be called from several threads.
//
// Only measured values enter means and percentiles, see sampleOf(); what was censored by a limit or ended otherwise is
// counted beside them.
class LatencyStatistics
{
public:
    explicit LatencyStatistics(const StatisticsSettings &settings = {});

    void add(const LatencySample &sample);
    // Both must have the same settings.
    void merge(const LatencyStatistics &other);

    qint64 count() const { return m_count; } // finished jobs
    qint64 count(Outcome outcome) const { return m_outcomes[size_t(outcome)]; }
    qint64 count(OutcomeClass outcomeClass) const;
    const LatencyDistribution &distribution(Measure measure) const { return m_distributions[size_t(measure)]; }
    LatencySummary summary(Measure measure) const { return distribution(measure).summary(); }

    const StatisticsSettings &settings() const { return m_settings; }
    Goodput goodput() const;
    // Share of the completed requests with this measure that kept its limit; nothing without a limit or values.
    std::optional<double> attainment(Measure measure) const;

    qint64 outputTokens() const { return m_outputTokens; }
    // First submission to last end; nothing without jobs.
    std::optional<WallTime> firstSubmitted() const;
    std::optional<WallTime> lastCompleted() const;
    // Over this window; nothing when it is not longer than zero.
    std::optional<Throughput> throughput(std::chrono::microseconds window) const;
    // Over the time from the first submission to the last end.
    std::optional<Throughput> throughput() const;

private:
    void judge(const LatencySample &sample);

    StatisticsSettings m_settings;
    std::array<LatencyDistribution, measureCount> m_distributions;
    std::array<qint64, outcomeCount> m_outcomes = {};
    std::array<qint64, measureCount> m_judged = {}; // completed requests with a value and a limit
    std::array<qint64, measureCount> m_attained = {};
    qint64 m_met = 0;
    qint64 m_missed = 0;
    qint64 m_unjudged = 0;
    qint64 m_notCompleted = 0;
    qint64 m_count = 0;
    qint64 m_outputTokens = 0;
    WallTime m_firstSubmitted = {};
    WallTime m_lastCompleted = {};
};

enum class GroupBy : quint8 { Group, Model, Kind, Engine, Outcome };

// "group", "model", "kind", "engine", "outcome".
QLatin1String name(GroupBy by);
// The sample's value of that property; empty when it has none.
QString groupKey(const LatencySample &sample, GroupBy by);

// Statistics of each group. By outcome, every ending is measured in its own group.
class GroupedStatistics
{
public:
    GroupedStatistics(GroupBy by, const StatisticsSettings &settings);

    void add(const LatencySample &sample);
    void merge(const GroupedStatistics &other);

    GroupBy by() const { return m_by; }
    const std::map<QString, LatencyStatistics> &groups() const { return m_groups; }

private:
    GroupBy m_by;
    StatisticsSettings m_settings;
    std::map<QString, LatencyStatistics> m_groups;
};

} // namespace BitNet
