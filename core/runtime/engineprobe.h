// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/briefprogram.h"
#include "core/runtime/engineflags.h"

#include <QFuture>
#include <QHash>
#include <QPromise>
#include <QString>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace BitNet {

// Learns what an engine's program is by running it with --help or the like, once per binary and argument: the answer is kept
// for as long as the file at that path keeps its size and its time of modification. Callers that come while a probe runs
// share it. Thread-safe; needs no event loop of the caller's.
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
    // Open futures finish with unknown flags, or a problem. Must not be run by a continuation of one of them that is not Async.
    ~EngineProbe();

    // Each call gives a future of its own, to which one continuation can be attached. Never fails, never is empty.
    QFuture<EngineFlags> flags(const QString &binary);
    // What a finished probe said of the binary as it is now; starts nothing.
    std::optional<EngineFlags> knownFlags(const QString &binary) const;
    // What the program prints when it is run with this argument alone ("--version"). Only for arguments that make it print
    // something and end. Like flags().
    QFuture<BriefResult> answer(const QString &binary, const QString &argument);

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
        std::optional<BriefResult> result = std::nullopt; // nothing while the probe runs
        EngineFlags flags = {}; // read from the result, when it was asked for its --help
        bool isGood = false;
        std::chrono::steady_clock::time_point finishedAt = {};
        std::vector<std::function<void(const Entry &)>> waiting = {};
    };
    using Question = std::pair<QString, QString>; // path and argument

    static Identity identityOf(const QString &binary);
    bool isValid(const Entry &entry, const Identity &identity) const;
    // Calls take with the answer: at once when it is known, or in the runner's thread.
    void ask(const Question &question, std::function<void(const Entry &)> take);
    void finish(const Question &question, const std::shared_ptr<Entry> &entry, BriefResult result);

    const Settings m_settings;
    mutable std::mutex m_mutex; // guards the entries
    QHash<Question, std::shared_ptr<Entry>> m_entries;
    BriefProgramRunner m_runner; // last: its programs report to the members above
};

} // namespace BitNet
