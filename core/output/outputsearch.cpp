// SPDX-License-Identifier: MIT
#include "core/output/outputsearch.h"

#include <QElapsedTimer>
#include <QPromise>
#include <QtConcurrentRun>

#include <algorithm>

namespace BitNet {

using namespace std::chrono_literals;

static constexpr qint64 groupSize = 64 * 1024;
static constexpr qint64 sliceSize = 1024 * 1024;
static constexpr std::size_t cachedGroups = 8;

// What a worker needs; nothing of it is shared.
struct OutputSearch::Task
{
    QString folder;
    OutputStreams streams;
    std::optional<qint64> to;
    Batch batch; // where to go on from

    void operator()(QPromise<Batch> &promise)
    {
        OutputLog log;
        if (!log.open(folder))
            return;
        const qint64 end = std::min(to.value_or(log.size()), log.size());
        OutputSlice slice;
        std::vector<OutputHit> hits;
        QElapsedTimer sinceReport;
        sinceReport.start();
        qint64 lastBlock = batch.groups.empty() ? -1 : batch.groups.back().first / groupSize;
        batch.groups.clear();
        while (batch.searchedTo < end && !promise.isCanceled()) {
            const qint64 next = std::min(batch.searchedTo + sliceSize, end);
            log.slice(streams, batch.searchedTo, next, slice);
            hits.clear();
            batch.scanner.scan(slice, hits);
            for (const OutputHit &hit : hits) {
                if (hit.begin / groupSize != lastBlock) {
                    lastBlock = hit.begin / groupSize;
                    batch.groups.push_back({hit.begin, batch.hitCount});
                }
                ++batch.hitCount;
            }
            batch.searchedTo = next;
            if (sinceReport.elapsed() >= 50) {
                promise.addResult(batch);
                batch.groups.clear();
                sinceReport.restart();
            }
        }
        promise.addResult(std::move(batch));
    }
};

OutputSearch::OutputSearch(const OutputLog *log, QObject *parent)
    : QObject(parent)
    , m_log(log)
{
    connect(&m_watcher, &QFutureWatcher<Batch>::resultReadyAt, this,
            [this](int index) { take(m_watcher.future().resultAt(index)); });
    connect(&m_watcher, &QFutureWatcher<Batch>::finished, this, &OutputSearch::settle);
    // A flooding job grows thousands of times a second.
    m_extendTimer.setSingleShot(true);
    m_extendTimer.setInterval(50ms);
    connect(&m_extendTimer, &QTimer::timeout, this, [this] {
        if (!m_running)
            launch();
    });
}

OutputSearch::~OutputSearch()
{
    m_watcher.cancel();
}

void OutputSearch::start(const BytePattern &pattern, OutputStreams streams, qint64 from, std::optional<qint64> to)
{
    clear();
    if (pattern.isEmpty())
        return;
    m_pattern = pattern;
    m_streams = streams;
    m_from = from;
    m_to = to;
    m_searchedTo = from;
    m_scanner = PatternScanner(pattern, streams);
    launch();
}

void OutputSearch::launch()
{
    m_running = true;
    Task task{m_log->folder(), m_streams, m_to, {{}, m_hitCount, m_searchedTo, m_scanner}};
    if (!m_groups.empty())
        task.batch.groups.push_back(m_groups.back());
    m_watcher.setFuture(QtConcurrent::run(std::move(task)));
}

void OutputSearch::extend()
{
    if (!isActive() || m_extendTimer.isActive())
        return;
    if (m_log->size() < m_searchedTo)
        start(BytePattern(m_pattern), m_streams, m_from, m_to); // its end was taken back
    else if (m_log->size() > m_searchedTo && (!m_to || m_searchedTo < *m_to))
        m_extendTimer.start();
}

void OutputSearch::clear()
{
    m_extendTimer.stop();
    if (m_running) {
        m_watcher.cancel();
        m_watcher.setFuture({}); // nothing of the old search arrives any more
    }
    m_running = false;
    m_pattern = {};
    m_hitCount = 0;
    m_searchedTo = 0;
    m_scanner = {};
    m_groups.clear();
    m_cache.clear();
}

void OutputSearch::take(const Batch &batch)
{
    if (!m_running)
        return;
    // The last known group may have got more hits.
    if (!m_groups.empty() && !m_cache.empty())
        std::erase_if(m_cache, [this](const CachedGroup &cached) { return cached.group + 1 == m_groups.size(); });
    m_groups.insert(m_groups.end(), batch.groups.begin(), batch.groups.end());
    m_hitCount = batch.hitCount;
    m_searchedTo = batch.searchedTo;
    m_scanner = batch.scanner;
    Q_EMIT progressed();
}

void OutputSearch::settle()
{
    if (!m_running)
        return;
    m_running = false;
    Q_EMIT finished();
    extend();
}

qint64 OutputSearch::hitsUpTo(std::size_t group) const
{
    return group + 1 < m_groups.size() ? m_groups[group + 1].hitsBefore : m_hitCount;
}

const std::vector<OutputHit> &OutputSearch::hitsOf(std::size_t group) const
{
    const auto cached = std::find_if(m_cache.begin(), m_cache.end(),
                                     [group](const CachedGroup &candidate) { return candidate.group == group; });
    if (cached != m_cache.end()) {
        std::rotate(m_cache.begin(), cached, cached + 1);
        return m_cache.front().hits;
    }

    CachedGroup found{group, {}};
    const auto wanted = std::size_t(hitsUpTo(group) - m_groups[group].hitsBefore);
    PatternScanner scanner(m_pattern, m_streams);
    OutputSlice slice;
    // The search of this group began at its first hit; from there the same hits are met again.
    for (qint64 at = m_groups[group].first; at < m_searchedTo && found.hits.size() < wanted; at += groupSize) {
        m_log->slice(m_streams, at, std::min(at + groupSize, m_searchedTo), slice);
        scanner.scan(slice, found.hits);
    }
    found.hits.resize(std::min(found.hits.size(), wanted));
    if (m_cache.size() >= cachedGroups)
        m_cache.pop_back();
    m_cache.insert(m_cache.begin(), std::move(found));
    return m_cache.front().hits;
}

std::optional<OutputHit> OutputSearch::hit(qint64 number) const
{
    if (number < 0 || number >= m_hitCount)
        return std::nullopt;
    const auto after = std::upper_bound(m_groups.begin(), m_groups.end(), number,
                                        [](qint64 value, const Group &group) { return value < group.hitsBefore; });
    const auto group = std::size_t(after - m_groups.begin()) - 1;
    const std::vector<OutputHit> &hits = hitsOf(group);
    const auto place = std::size_t(number - m_groups[group].hitsBefore);
    return place < hits.size() ? std::optional(hits[place]) : std::nullopt;
}

std::optional<OutputSearch::Numbered> OutputSearch::firstFrom(qint64 offset) const
{
    const auto after = std::upper_bound(m_groups.begin(), m_groups.end(), offset,
                                        [](qint64 value, const Group &group) { return value < group.first; });
    for (std::size_t group = std::size_t(std::max<std::ptrdiff_t>(after - m_groups.begin() - 1, 0));
         group < m_groups.size(); ++group) {
        const std::vector<OutputHit> &hits = hitsOf(group);
        const auto hit =
            std::lower_bound(hits.begin(), hits.end(), offset,
                             [](const OutputHit &candidate, qint64 value) { return candidate.begin < value; });
        if (hit != hits.end())
            return Numbered{m_groups[group].hitsBefore + (hit - hits.begin()), *hit};
    }
    return std::nullopt;
}

std::optional<OutputSearch::Numbered> OutputSearch::lastBefore(qint64 offset) const
{
    const std::optional<Numbered> next = firstFrom(offset);
    const qint64 number = (next ? next->number : m_hitCount) - 1;
    const std::optional<OutputHit> previous = hit(number);
    return previous ? std::optional(Numbered{number, *previous}) : std::nullopt;
}

QList<OutputSearch::Numbered> OutputSearch::hitsIn(qint64 from, qint64 to, qsizetype maximum) const
{
    QList<Numbered> found;
    std::optional<Numbered> next = lastBefore(from);
    if (!next || next->hit.end <= from)
        next = firstFrom(from);
    if (!next)
        return found;
    const auto after = std::upper_bound(m_groups.begin(), m_groups.end(), next->number,
                                        [](qint64 value, const Group &group) { return value < group.hitsBefore; });
    for (auto group = std::size_t(after - m_groups.begin()) - 1; group < m_groups.size(); ++group) {
        if (m_groups[group].first >= to)
            break;
        const std::vector<OutputHit> &hits = hitsOf(group);
        for (std::size_t i = 0; i < hits.size(); ++i) {
            const qint64 number = m_groups[group].hitsBefore + qint64(i);
            if (number < next->number)
                continue;
            if (hits[i].begin >= to || found.size() >= maximum)
                return found;
            found.append({number, hits[i]});
        }
    }
    return found;
}

} // namespace BitNet
