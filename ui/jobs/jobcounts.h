// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "ui/jobs/jobcategory.h"

#include <QMap>
#include <QString>

#include <array>
#include <chrono>
#include <deque>
#include <optional>

namespace BitNet {

// Live figures over a set of jobs, kept up in O(log groups) a change. Not a QObject: its owner says when it changed.
class JobCounts
{
public:
    // before: the job's previous record in this set, null for a new job. after: null when it leaves the set.
    void apply(const JobRecord *before, const JobRecord *after);
    void clear();

    int count(JobCategory category) const { return m_counts[static_cast<size_t>(category)]; }
    // How many jobs each group or model has; never holds a zero or the empty name.
    const QMap<QString, int> &groups() const { return m_groups; }
    const QMap<QString, int> &models() const { return m_models; }
    // Held and stopped ones.
    int paused() const { return m_paused; }
    // Of those that run: servers, and requests that a server answers. Neither takes one of the queue's places.
    int runningServers() const { return m_runningServers; }
    int runningRequests() const { return m_runningRequests; }
    // Those that run in the queue's places.
    int inPlaces() const { return count(JobCategory::Running) - m_runningServers - m_runningRequests; }

    // Failures (JobRecord::isFailure) that ended within the last hour before now.
    int failedInLastHour(MonotonicTime now) const;
    // The 95th percentile (nearest rank) of run time over the last 1000 jobs that ran to an end. Servers are left out: how
    // long one was up is no latency.
    std::optional<std::chrono::nanoseconds> p95RunTime() const;

private:
    std::array<int, allJobCategories.size()> m_counts = {};
    int m_paused = 0;
    int m_runningServers = 0;
    int m_runningRequests = 0;
    QMap<QString, int> m_groups;
    QMap<QString, int> m_models;
    mutable std::deque<MonotonicTime> m_failures; // when; those older than an hour are dropped as they are counted
    struct Run
    {
        MonotonicTime completed;
        std::chrono::nanoseconds time;
    };
    std::deque<Run> m_runs; // of the last jobs, by their end
};

} // namespace BitNet
