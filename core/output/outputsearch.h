// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/bytepattern.h"
#include "core/output/outputlog.h"
#include "core/output/patternscanner.h"

#include <QFutureWatcher>
#include <QObject>
#include <QTimer>

#include <optional>
#include <vector>

namespace BitNet {

// Finds every occurrence of a pattern in a job's output, in the background (QtConcurrent; it reads the files by itself).
// Any number of hits costs little memory: what is kept is how many there are in each 64 KiB, the places themselves are
// found again when they are asked for.
//
// Lives in one thread, the one of its log, and needs an event loop there.
class OutputSearch : public QObject
{
    Q_OBJECT
public:
    // The log must outlive the search, and is used for asking places only.
    explicit OutputSearch(const OutputLog *log, QObject *parent = nullptr);
    ~OutputSearch() override;

    // Begins anew, in the range of output.log [from, to); without an end the range reaches to the end of the output, and
    // extend() takes it further. An empty pattern is like clear().
    void start(const BytePattern &pattern, OutputStreams streams = OutputStreams::Both, qint64 from = 0,
               std::optional<qint64> to = std::nullopt);
    // The output has grown: what is new is searched too. Cheap; call it at every OutputLog::grown().
    void extend();
    // Stops and forgets all. No signal comes for it.
    void clear();

    // A pattern is set.
    bool isActive() const { return !m_pattern.isEmpty(); }
    bool isRunning() const { return m_running; }
    // Found so far. Final when not running.
    qint64 hitCount() const { return m_hitCount; }
    // Offset of output.log up to which it is known.
    qint64 searchedTo() const { return m_searchedTo; }

    // A hit with its number, counted from 0 in the order of the output.
    struct Numbered
    {
        qint64 number = 0;
        OutputHit hit = {};
    };
    // 0 <= number < hitCount().
    std::optional<OutputHit> hit(qint64 number) const;
    // The first hit that begins at or after offset.
    std::optional<Numbered> firstFrom(qint64 offset) const;
    // The last hit that begins before offset.
    std::optional<Numbered> lastBefore(qint64 offset) const;
    // The hits that touch [from, to), at most maximum of them.
    QList<Numbered> hitsIn(qint64 from, qint64 to, qsizetype maximum = 10'000) const;

Q_SIGNALS:
    // hitCount() or searchedTo() changed; at most about 20 times a second.
    void progressed();
    // The range was searched to its end. Once a start(), and once for each growth that was searched.
    void finished();

private:
    // The hits whose begin lies in one block of 64 KiB.
    struct Group
    {
        qint64 first = 0; // begin of its first hit
        qint64 hitsBefore = 0; // in all groups before
    };
    struct Batch
    {
        std::vector<Group> groups;
        qint64 hitCount = 0;
        qint64 searchedTo = 0;
        PatternScanner scanner;
    };
    struct Task;

    void launch();
    void take(const Batch &batch);
    void settle();
    const std::vector<OutputHit> &hitsOf(std::size_t group) const;
    qint64 hitsUpTo(std::size_t group) const; // including that group

    const OutputLog *const m_log;
    BytePattern m_pattern;
    OutputStreams m_streams = OutputStreams::Both;
    qint64 m_from = 0;
    std::optional<qint64> m_to;
    QFutureWatcher<Batch> m_watcher;
    QTimer m_extendTimer;
    bool m_running = false;
    qint64 m_hitCount = 0;
    qint64 m_searchedTo = 0;
    PatternScanner m_scanner; // as it stood at m_searchedTo
    std::vector<Group> m_groups;

    struct CachedGroup
    {
        std::size_t group = 0;
        std::vector<OutputHit> hits;
    };
    mutable std::vector<CachedGroup> m_cache; // last used first
};

} // namespace BitNet
