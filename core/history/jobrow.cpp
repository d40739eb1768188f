// SPDX-License-Identifier: MIT
#include "core/history/jobrow.h"

#include <QStringList>
#include <QVariant>

using namespace Qt::StringLiterals;

namespace BitNet {

// The numbers are in files: a change of one of these enumerations needs a migration.
static_assert(int(JobState::Queued) == 0 && int(JobState::Starting) == 1 && int(JobState::Running) == 2
              && int(JobState::Finished) == 3);
static_assert(int(Outcome::Succeeded) == 0 && int(Outcome::Failed) == 1 && int(Outcome::Crashed) == 2
              && int(Outcome::TimedOut) == 3 && int(Outcome::Expired) == 4 && int(Outcome::Cancelled) == 5
              && int(Outcome::FailedToStart) == 6 && int(Outcome::Interrupted) == 7 && int(Outcome::Lost) == 8);
static_assert(int(PendingReason::None) == 0 && int(PendingReason::WaitingForSlot) == 1 && int(PendingReason::Held) == 2
              && int(PendingReason::WaitingForJob) == 3 && int(PendingReason::WaitingForResource) == 4
              && int(PendingReason::Delayed) == 5 && int(PendingReason::WaitingForServer) == 6);
static_assert(int(JobKind::Inference) == 0 && int(JobKind::Server) == 1 && int(JobKind::Custom) == 2);

static constexpr std::array columnNames = {
    "id"_L1,
    "session"_L1,
    "state"_L1,
    "outcome"_L1,
    "kind"_L1,
    "kept"_L1,
    "group_id"_L1,
    "model_id"_L1,
    "engine_id"_L1,
    "submitted_at"_L1,
    "queue_wait"_L1,
    "run_time"_L1,
    "latency"_L1,
    "ttft"_L1,
    "started_at"_L1,
    "completed_at"_L1,
    "exit_code"_L1,
    "attempts"_L1,
    "priority"_L1,
    "peak_rss"_L1,
    "cpu_time"_L1,
    "stdout_bytes"_L1,
    "stderr_bytes"_L1,
    "dropped_bytes"_L1,
    "output"_L1,
    "prompt_tokens"_L1,
    "output_tokens"_L1,
    "prefill_tps"_L1,
    "decode_tps"_L1,
    "load_ms"_L1,
    "prefill_ms"_L1,
    "decode_ms"_L1,
    "name"_L1,
    "is_named"_L1,
    "revision"_L1,
    "paused"_L1,
    "pending_reason"_L1,
    "queue_position"_L1,
    "pid"_L1,
    "submitted_monotonic"_L1,
    "first_output"_L1,
    "first_output_at"_L1,
    "paused_time"_L1,
    "signal"_L1,
    "leftover_processes"_L1,
    "unkillable"_L1,
    "truncated"_L1,
    "reason"_L1,
    "stop_reason"_L1,
};
static_assert(columnNames.size() == JobColumn::Count);

QString standardOutputFolder(const QString &sessionFolder, JobId id, int attempts)
{
    QString folder = sessionFolder + u'/' + QString::number(id.value);
    if (attempts > 1)
        folder += u'.' + QString::number(attempts);
    return folder;
}

OutputPlace outputPlace(const JobRecord &record, const QString &sessionFolder)
{
    if (record.outputFolder.isEmpty())
        return OutputPlace::None;
    return record.outputFolder == standardOutputFolder(sessionFolder, record.id, record.attempts)
        ? OutputPlace::SessionFolder
        : OutputPlace::Elsewhere;
}

QString upsertJobStatement()
{
    QStringList names;
    QStringList marks;
    QStringList changes;
    for (size_t i = 0; i < columnNames.size(); ++i) {
        const QString column = columnNames[i];
        names.append(column);
        marks.append(u"?"_s);
        if (i != JobColumn::Id && i != JobColumn::Kept)
            changes.append(column + u" = excluded."_s + column);
    }
    return u"INSERT INTO jobs ("_s + names.join(u", "_s) + u") VALUES ("_s + marks.join(u", "_s)
        + u") ON CONFLICT (id) DO UPDATE SET "_s + changes.join(u", "_s)
        + u" WHERE excluded.session <> session OR excluded.revision > revision"_s;
}

QString jobColumnList()
{
    QStringList names;
    for (const QLatin1String column : columnNames)
        names.append(u"jobs."_s + column);
    return names.join(u", "_s);
}

namespace {

QVariant number(qint64 value)
{
    return QVariant::fromValue<qlonglong>(value);
}

template<typename Value>
QVariant number(const std::optional<Value> &value)
{
    if (!value)
        return {};
    if constexpr (std::is_floating_point_v<Value>)
        return double(*value);
    else if constexpr (std::is_arithmetic_v<Value> || std::is_enum_v<Value>)
        return number(qint64(*value));
    else
        return number(qint64(value->count())); // a duration
}

QVariant wall(const std::optional<Instant> &instant)
{
    return instant ? number(microseconds(instant->wall)) : QVariant();
}

std::optional<std::chrono::nanoseconds> sinceSubmitted(const JobRecord &record, const std::optional<Instant> &instant)
{
    if (!instant)
        return std::nullopt;
    return instant->monotonic - record.submitted.monotonic;
}

} // namespace

void bindJob(QSqlQuery &query, const JobRecord &record, const JobRowContext &context)
{
    const JobSpec &spec = *record.spec;
    int position = 0;
    // In the order of JobColumn.
    for (const QVariant &value : {
             number(qint64(record.id.value)),
             number(context.session),
             number(qint64(record.state)),
             number(record.outcome),
             number(qint64(spec.kind)),
             number(0),
             number(context.groupId),
             number(context.modelId),
             number(context.engineId),
             number(microseconds(record.submitted.wall)),
             number(record.queueWait()),
             number(record.runTime()),
             number(record.latency()),
             number(record.ttft),
             wall(record.started),
             wall(record.completed),
             number(record.exitCode),
             number(record.attempts),
             number(record.priority),
             number(record.peakRssBytes),
             number(record.cpuTime),
             number(record.stdoutBytes),
             number(record.stderrBytes),
             number(record.droppedBytes),
             number(qint64(outputPlace(record, context.sessionFolder))),
             number(record.timings.promptTokens),
             number(record.timings.outputTokens),
             number(record.timings.prefillTps),
             number(record.timings.decodeTps),
             number(record.timings.loadMs),
             number(record.timings.prefillMs),
             number(record.timings.decodeMs),
             QVariant(displayName(spec)),
             number(spec.name.isEmpty() ? 0 : 1),
             number(record.revision),
             number(record.paused ? 1 : 0),
             number(qint64(record.pendingReason)),
             number(record.queuePosition),
             number(record.pid),
             number(record.submitted.monotonic.time_since_epoch().count()),
             number(sinceSubmitted(record, record.firstOutput)),
             wall(record.firstOutput),
             number(record.pausedTime.count()),
             number(record.signal),
             number(record.leftoverProcesses),
             number(record.unkillable ? 1 : 0),
             number(record.truncated ? 1 : 0),
             record.reason.isEmpty() ? QVariant() : QVariant(record.reason),
             record.stopReason.isEmpty() ? QVariant() : QVariant(record.stopReason),
         }) {
        query.bindValue(position++, value);
    }
    Q_ASSERT(position == JobColumn::Count);
}

namespace {

class Row
{
public:
    explicit Row(const QSqlQuery &query)
        : m_query(query)
    {
    }

