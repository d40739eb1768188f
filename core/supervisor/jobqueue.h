// SPDX-License-Identifier: MIT
#pragma once

#include "core/supervisor/queuemove.h"

#include <QtGlobal>

#include <compare>
#include <memory>
#include <set>
#include <vector>

namespace BitNet {

struct ScheduledJob;

// What several queues share, so that the positions of all their jobs compare.
struct QueuePositions
{
    qint64 first = 0; // no queued job has a lower one
    qint64 last = 0; // nor a higher one
};

// The queued jobs in the order in which they are to be started: by priority (higher first), then by position. Held jobs
// keep their place in the order but are never next. All operations are O(log n). Owns nothing.
//
// This is the place for scheduling policy: what is next, and why a job is not, is decided here and nowhere else.
class JobQueue
{
public:
    explicit JobQueue(std::shared_ptr<QueuePositions> positions = std::make_shared<QueuePositions>());

    // Appends behind all others of its priority; sets the record's queuePosition.
    void append(ScheduledJob &job);
    // Puts a job back where it was: its record's queuePosition is kept.
    void restore(ScheduledJob &job);
    void remove(ScheduledJob &job);

    // The job to start next, or null. It stays in the queue.
    ScheduledJob *next() const;

    void setHeld(ScheduledJob &job, bool held);
    void setPriority(ScheduledJob &job, int priority);
    // Moves a job among those of its priority that are held, or not held, as it is. Returns the job whose position changed
    // too (the neighbour it changed places with), or null.
    ScheduledJob *move(ScheduledJob &job, QueueMove move);

    bool isEmpty() const { return m_runnable.empty() && m_held.empty(); }
    // All of them, held ones last. O(n).
    std::vector<ScheduledJob *> jobs() const;
    size_t size() const { return m_runnable.size() + m_held.size(); }

private:
    struct Place
    {
        qint64 negativePriority = 0;
        qint64 position = 0;
        ScheduledJob *job = nullptr;

        friend std::strong_ordering operator<=>(const Place &a, const Place &b)
        {
            if (const auto byPriority = a.negativePriority <=> b.negativePriority; byPriority != 0)
                return byPriority;
            return a.position <=> b.position;
        }
        friend bool operator==(const Place &a, const Place &b) { return (a <=> b) == 0; }
    };
    using Places = std::set<Place>;

    static Place placeOf(ScheduledJob &job);
    Places &placesOf(const ScheduledJob &job);
    void setPosition(ScheduledJob &job, qint64 position);

    Places m_runnable;
    Places m_held;
    const std::shared_ptr<QueuePositions> m_positions;
};

} // namespace BitNet
