// SPDX-License-Identifier: MIT
#include "ui/jobs/jobcounts.h"

#include "core/telemetry/latencykinds.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace BitNet {

namespace {

constexpr size_t runTimesKept = 1000;

void add(QMap<QString, int> &counts, const QString &name, int difference)
{
    if (name.isEmpty())
        return;
    if ((counts[name] += difference) <= 0)
        counts.remove(name);
}

} // namespace

void JobCounts::apply(const JobRecord *before, const JobRecord *after)
{
    const auto tally = [this](const JobRecord &record, int difference) {
        m_counts[static_cast<size_t>(JobCategory::All)] += difference;
        const JobCategory category = categoryOf(record);
        m_counts[static_cast<size_t>(category)] += difference;
        if (category == JobCategory::Running && record.spec->kind == JobKind::Server)
            m_runningServers += difference;
        else if (category == JobCategory::Running && !record.spec->server.isEmpty())
            m_runningRequests += difference;
        if (record.paused && !record.isFinished())
            m_paused += difference;
    };
    if (before)
        tally(*before, -1);
    if (after)
        tally(*after, 1);
    if (before && after) {
        if (before->spec == after->spec) {
            // The usual case: neither group nor model can have changed.
        } else {
            add(m_groups, before->spec->group, -1);
            add(m_models, before->spec->model, -1);
            add(m_groups, after->spec->group, 1);
            add(m_models, after->spec->model, 1);
        }
    } else if (const JobRecord *one = before ? before : after) {
        add(m_groups, one->spec->group, before ? -1 : 1);
        add(m_models, one->spec->model, before ? -1 : 1);
    }
    if (!after || !after->isFinished() || (before && before->isFinished()))
        return;
    if (after->isFailure() && after->completed)
        m_failures.insert(std::upper_bound(m_failures.begin(), m_failures.end(), after->completed->monotonic),
                          after->completed->monotonic);
    if (const auto time = after->runTime(); time && hasLatency(after->spec->kind)) {
        // Jobs of earlier runs come later than those that ended after them.
        const auto later = [](MonotonicTime at, const Run &run) { return at < run.completed; };
        const MonotonicTime completed = after->completed->monotonic;
        m_runs.insert(std::upper_bound(m_runs.begin(), m_runs.end(), completed, later), {completed, *time});
        if (m_runs.size() > runTimesKept)
            m_runs.pop_front();
    }
}

void JobCounts::clear()
{
    *this = {};
}

int JobCounts::failedInLastHour(MonotonicTime now) const
{
    while (!m_failures.empty() && m_failures.front() < now - std::chrono::hours(1))
        m_failures.pop_front();
    return static_cast<int>(m_failures.size());
}

std::optional<std::chrono::nanoseconds> JobCounts::p95RunTime() const
{
    if (m_runs.empty())
        return std::nullopt;
    std::vector<std::chrono::nanoseconds> sorted;
    sorted.reserve(m_runs.size());
    for (const Run &run : m_runs)
        sorted.push_back(run.time);
    const auto rank = static_cast<std::ptrdiff_t>(std::ceil(0.95 * static_cast<double>(sorted.size()))) - 1;
    std::nth_element(sorted.begin(), sorted.begin() + rank, sorted.end());
    return sorted[static_cast<size_t>(rank)];
}

} // namespace BitNet
