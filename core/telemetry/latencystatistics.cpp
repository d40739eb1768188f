// SPDX-License-Identifier: MIT
#include "core/telemetry/latencystatistics.h"

#include <algorithm>
#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array limitedMeasures = {Measure::Ttft, Measure::Tpot, Measure::E2E};

// Whether a request can have this measure at all.
bool applies(Measure measure, const LatencySample &sample)
{
    if (measure == Measure::E2E)
        return true;
    if (sample.kind != JobKind::Inference)
        return false;
    // One token or none has no time per output token.
    return measure != Measure::Tpot || sample.outputTokens.value_or(2) > 1;
}

template<size_t... indices>
std::array<LatencyDistribution, sizeof...(indices)> distributions(const DistributionSettings &settings,
                                                                  std::index_sequence<indices...>)
{
    return {((void)indices, LatencyDistribution(settings))...};
}

} // namespace

std::optional<double> LatencyLimits::of(Measure measure) const
{
    switch (measure) {
    case Measure::Ttft:
        return ttftMs;
    case Measure::Tpot:
        return tpotMs;
    case Measure::E2E:
        return e2eMs;
    case Measure::QueueWait:
    case Measure::Run:
    case Measure::Load:
    case Measure::Prefill:
    case Measure::Decode:
        break;
    }
    return std::nullopt;
}

std::optional<double> Goodput::share() const
{
    const qint64 judged = met + missed;
    return judged == 0 ? std::nullopt : std::optional(double(met) / double(judged));
}

std::optional<double> Goodput::shareOfAll() const
{
    const qint64 judged = met + missed + notCompleted;
    return judged == 0 ? std::nullopt : std::optional(double(met) / double(judged));
}

LatencyStatistics::LatencyStatistics(const StatisticsSettings &settings)
    : m_settings(settings)
    , m_distributions(distributions(settings.distribution, std::make_index_sequence<measureCount>()))
{
}

void LatencyStatistics::add(const LatencySample &sample)
{
    for (size_t i = 0; i < measureCount; ++i) {
        Observation observation = sample.observations[i];
        if (observation == Observation::Apart && m_settings.measuresEveryEnding)
            observation = Observation::Measured;
        m_distributions[i].add(observation, sample.milliseconds[i]);
    }
    m_firstSubmitted = m_count == 0 ? sample.submittedAt : std::min(m_firstSubmitted, sample.submittedAt);
    m_lastCompleted = m_count == 0 ? sample.completedAt : std::max(m_lastCompleted, sample.completedAt);
    ++m_count;
    ++m_outcomes[size_t(sample.outcome)];
    m_outputTokens += sample.outputTokens.value_or(0);
    if (m_settings.limits.isSet())
        judge(sample);
}

void LatencyStatistics::judge(const LatencySample &sample)
{
    const auto isAsked = [&](Measure measure) { return m_settings.limits.of(measure) && applies(measure, sample); };
    switch (outcomeClass(sample.outcome)) {
    case OutcomeClass::Completed:
        break;
    case OutcomeClass::Failed:
    case OutcomeClass::TimedOut:
        m_notCompleted += std::ranges::any_of(limitedMeasures, isAsked) ? 1 : 0;
        return;
    case OutcomeClass::Cancelled:
        return;
    }

    bool anyApplies = false;
    bool unknown = false;
    bool missed = false;
    for (const Measure measure : limitedMeasures) {
        if (!isAsked(measure))
            continue;
        anyApplies = true;
        if (sample.observation(measure) != Observation::Measured) {
            unknown = true;
            continue;
        }
        const bool attained = sample.value(measure) <= *m_settings.limits.of(measure);
        ++m_judged[size_t(measure)];
        m_attained[size_t(measure)] += attained ? 1 : 0;
        missed = missed || !attained;
    }
    // What is partly unknown is not judged even when another limit was missed: else such requests could only ever miss.
    ++(unknown || !anyApplies ? m_unjudged : missed ? m_missed : m_met);
}

