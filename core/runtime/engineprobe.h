// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/briefprogram.h"
#include "core/runtime/engineflags.h"

#include <QFuture>
#include <QHash>
#include <QPromise>
#include <QString>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace BitNet {

// Learns an engine's flags by running its --help, once per binary: the answer is kept for as long as the file at that path
// keeps its size and its time of modification. Callers that come while a probe runs share it. Thread-safe; needs no event
// loop of the caller's.
class EngineProbe
{
public:
    struct Settings
    {
        BriefProgramRunner::Limits limits = {};
        // A probe that failed is not repeated for this long, so that a hanging engine does not delay every prompt.
        std::chrono::milliseconds retryAfter = std::chrono::minutes(1);
    };

    EngineProbe();
    explicit EngineProbe(Settings settings);
    // Open futures finish with unknown flags. Must not be run by a continuation of one of them that is not Async.
    ~EngineProbe();

    // Each call gives a future of its own, to which one continuation can be attached. Never fails, never is empty.
    QFuture<EngineFlags> flags(const QString &binary);
    // What a finished probe said of the binary as it is now; starts nothing.
    std::optional<EngineFlags> knownFlags(const QString &binary) const;

private:
    struct Identity
    {
        quint64 device = 0;
        quint64 inode = 0;
        qint64 size = -1;
        qint64 modifiedSeconds = 0;
        qint64 modifiedNanoseconds = 0;
        friend bool operator==(const Identity &, const Identity &) = default;
    };
    struct Entry
    {
        Identity identity = {};
        std::optional<EngineFlags> flags = std::nullopt; // nothing while the probe runs
        std::chrono::steady_clock::time_point finishedAt = {};
        std::vector<QPromise<EngineFlags>> waiting = {};
    };

    static Identity identityOf(const QString &binary);
    bool isValid(const Entry &entry, const Identity &identity) const;
    void finish(const std::shared_ptr<Entry> &entry, const BriefResult &result);

    const Settings m_settings;
    mutable std::mutex m_mutex; // guards the entries
    QHash<QString, std::shared_ptr<Entry>> m_entries; // by path
    BriefProgramRunner m_runner; // last: its programs report to the members above
};

} // namespace BitNet
