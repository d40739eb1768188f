// SPDX-License-Identifier: MIT
#include "core/supervisor/jobqueue.h"

#include "core/supervisor/scheduledjob.h"

#include <iterator>
#include <utility>

namespace BitNet {

JobQueue::JobQueue(std::shared_ptr<QueuePositions> positions)
    : m_positions(std::move(positions))
{
}

std::vector<ScheduledJob *> JobQueue::jobs() const
{
    std::vector<ScheduledJob *> jobs;
    jobs.reserve(size());
    for (const Places *places : {&m_runnable, &m_held}) {
        for (const Place &place : *places)
            jobs.push_back(place.job);
    }
    return jobs;
}

JobQueue::Place JobQueue::placeOf(ScheduledJob &job)
{
    // Widened before it is negated: the lowest int has no positive counterpart.
    return {.negativePriority = -static_cast<qint64>(job.record.priority),
            .position = job.record.queuePosition,
            .job = &job};
}

JobQueue::Places &JobQueue::placesOf(const ScheduledJob &job)
{
    return job.record.paused ? m_held : m_runnable;
}

void JobQueue::append(ScheduledJob &job)
{
    job.record.queuePosition = ++m_positions->last;
    placesOf(job).insert(placeOf(job));
}

void JobQueue::restore(ScheduledJob &job)
{
    placesOf(job).insert(placeOf(job));
}

void JobQueue::remove(ScheduledJob &job)
{
    placesOf(job).erase(placeOf(job));
}

ScheduledJob *JobQueue::next() const
{
    return m_runnable.empty() ? nullptr : m_runnable.begin()->job;
}

void JobQueue::setHeld(ScheduledJob &job, bool held)
{
    remove(job);
    job.record.paused = held;
    restore(job);
}

void JobQueue::setPriority(ScheduledJob &job, int priority)
{
    remove(job);
    job.record.priority = priority;
    restore(job);
}

void JobQueue::setPosition(ScheduledJob &job, qint64 position)
{
    remove(job);
    job.record.queuePosition = position;
    restore(job);
}

ScheduledJob *JobQueue::move(ScheduledJob &job, QueueMove move)
{
    Places &places = placesOf(job);
    const auto here = places.find(placeOf(job));
    if (here == places.end())
        return nullptr;

    const auto exchangeWith = [&](Places::iterator other) -> ScheduledJob * {
        ScheduledJob &neighbour = *other->job;
        if (neighbour.record.priority != job.record.priority)
            return nullptr;
        remove(job);
        remove(neighbour);
        std::swap(job.record.queuePosition, neighbour.record.queuePosition);
        restore(job);
        restore(neighbour);
        return &neighbour;
    };

    switch (move) {
    case QueueMove::Up:
        return here == places.begin() ? nullptr : exchangeWith(std::prev(here));
    case QueueMove::Down:
        return std::next(here) == places.end() ? nullptr : exchangeWith(std::next(here));
    case QueueMove::Top:
        setPosition(job, --m_positions->first);
        return nullptr;
    case QueueMove::Bottom:
        setPosition(job, ++m_positions->last);
        return nullptr;
    }
    return nullptr;
}

} // namespace BitNet
