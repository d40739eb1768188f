// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/instancelock.h"
#include "core/history/jobhistory.h"
#include "core/jobs/jobrecord.h"

#include <QCoreApplication>
#include <QFutureWatcher>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace BitNet::Testing {

// An instant that lies so long after 2026-11-23 21:42:35.000001 UTC, which is 1000 s on the monotonic clock.
inline Instant instantAfter(std::chrono::nanoseconds duration)
{
    return {.wall = WallTime(std::chrono::microseconds(1'795'470'155'000'001)
                             + std::chrono::duration_cast<std::chrono::microseconds>(duration)),
            .monotonic = MonotonicTime(std::chrono::seconds(1000) + duration)};
}

inline JobRecord queuedRecord(quint64 id, JobSpec spec = {.command = {QStringLiteral("/bin/true")}})
{
    JobRecord record;
    record.id = {id};
    record.priority = spec.priority;
    record.paused = spec.held;
    record.pendingReason = spec.held ? PendingReason::Held : PendingReason::WaitingForSlot;
    // Ids that a history gives while its file is locked are times: too many seconds for a duration.
    record.submitted = instantAfter(std::chrono::seconds(id % 1'000'000'000));
    record.queuePosition = qint64(id);
    record.spec = std::make_shared<const JobSpec>(std::move(spec));
    record.revision = 1;
    return record;
}

inline JobRecord startingRecord(JobRecord record, const QString &sessionFolder)
{
    record.state = JobState::Starting;
    record.pendingReason = PendingReason::None;
    record.attempts = 1;
    record.outputFolder = sessionFolder + u'/' + QString::number(record.id.value);
    ++record.revision;
    return record;
}

inline JobRecord runningRecord(JobRecord record, const QString &sessionFolder,
                               std::chrono::nanoseconds queueWait = std::chrono::milliseconds(20))
{
    record = startingRecord(std::move(record), sessionFolder);
    record.state = JobState::Running;
    record.pid = 4242;
    record.started =
        Instant{.wall = record.submitted.wall + std::chrono::duration_cast<std::chrono::microseconds>(queueWait),
                .monotonic = record.submitted.monotonic + queueWait};
    ++record.revision;
    return record;
}

inline JobRecord finishedRecord(JobRecord record, const QString &sessionFolder, Outcome outcome = Outcome::Succeeded,
                                std::chrono::nanoseconds runTime = std::chrono::milliseconds(300))
{
    if (!record.started)
        record = runningRecord(std::move(record), sessionFolder);
    record.state = JobState::Finished;
    record.outcome = outcome;
    record.exitCode = outcome == Outcome::Succeeded ? 0 : 3;
    record.completed =
        Instant{.wall = record.started->wall + std::chrono::duration_cast<std::chrono::microseconds>(runTime),
                .monotonic = record.started->monotonic + runTime};
    ++record.revision;
    return record;
}

// What differs between two records, field by field; empty when nothing does. Fit for QCOMPARE with an empty string.
inline QString difference(const JobRecord &a, const JobRecord &b)
{
    QStringList fields;
    const auto compare = [&](const char *name, bool equal) {
        if (!equal)
            fields.append(QString::fromLatin1(name));
    };
#define COMPARE_FIELD(field) compare(#field, a.field == b.field)
    COMPARE_FIELD(id);
    COMPARE_FIELD(spec->command);
    COMPARE_FIELD(spec->name);
    COMPARE_FIELD(spec->group);
    COMPARE_FIELD(spec->kind);
    COMPARE_FIELD(spec->workingDirectory);
    COMPARE_FIELD(spec->environment);
    COMPARE_FIELD(spec->limits);
    COMPARE_FIELD(spec->priority);
    COMPARE_FIELD(spec->held);
    COMPARE_FIELD(spec->interactive);
    COMPARE_FIELD(spec->files);
    COMPARE_FIELD(spec->model);
    COMPARE_FIELD(spec->prompt);
    COMPARE_FIELD(spec->engine);
    COMPARE_FIELD(spec->server);
    compare("spec (a new field?)", *a.spec == *b.spec);
    COMPARE_FIELD(revision);
    COMPARE_FIELD(state);
    COMPARE_FIELD(paused);
    COMPARE_FIELD(pendingReason);
    COMPARE_FIELD(outcome);
    COMPARE_FIELD(reason);
    COMPARE_FIELD(stopReason);
    COMPARE_FIELD(priority);
    COMPARE_FIELD(queuePosition);
    COMPARE_FIELD(attempts);
    COMPARE_FIELD(pid);
    COMPARE_FIELD(submitted);
    COMPARE_FIELD(started);
    COMPARE_FIELD(firstOutput);
    COMPARE_FIELD(completed);
    COMPARE_FIELD(pausedTime);
    COMPARE_FIELD(exitCode);
    COMPARE_FIELD(signal);
    COMPARE_FIELD(leftoverProcesses);
    COMPARE_FIELD(unkillable);
    COMPARE_FIELD(outputFolder);
    COMPARE_FIELD(stdoutBytes);
    COMPARE_FIELD(stderrBytes);
    COMPARE_FIELD(droppedBytes);
    COMPARE_FIELD(truncated);
    COMPARE_FIELD(peakRssBytes);
    COMPARE_FIELD(cpuTime);
    COMPARE_FIELD(timings);
    COMPARE_FIELD(ttft);
#undef COMPARE_FIELD
    return fields.join(QLatin1String(", "));
}

// Whether a future that a thread of the history finishes did so in time. Unlike a wait that polls it costs nothing.
template<typename Result>
bool isFinishedInTime(const QFuture<Result> &future, int limitMs)
{
    QFutureWatcher<Result> watcher;
    QSignalSpy finished(&watcher, &QFutureWatcherBase::finished);
    watcher.setFuture(future);
    return !finished.isEmpty() || finished.wait(limitMs) || future.isFinished();
}

// Its result; fails the test when there is none.
template<typename Result>
Result resultOf(const QFuture<Result> &future, int limitMs = 30'000)
{
    if (!isFinishedInTime(future, limitMs) || future.resultCount() == 0) {
        QTest::qFail("the history did not answer", __FILE__, __LINE__);
        return {};
    }
    return future.result();
}

inline void waitFor(const QFuture<void> &future, int limitMs = 30'000)
{
    if (!isFinishedInTime(future, limitMs))
        QTest::qFail("the history did not answer", __FILE__, __LINE__);
}

// A history in a folder of its own, or in one that was used before.
class HistoryFixture
{
public:
    explicit HistoryFixture(HistorySettings settings = {})
        : m_ownFolder(std::make_unique<QTemporaryDir>())
        , m_folder(m_ownFolder->filePath(QStringLiteral("data")))
    {
        reopen(std::move(settings));
    }
    explicit HistoryFixture(const QString &folder, HistorySettings settings = {})
        : m_folder(folder)
    {
        reopen(std::move(settings));
    }

    // As an application that ends and is started again.
    void reopen(HistorySettings settings = {})
    {
        close();
        InstanceLock::Attempt attempt = InstanceLock::take(m_folder);
        // A child that a killed application was about to start holds its lock until it has become the other program.
        for (int tries = 0; attempt.result == InstanceLock::Result::HeldByAnother && tries < 500; ++tries) {
            QTest::qWait(10);
            attempt = InstanceLock::take(m_folder);
        }
        if (attempt.result != InstanceLock::Result::Taken)
            qFatal("the instance lock can't be taken");
        m_history = std::make_unique<JobHistory>(std::move(attempt.lock), std::move(settings));
        opening = resultOf(m_history->open());
        sessionFolder = m_history->outputRoot() + QStringLiteral("/session-") + QString::number(++m_sessions);
        m_history->beginSession(QStringLiteral("tag"), sessionFolder);
    }
    void close() { m_history.reset(); }

    JobHistory &history() { return *m_history; }
    QString folder() const { return m_folder; }
    QString databasePath() const { return m_folder + QStringLiteral("/history.sqlite"); }

    void record(const JobRecord &record) { m_history->record(record); }
    void save() { waitFor(m_history->saved()); }
    HistoryEntry entry(quint64 id)
    {
        const HistoryPage page = resultOf(m_history->entries({JobId{id}}));
        if (page.entries.isEmpty()) {
            QTest::qFail("no such job in the history", __FILE__, __LINE__);
            HistoryEntry none;
            none.record.spec = std::make_shared<const JobSpec>();
            return none;
        }
        return page.entries.constFirst();
    }
    QList<quint64> ids(const HistoryPageRequest &request)
    {
        const HistoryPage page = resultOf(m_history->page(request));
        if (!page.error.isEmpty())
            QTest::qFail(qPrintable(page.error), __FILE__, __LINE__);
        QList<quint64> ids;
        for (const HistoryEntry &found : page.entries)
            ids.append(found.record.id.value);
        return ids;
    }

    HistoryOpening opening;
    QString sessionFolder;

private:
    std::unique_ptr<QTemporaryDir> m_ownFolder;
    QString m_folder;
    std::unique_ptr<JobHistory> m_history;
    int m_sessions = 0;
};

// Runs statements on a database file through a connection of the test's own. Gives the first value of the last one.
inline QVariant runSql(const QString &path, const QStringList &statements)
{
    QVariant value;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("test"));
        database.setDatabaseName(path);
        if (!database.open())
            QTest::qFail(qPrintable(database.lastError().text()), __FILE__, __LINE__);
        for (const QString &statement : statements) {
            QSqlQuery query(database);
            if (!query.exec(statement))
                QTest::qFail(qPrintable(query.lastError().text()), __FILE__, __LINE__);
            value = query.next() ? query.value(0) : QVariant();
        }
    }
    QSqlDatabase::removeDatabase(QStringLiteral("test"));
    return value;
}

} // namespace BitNet::Testing
