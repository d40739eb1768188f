// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QLatin1String>
#include <QSqlQuery>
#include <QString>

#include <array>
#include <optional>

namespace BitNet {

// The columns of the table jobs, in its order.
namespace JobColumn {
enum Column {
    Id,
    Session,
    State,
    Outcome,
    Kind,
    Kept,
    GroupId,
    ModelId,
    EngineId,
    SubmittedAt,
    QueueWait,
    RunTime,
    Latency,
    Ttft,
    StartedAt,
    CompletedAt,
    ExitCode,
    Attempts,
    Priority,
    PeakRss,
    CpuTime,
    StdoutBytes,
    StderrBytes,
    DroppedBytes,
    Output,
    PromptTokens,
    OutputTokens,
    PrefillTps,
    DecodeTps,
    LoadMs,
    PrefillMs,
    DecodeMs,
    Name,
    IsNamed,
    Revision,
    Paused,
    PendingReason,
    QueuePosition,
    Pid,
    SubmittedMonotonic,
    FirstOutput,
    FirstOutputAt,
    PausedTime,
    Signal,
    LeftoverProcesses,
    Unkillable,
    Truncated,
    Reason,
    StopReason,
    Count,
};
} // namespace JobColumn

// jobs.output
enum class OutputPlace {
    None = 0, // it was never started
    SessionFolder = 1, // where standardOutputFolder() says
    Elsewhere = 2, // in details.output_folder
    Removed = 3, // by retention or by a person
};

// Where a supervisor puts a job's output within its own folder.
QString standardOutputFolder(const QString &sessionFolder, JobId id, int attempts);

// What a row says beside the record itself.
struct JobRowContext
{
    qint64 session = 0;
    QString sessionFolder = {}; // the session's output folder
    qint64 groupId = 0;
    qint64 modelId = 0;
    qint64 engineId = 0;
};

// Writes a row, or a newer snapshot over an older one of the same job: a job's "kept" mark stays as it is, and so does a
// row that is as new.
QString upsertJobStatement();
void bindJob(QSqlQuery &query, const JobRecord &record, const JobRowContext &context);
OutputPlace outputPlace(const JobRecord &record, const QString &sessionFolder);

// "jobs.id, jobs.session, …", in the order of JobColumn.
QString jobColumnList();
// The record of a row whose first columns are jobColumnList(), without its spec and output folder. Its monotonic times
// have the right distances; they are true instants only when isThisBoot says that they are of the machine's present boot.
JobRecord recordFromRow(const QSqlQuery &row, bool isThisBoot);

inline qint64 microseconds(WallTime time)
{
    return time.time_since_epoch().count();
}

} // namespace BitNet
