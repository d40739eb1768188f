// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>
#include <QVariant>

#include <chrono>
#include <optional>

namespace BitNet {

// Which jobs. All conditions hold at once; an empty one holds for every job.
struct HistoryFilter
{
    std::optional<WallTime> since = std::nullopt; // submitted then or later
    std::optional<WallTime> until = std::nullopt; // submitted before then
    // Ended then or later, and before then; where no end was recorded the submission counts. Only jobs that have ended.
    std::optional<WallTime> endedSince = std::nullopt;
    std::optional<WallTime> endedUntil = std::nullopt;
    QList<JobState> states = {}; // one of these; the same for the lists below
    QList<Outcome> outcomes = {}; // a job that has not ended has none
    QList<JobKind> kinds = {};
    QStringList groups = {}; // an empty one among them: jobs without
    QStringList models = {};
    QStringList engines = {};
    // Parts of it, as shown; letters A to Z match in either case.
    QString name = {};
    // Somewhere in name, group, model, prompt or command (words joined by spaces); the first 2000 characters of the last
    // two. Case as above.
    QString text = {};
    std::optional<bool> kept = std::nullopt;

    friend bool operator==(const HistoryFilter &, const HistoryFilter &) = default;
};

// Jobs that don't have what is sorted by come last, whatever the order.
enum class HistorySort {
    Id, // the order of submission, and the fastest
    Submitted,
    Started,
    Completed,
    QueueWait,
    RunTime,
    Latency,
    Ttft,
    Name,
    Group,
    Model,
    Kind,
    Outcome, // jobs that have not ended first, by state
    ExitCode,
    Attempts,
    Priority,
    PeakRss,
    CpuTime,
    OutputBytes,
    PromptTokens,
    OutputTokens,
    PrefillTps,
    DecodeTps,
};

// Where a page ended: what the next one begins behind. Opaque.
struct HistoryCursor
{
    QVariant key = {};
    quint64 id = 0;
};

struct HistoryPageRequest
{
    HistoryFilter filter = {};
    HistorySort sort = HistorySort::Id;
    Qt::SortOrder order = Qt::DescendingOrder; // jobs that are equal in it: by id, in the same direction
    int limit = 100; // 1..10000 (clamped)
    // Either of them, or none: begin behind a page that was read before (as fast as the first), or at a row (slower the
    // further it is).
    std::optional<HistoryCursor> after = std::nullopt;
    qint64 offset = 0;
};

// One job as it is recorded.
struct HistoryEntry
{
    // The whole record. Its instants are those of the clocks when they were taken in this boot of the machine; otherwise
    // their wall times and all durations are right, and the monotonic times are as long ago as the wall clock says.
    JobRecord record = {};
    bool kept = false;
    bool outputRemoved = false; // there was output, and retention or a person removed it; record.outputFolder is empty
    QStringList withheldSecrets = {}; // names of what was left out of the spec
};

struct HistoryPage
{
    QList<HistoryEntry> entries = {};
    // Behind the last entry; nothing when the page is not full: there are no more.
    std::optional<HistoryCursor> next = std::nullopt;
    // Why there is nothing to show although there may be jobs; empty when all is well.
    QString error = {};
};

// What latency statistics need of one finished or unfinished job, without its texts.
struct HistorySample
{
    JobId id = {};
    JobKind kind = JobKind::Custom;
    JobState state = JobState::Queued;
    std::optional<Outcome> outcome = std::nullopt;
    int group = 0; // indices into HistorySamples::texts; 0 is the empty text
    int model = 0;
    int engine = 0;
    WallTime submitted = {};
    std::optional<WallTime> completed = std::nullopt;
    std::optional<std::chrono::nanoseconds> queueWait = std::nullopt;
    std::optional<std::chrono::nanoseconds> ttft = std::nullopt;
    std::optional<std::chrono::nanoseconds> runTime = std::nullopt;
    std::optional<std::chrono::nanoseconds> latency = std::nullopt;
    std::optional<double> loadMs = std::nullopt;
    std::optional<double> prefillMs = std::nullopt;
    std::optional<double> decodeMs = std::nullopt;
    std::optional<qint64> promptTokens = std::nullopt;
    std::optional<qint64> outputTokens = std::nullopt;
};

struct HistorySamples
{
    QList<HistorySample> samples = {}; // by id
    QStringList texts = {};
    QString error = {}; // as in HistoryPage
};

} // namespace BitNet

Q_DECLARE_METATYPE(BitNet::HistoryPage)