    qint64 integer(JobColumn::Column column) const { return m_query.value(column).toLongLong(); }
    bool truth(JobColumn::Column column) const { return integer(column) != 0; }
    QString text(JobColumn::Column column) const { return m_query.value(column).toString(); }

    template<typename Value>
    std::optional<Value> optional(JobColumn::Column column) const
    {
        const QVariant value = m_query.value(column);
        if (value.isNull())
            return std::nullopt;
        if constexpr (std::is_floating_point_v<Value>)
            return value.toDouble();
        else
            return Value(value.toLongLong());
    }

private:
    const QSqlQuery &m_query;
};

WallTime wallTime(qint64 microsecondsSinceEpoch)
{
    return WallTime(std::chrono::microseconds(microsecondsSinceEpoch));
}

} // namespace

JobRecord recordFromRow(const QSqlQuery &query, bool isThisBoot)
{
    using std::chrono::nanoseconds;
    const Row row(query);
    JobRecord record;
    record.id = {quint64(row.integer(JobColumn::Id))};
    record.revision = quint32(row.integer(JobColumn::Revision));
    record.state = JobState(row.integer(JobColumn::State));
    record.paused = row.truth(JobColumn::Paused);
    record.pendingReason = PendingReason(row.integer(JobColumn::PendingReason));
    record.outcome = row.optional<Outcome>(JobColumn::Outcome);
    record.reason = row.text(JobColumn::Reason);
    record.stopReason = row.text(JobColumn::StopReason);
    record.priority = int(row.integer(JobColumn::Priority));
    record.queuePosition = row.integer(JobColumn::QueuePosition);
    record.attempts = int(row.integer(JobColumn::Attempts));
    record.pid = row.integer(JobColumn::Pid);

    const nanoseconds base(isThisBoot ? row.integer(JobColumn::SubmittedMonotonic) : 0);
    record.submitted = {.wall = wallTime(row.integer(JobColumn::SubmittedAt)), .monotonic = MonotonicTime(base)};
    const auto instant = [&](JobColumn::Column wall, JobColumn::Column sinceSubmitted) -> std::optional<Instant> {
        const auto at = row.optional<qint64>(wall);
        if (!at)
            return std::nullopt;
        return Instant{.wall = wallTime(*at),
                       .monotonic = MonotonicTime(base + nanoseconds(row.integer(sinceSubmitted)))};
    };
    record.started = instant(JobColumn::StartedAt, JobColumn::QueueWait);
    record.firstOutput = instant(JobColumn::FirstOutputAt, JobColumn::FirstOutput);
    record.completed = instant(JobColumn::CompletedAt, JobColumn::Latency);
    record.pausedTime = nanoseconds(row.integer(JobColumn::PausedTime));

    record.exitCode = row.optional<int>(JobColumn::ExitCode);
    record.signal = row.optional<int>(JobColumn::Signal);
    record.leftoverProcesses = int(row.integer(JobColumn::LeftoverProcesses));
    record.unkillable = row.truth(JobColumn::Unkillable);
    record.stdoutBytes = row.integer(JobColumn::StdoutBytes);
    record.stderrBytes = row.integer(JobColumn::StderrBytes);
    record.droppedBytes = row.integer(JobColumn::DroppedBytes);
    record.truncated = row.truth(JobColumn::Truncated);
    record.peakRssBytes = row.optional<qint64>(JobColumn::PeakRss);
    record.cpuTime = row.optional<std::chrono::microseconds>(JobColumn::CpuTime);
    record.ttft = row.optional<nanoseconds>(JobColumn::Ttft);
    record.timings = {.loadMs = row.optional<double>(JobColumn::LoadMs),
                      .prefillMs = row.optional<double>(JobColumn::PrefillMs),
                      .decodeMs = row.optional<double>(JobColumn::DecodeMs),
                      .promptTokens = row.optional<qint64>(JobColumn::PromptTokens),
                      .outputTokens = row.optional<qint64>(JobColumn::OutputTokens),
                      .prefillTps = row.optional<double>(JobColumn::PrefillTps),
                      .decodeTps = row.optional<double>(JobColumn::DecodeTps)};
    return record;
}

} // namespace BitNet
