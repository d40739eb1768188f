// SPDX-License-Identifier: MIT
#include "core/history/historybacklog.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace BitNet {

using Records = std::map<JobId, JobRecord>;

bool HistoryBacklog::Batch::hasEnds() const
{
    const auto ended = [](const Records::value_type &item) { return item.second.isFinished(); };
    return std::any_of(newRows.begin(), newRows.end(), ended) || std::any_of(updates.begin(), updates.end(), ended);
}

bool HistoryBacklog::add(const JobRecord &record, Lane *lane)
{
    const std::lock_guard lock(m_mutex);
    const auto replace = [&](Records::iterator known) {
        if (known->second.revision < record.revision)
            known->second = record;
    };
    if (const auto known = m_waiting.newRows.find(record.id); known != m_waiting.newRows.end()) {
        replace(known);
        return false; // the writer knows
    }
    if (record.revision <= 1) {
        *lane = Lane::NewRows;
        m_waiting.newRows.emplace_hint(m_waiting.newRows.end(), record.id, record);
        return !std::exchange(m_wokenForNewRows, true);
    }
    *lane = Lane::Everything;
    const auto [known, inserted] = m_waiting.updates.try_emplace(record.id, record);
    if (!inserted)
        replace(known);
    return !std::exchange(m_wokenForEverything, true);
}

bool HistoryBacklog::add(Change change)
{
    const std::lock_guard lock(m_mutex);
    m_waiting.changes.push_back(std::move(change));
    return !std::exchange(m_wokenForEverything, true);
}

static void moveSome(Records &from, Records &to, size_t most)
{
    while (!from.empty() && to.size() < most)
        to.insert(to.end(), from.extract(from.begin()));
}

HistoryBacklog::Batch HistoryBacklog::take(Lane lane, size_t maximumJobs)
{
    const std::lock_guard lock(m_mutex);
    Batch batch;
    m_wokenForNewRows = false;
    moveSome(m_waiting.newRows, batch.newRows, maximumJobs);
    if (lane == Lane::Everything) {
        m_wokenForEverything = false;
        moveSome(m_waiting.updates, batch.updates, maximumJobs - batch.newRows.size());
        if (m_waiting.newRows.empty() && m_waiting.updates.empty())
            batch.changes = std::exchange(m_waiting.changes, {});
    }
    return batch;
}

void HistoryBacklog::putBack(Batch &&batch)
{
    const std::lock_guard lock(m_mutex);
    for (auto &[id, record] : batch.newRows) {
        // A newer snapshot may have come for the other lane, as this one was on its way.
        if (auto newer = m_waiting.updates.extract(id); !newer.empty())
            m_waiting.newRows.insert(std::move(newer));
        else
            m_waiting.newRows.try_emplace(id, std::move(record));
    }
    for (auto &[id, record] : batch.updates)
        m_waiting.updates.try_emplace(id, std::move(record));
    m_waiting.changes.insert(m_waiting.changes.begin(), std::make_move_iterator(batch.changes.begin()),
                             std::make_move_iterator(batch.changes.end()));
}

size_t HistoryBacklog::jobCount() const
{
    const std::lock_guard lock(m_mutex);
    return m_waiting.newRows.size() + m_waiting.updates.size();
}

bool HistoryBacklog::hasNewRows() const
{
    const std::lock_guard lock(m_mutex);
    return !m_waiting.newRows.empty();
}

bool HistoryBacklog::isEmpty() const
{
    const std::lock_guard lock(m_mutex);
    return m_waiting.isEmpty();
}

JobId HistoryBacklog::passOverNewRows()
{
    const std::lock_guard lock(m_mutex);
    m_wokenForNewRows = false;
    return m_waiting.newRows.empty() ? JobId() : m_waiting.newRows.rbegin()->first;
}

} // namespace BitNet
