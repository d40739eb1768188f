// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"
#include "core/jobs/jobrecord.h"

#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace BitNet {

// What is not in the database yet: the latest snapshot of each job, so that it grows with the number of jobs and never with
// the number of snapshots. Every function may be called from any thread.
class HistoryBacklog
{
public:
    // Jobs without a row wait for it before they start, so their rows are written at once; the rest can wait a little and
    // is written together.
    enum class Lane { NewRows, Everything };

    // A change of something else than a job's record, in the writer's transaction and after the records that were there
    // before it.
    struct Change
    {
        // Runs again when the transaction fails. False on failure. May be empty.
        std::function<bool(DatabaseConnection &)> apply = {};
        // Runs once, when it is in the file. May be empty.
        std::function<void()> committed = {};
    };

    struct Batch
    {
        std::map<JobId, JobRecord> newRows;
        std::map<JobId, JobRecord> updates;
        std::vector<Change> changes;

        bool isEmpty() const { return newRows.empty() && updates.empty() && changes.empty(); }
        bool hasEnds() const;
    };

    // Both say whether the writer has to be woken for this lane: it is not, until it has taken something.
    bool add(const JobRecord &record, Lane *lane);
    bool add(Change change);

    // At most maximumJobs, the lowest ids first; changes only when no record is left before them.
    Batch take(Lane lane, size_t maximumJobs);
    // What could not be written. Newer snapshots that came meanwhile stay.
    void putBack(Batch &&batch);

    size_t jobCount() const;
    bool hasNewRows() const;
    bool isEmpty() const;
    // The highest id that waits for its first row; invalid when none does. They stay, and the next one wakes the writer.
    JobId passOverNewRows();

private:
    mutable std::mutex m_mutex;
    Batch m_waiting;
    bool m_wokenForNewRows = false;
    bool m_wokenForEverything = false;
};

} // namespace BitNet
