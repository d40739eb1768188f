// SPDX-License-Identifier: MIT
#include "core/history/recovery.h"

#include "core/history/datafolder.h"
#include "core/history/detailsrow.h"
#include "core/history/historylogging.h"
#include "core/history/jobrow.h"
#include "core/output/outputlog.h"
#include "core/supervisor/treesweep.h"

#include <QFileInfo>
#include <QHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

struct Session
{
    QString tag;
    QString outputFolder;
    bool isThisBoot = false;
    Instant seen;
    bool isClosed = false;
};
using Sessions = QHash<qint64, Session>;

bool readSessions(DatabaseConnection &connection, Sessions &sessions)
{
    const QString boot = currentBootId();
    QSqlQuery query = connection.prepare(
        u"SELECT id, tag, output_folder, boot, seen_at, seen_monotonic, closed_at IS NOT NULL FROM sessions"_s);
    if (!connection.run(query))
        return false;
    while (query.next()) {
        const bool isThisBoot = !boot.isEmpty() && query.value(3).toString() == boot;
        sessions.insert(query.value(0).toLongLong(),
                        {.tag = query.value(1).toString(),
                         .outputFolder = query.value(2).toString(),
                         .isThisBoot = isThisBoot,
                         .seen = {.wall = WallTime(std::chrono::microseconds(query.value(4).toLongLong())),
                                  .monotonic = MonotonicTime(std::chrono::nanoseconds(query.value(5).toLongLong()))},
                         .isClosed = query.value(6).toBool()});
    }
    return true;
}

int sweep(const Sessions &sessions)
{
    int killed = 0;
    for (const Session &session : sessions) {
        // After a restart of the machine nothing of it can be left. The dot makes it the tag of all jobs of the session.
        if (!session.isClosed && session.isThisBoot && !session.tag.isEmpty())
            killed += sweepTagged(session.tag.toLatin1() + '.');
    }
    if (killed > 0)
        qCWarning(historyLog) << killed
                              << "processes of an application that had ended were still there and were killed.";
    return killed;
}

// Jobs that are neither finished nor of use as they are.
struct Unfinished
{
    QList<qint64> started;
    int waiting = 0;
};

bool findUnfinished(DatabaseConnection &connection, const Sessions &sessions, Unfinished &unfinished)
{
    QSqlQuery query = connection.prepare(
        u"SELECT id, state, session, attempts FROM jobs WHERE state <> %1 ORDER BY id"_s.arg(int(JobState::Finished)));
    if (!connection.run(query))
        return false;
    while (query.next()) {
        const JobId id{query.value(0).toULongLong()};
        bool wasStarted = JobState(query.value(1).toInt()) != JobState::Queued;
        if (const auto session = sessions.constFind(query.value(2).toLongLong());
            !wasStarted && session != sessions.cend() && !session->outputFolder.isEmpty()) {
            const int attempt = query.value(3).toInt() + 1;
            wasStarted = QFileInfo::exists(standardOutputFolder(session->outputFolder, id, attempt));
        }
        if (wasStarted)
            unfinished.started.append(qint64(id.value));
        else
            ++unfinished.waiting;
    }
    return true;
}

void measureOutput(JobRecord &record)
{
    OutputLog log;
    if (record.outputFolder.isEmpty() || !log.open(record.outputFolder))
        return;
    record.stdoutBytes = log.size(OutputStreams::Stdout);
    record.stderrBytes = log.size(OutputStreams::Stderr);
    record.droppedBytes = log.droppedBytes();
    record.truncated = record.droppedBytes > 0;
}

// How the job stands in the file now that its application is known to have ended.
JobRecord interrupted(JobRecord record, const Session &session)
{
    if (record.state == JobState::Queued) {
        ++record.attempts;
        record.outputFolder = standardOutputFolder(session.outputFolder, record.id, record.attempts);
    }
    record.state = JobState::Finished;
    record.outcome = Outcome::Interrupted;
    record.reason = u"The application ended while it ran."_s;
    record.pendingReason = PendingReason::None;
    record.paused = false;
    ++record.revision;
    // When exactly is not known: it was there when the application was last heard of.
    record.completed = session.seen;
    for (const std::optional<Instant> &instant :
         {std::optional(record.submitted), record.started, record.firstOutput}) {
        if (instant && instant->monotonic > record.completed->monotonic)
            record.completed = instant;
    }
    measureOutput(record);
    return record;
}

bool interruptJobs(DatabaseConnection &connection, const Sessions &sessions, const QList<qint64> &ids)
{
    QSqlQuery select = connection.prepare(
        u"SELECT %1, details.output_folder FROM jobs LEFT JOIN details ON details.id = jobs.id WHERE jobs.id = ?"_s.arg(
            jobColumnList()));
    QSqlQuery update = connection.prepare(upsertJobStatement());
    for (const qint64 id : ids) {
        select.bindValue(0, QVariant::fromValue<qlonglong>(id));
        if (!connection.run(select) || !select.next())
            return false;
        JobRowContext context{.session = select.value(JobColumn::Session).toLongLong(),
                              .groupId = select.value(JobColumn::GroupId).toLongLong(),
                              .modelId = select.value(JobColumn::ModelId).toLongLong(),
                              .engineId = select.value(JobColumn::EngineId).toLongLong()};
        const Session session = sessions.value(context.session);
        context.sessionFolder = session.outputFolder;
        // The instants of the row and of its session are of one clock, whichever boot that was.
        JobRecord record = recordFromRow(select, true);
        JobSpec spec; // as far as the table jobs holds it; what is in details stays
        spec.kind = JobKind(select.value(JobColumn::Kind).toInt());
        const QString name = select.value(JobColumn::Name).toString();
        const bool isNamed = select.value(JobColumn::IsNamed).toInt() != 0;
        (isNamed ? spec.name : spec.command.emplace_back()) = name;
        record.spec = std::make_shared<const JobSpec>(spec);
        switch (OutputPlace(select.value(JobColumn::Output).toInt())) {
        case OutputPlace::SessionFolder:
            record.outputFolder = standardOutputFolder(session.outputFolder, record.id, record.attempts);
            break;
        case OutputPlace::Elsewhere:
            record.outputFolder = select.value(JobColumn::Count).toString();
            break;
        case OutputPlace::None:
        case OutputPlace::Removed:
            break;
        }
        select.finish();
        bindJob(update, interrupted(std::move(record), session), context);
        if (!connection.run(update))
            return false;
    }
    return true;
}

} // namespace

bool recover(DatabaseConnection &connection, Recovery *recovery)
{
    Sessions sessions;
    Unfinished unfinished;
    if (!readSessions(connection, sessions))
        return false;
    const int swept = sweep(sessions);
    if (!findUnfinished(connection, sessions, unfinished))
        return false;
    *recovery = {.interruptedJobs = int(unfinished.started.size()),
                 .waitingJobs = unfinished.waiting,
                 .sweptProcesses = swept,
                 .wasKilled = std::any_of(sessions.cbegin(), sessions.cend(),
                                          [](const Session &session) { return !session.isClosed; })};
    if (!connection.begin())
        return false;
    const bool ok = interruptJobs(connection, sessions, unfinished.started)
        && connection.execute(u"UPDATE jobs SET paused = 1, pending_reason = %1 WHERE state = %2"_s.arg(
            QString::number(int(PendingReason::Held)), QString::number(int(JobState::Queued))))
        && connection.execute(u"UPDATE sessions SET closed_at = seen_at WHERE closed_at IS NULL"_s)
        && connection.commit();
    if (!ok)
        connection.rollback();
    return ok;
}

} // namespace BitNet