void LatencyStatistics::merge(const LatencyStatistics &other)
{
    Q_ASSERT(m_settings == other.m_settings);
    if (other.m_count == 0)
        return;
    m_firstSubmitted = m_count == 0 ? other.m_firstSubmitted : std::min(m_firstSubmitted, other.m_firstSubmitted);
    m_lastCompleted = m_count == 0 ? other.m_lastCompleted : std::max(m_lastCompleted, other.m_lastCompleted);
    for (size_t i = 0; i < measureCount; ++i) {
        m_distributions[i].merge(other.m_distributions[i]);
        m_judged[i] += other.m_judged[i];
        m_attained[i] += other.m_attained[i];
    }
    for (size_t i = 0; i < outcomeCount; ++i)
        m_outcomes[i] += other.m_outcomes[i];
    m_met += other.m_met;
    m_missed += other.m_missed;
    m_unjudged += other.m_unjudged;
    m_notCompleted += other.m_notCompleted;
    m_count += other.m_count;
    m_outputTokens += other.m_outputTokens;
}

qint64 LatencyStatistics::count(OutcomeClass wanted) const
{
    qint64 sum = 0;
    for (size_t i = 0; i < outcomeCount; ++i) {
        if (outcomeClass(Outcome(i)) == wanted)
            sum += m_outcomes[i];
    }
    return sum;
}

Goodput LatencyStatistics::goodput() const
{
    return {.met = m_met, .missed = m_missed, .unjudged = m_unjudged, .notCompleted = m_notCompleted};
}

std::optional<double> LatencyStatistics::attainment(Measure measure) const
{
    const qint64 judged = m_judged[size_t(measure)];
    return judged == 0 ? std::nullopt : std::optional(double(m_attained[size_t(measure)]) / double(judged));
}

std::optional<WallTime> LatencyStatistics::firstSubmitted() const
{
    return m_count == 0 ? std::nullopt : std::optional(m_firstSubmitted);
}

std::optional<WallTime> LatencyStatistics::lastCompleted() const
{
    return m_count == 0 ? std::nullopt : std::optional(m_lastCompleted);
}

std::optional<Throughput> LatencyStatistics::throughput(std::chrono::microseconds window) const
{
    if (window <= std::chrono::microseconds::zero())
        return std::nullopt;
    const double minutes = std::chrono::duration<double, std::ratio<60>>(window).count();
    return Throughput{.finishedPerMinute = double(m_count) / minutes,
                      .completedPerMinute = double(count(Outcome::Succeeded)) / minutes,
                      .outputTokensPerMinute = double(m_outputTokens) / minutes};
}

std::optional<Throughput> LatencyStatistics::throughput() const
{
    return throughput(m_lastCompleted - m_firstSubmitted);
}

QLatin1String name(GroupBy by)
{
    switch (by) {
    case GroupBy::Group:
        return "group"_L1;
    case GroupBy::Model:
        return "model"_L1;
    case GroupBy::Kind:
        return "kind"_L1;
    case GroupBy::Engine:
        return "engine"_L1;
    case GroupBy::Outcome:
        break;
    }
    return "outcome"_L1;
}

QString groupKey(const LatencySample &sample, GroupBy by)
{
    switch (by) {
    case GroupBy::Group:
        return sample.group;
    case GroupBy::Model:
        return sample.model;
    case GroupBy::Kind:
        return name(sample.kind);
    case GroupBy::Engine:
        return sample.engine;
    case GroupBy::Outcome:
        break;
    }
    return name(sample.outcome);
}

GroupedStatistics::GroupedStatistics(GroupBy by, const StatisticsSettings &settings)
    : m_by(by)
    , m_settings(settings)
{
    if (by == GroupBy::Outcome)
        m_settings.measuresEveryEnding = true;
}

void GroupedStatistics::add(const LatencySample &sample)
{
    m_groups.try_emplace(groupKey(sample, m_by), m_settings).first->second.add(sample);
}

void GroupedStatistics::merge(const GroupedStatistics &other)
{
    Q_ASSERT(m_by == other.m_by);
    for (const auto &[key, statistics] : other.m_groups)
        m_groups.try_emplace(key, m_settings).first->second.merge(statistics);
}

} // namespace BitNet
