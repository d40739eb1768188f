// SPDX-License-Identifier: MIT
#include "core/history/housekeeping.h"

#include "core/history/folderremoval.h"
#include "core/history/historyfile.h"
#include "core/history/historylogging.h"
#include "core/history/jobrow.h"

#include <QDir>
#include <QSet>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

static constexpr qint64 jobsPerStep = 1000;
static constexpr int mostProblems = 10;
static constexpr std::chrono::milliseconds busyTimeout = 5s;

struct Housekeeping::Round
{
    Plan plan;
    QPromise<RemovalReport> promise = {};
    RemovalReport report = {};
    qint64 after = 0; // jobs up to this id whose output can't be removed are not tried again in this round
};

static QStringList cleaned(const QStringList &folders)
{
    QStringList clean;
    for (const QString &folder : folders)
        clean.append(QDir::cleanPath(folder));
    clean.removeDuplicates();
    return clean;
}

Housekeeping::Housekeeping(QString databasePath, const QStringList &outputRoots, SendChange sendChange)
    : m_path(std::move(databasePath))
    , m_outputRoots(cleaned(outputRoots))
    , m_sendChange(std::move(sendChange))
{
    m_thread.setMaxThreadCount(1);
    m_thread.setObjectName(u"history-housekeeping"_s);
}

Housekeeping::~Housekeeping()
{
    close();
}

void Housekeeping::close()
{
    m_stopping = true;
    m_thread.waitForDone();
}

void Housekeeping::setSessionFolder(const QString &folder)
{
    const std::lock_guard lock(m_mutex);
    m_sessionFolder = folder;
}

QFuture<RemovalReport> Housekeeping::applyRetention(const RetentionLimits &limits)
{
    return start([this, limits](DatabaseConnection &connection, qint64 after, QList<Victim> &victims) {
        return planRetention(connection, limits, after, victims);
    });
}

QFuture<RemovalReport> Housekeeping::remove(const QList<JobId> &ids)
{
    auto left = std::make_shared<QList<JobId>>(ids);
    return start([left](DatabaseConnection &connection, qint64, QList<Victim> &victims) {
        return planRemoval(connection, *left, victims);
    });
}

QFuture<RemovalReport> Housekeeping::start(Plan plan)
{
    auto round = std::make_shared<Round>(Round{.plan = std::move(plan)});
    round->promise.start();
    QFuture<RemovalReport> future = round->promise.future();
    m_thread.start([this, round] { step(round); });
    return future;
}

void Housekeeping::step(const std::shared_ptr<Round> &round)
{
    QList<Victim> victims;
    bool isPlanned = false;
    if (!m_stopping && !round->promise.isCanceled()) {
        DatabaseConnection connection;
        const bool ok = connection.open(m_path, DatabaseConnection::Access::ReadOnly, busyTimeout)
            && round->plan(connection, round->after, victims);
        isPlanned = ok;
        if (!ok)
            victims.clear();
        if (!ok && !m_stopping)
            round->report.problems.append(connection.error().text);
    }
    removeOutputs(*round, victims);
    if (victims.isEmpty()) {
        round->report.isComplete = isPlanned && !m_stopping && round->report.problems.isEmpty();
        round->promise.addResult(round->report);
        round->promise.finish();
        return;
    }

    QStringList forgotten;
    QStringList emptied;
    for (const Victim &victim : std::as_const(victims)) {
        (victim.outputOnly ? emptied : forgotten).append(QString::number(victim.id));
        (victim.outputOnly ? round->report.emptied : round->report.forgotten).append(JobId{quint64(victim.id)});
    }
    round->report.jobs += forgotten.size();
    m_sendChange({.apply =
                      [forgotten = forgotten.join(u','), emptied = emptied.join(u',')](DatabaseConnection &connection) {
                          return connection.execute(u"DELETE FROM jobs WHERE id IN (%1)"_s.arg(forgotten))
                              && connection.execute(u"DELETE FROM details WHERE id IN (%1)"_s.arg(forgotten))
                              && connection.execute(u"DELETE FROM long_details WHERE id IN (%1)"_s.arg(forgotten))
                              && connection.execute(u"UPDATE jobs SET output = %1 WHERE id IN (%2)"_s.arg(
                                  QString::number(int(OutputPlace::Removed)), emptied));
                      },
                  // The next step plans with what is in the file then.
                  .committed =
                      [this, round] {
                          if (!m_stopping)
                              m_thread.start([this, round] { step(round); });
                      }});
}

// Leaves those whose rows can follow.
void Housekeeping::removeOutputs(Round &round, QList<Victim> &victims)
{
    QString current;
    {
        const std::lock_guard lock(m_mutex);
        current = m_sessionFolder;
    }
    QSet<QString> sessionFolders;
    victims.removeIf([&](const Victim &victim) {
        if (m_stopping)
            return true;
        // Where a person wished it to be is not ours to remove.
        const QString root = victim.folder.isEmpty() ? QString() : rootOf(victim.folder);
        if (root.isEmpty())
            return false;
        QString error;
        if (!removeFolderWithin(root, victim.folder, &error)) {
            qCWarning(historyLog).noquote() << error;
            if (round.report.problems.size() < mostProblems)
                round.report.problems.append(error);
            round.after = std::max(round.after, victim.id);
            return true;
        }
        ++round.report.outputs;
        if (victim.sessionFolder != current)
            sessionFolders.insert(victim.sessionFolder);
        return false;
    });
    for (const QString &folder : std::as_const(sessionFolders))
        removeEmptyFolderWithin(rootOf(folder), folder);
}

QString Housekeeping::rootOf(const QString &folder) const
{
    const auto root =
        std::ranges::find_if(m_outputRoots, [&folder](const QString &one) { return isWithin(one, folder); });
    return root == m_outputRoots.cend() ? QString() : *root;
}

namespace {

// Which jobs, and where their output is; a condition follows.
QString selectVictims()
{
    return u"SELECT jobs.id, jobs.attempts, jobs.output, sessions.output_folder, details.output_folder, "
           u"stdout_bytes + stderr_bytes - dropped_bytes FROM jobs LEFT JOIN sessions ON sessions.id = jobs.session "
           u"LEFT JOIN details ON details.id = jobs.id WHERE "_s;
}

QString folderOf(const QSqlQuery &row)
{
    switch (OutputPlace(row.value(2).toInt())) {
    case OutputPlace::SessionFolder:
        return standardOutputFolder(row.value(3).toString(), {row.value(0).toULongLong()}, row.value(1).toInt());
    case OutputPlace::Elsewhere:
        return row.value(4).toString();
    case OutputPlace::None:
    case OutputPlace::Removed:
        break;
    }
    return {};
}

QString isFinished()
{
    return u"jobs.state = %1"_s.arg(int(JobState::Finished));
}

// Its output is in a session's folder that is within one of the roots: one that can be removed. A value for each root.
QString hasOutputWithin(const QStringList &roots)
{
    const QStringList terms(roots.size(), u"instr(sessions.output_folder, ?) = 1"_s);
    return u"jobs.output = %1 AND (%2)"_s.arg(int(OutputPlace::SessionFolder)).arg(terms.join(u" OR "_s));
}

QList<QVariant> valuesFor(const QStringList &roots)
{
    QList<QVariant> values;
    for (const QString &root : roots)
        values.append(QString(root + u'/'));
    return values;
}

} // namespace

// The oldest first. mostBytes: enough of them to free that much.
bool Housekeeping::findVictims(DatabaseConnection &connection, const QString &condition, const QList<QVariant> &values,
                               qint64 mostJobs, std::optional<qint64> mostBytes, QList<Victim> &victims,
                               const QString &order)
{
    QSqlQuery query = connection.prepare(selectVictims() + isFinished() + u" AND "_s + condition
                                         + u" ORDER BY %1 LIMIT %2"_s.arg(order, QString::number(mostJobs)));
    if (connection.error())
        return false;
    for (qsizetype i = 0; i < values.size(); ++i)
        query.bindValue(int(i), values[i]);
    if (!connection.run(query))
        return false;
    qint64 bytes = 0;
    while (query.next() && (!mostBytes || bytes < *mostBytes)) {
        bytes += query.value(5).toLongLong();
        victims.append({.id = query.value(0).toLongLong(),
                        .outputOnly = mostBytes.has_value(),
                        .folder = folderOf(query),
                        .sessionFolder = query.value(3).toString()});
    }
    return true;
}

bool Housekeeping::planRetention(DatabaseConnection &connection, const RetentionLimits &limits, qint64 after,
                                 QList<Victim> &victims) const
{
    const QString isRemovable = u"kept = 0 AND jobs.id > %1"_s.arg(after);
    if (limits.age) {
        const auto moment = wallNow() - std::chrono::duration_cast<std::chrono::microseconds>(*limits.age);
        const QVariant oldest = QVariant::fromValue<qlonglong>(microseconds(moment));
        // Nothing ends before it is submitted, and for that there is an index.
        if (!findVictims(connection, isRemovable + u" AND submitted_at < ? AND completed_at < ?"_s, {oldest, oldest},
                         jobsPerStep, {}, victims, u"jobs.submitted_at"_s))
            return false;
    }
    if (limits.jobs && victims.isEmpty()) {
        const std::optional<Totals> all = totals(connection, *limits.jobs);
        if (!all)
            return false;
        const qint64 excess = std::min<qint64>(all->jobs - *limits.jobs, jobsPerStep);
        if (excess > 0 && !findVictims(connection, isRemovable, {}, excess, {}, victims))
            return false;
    }
    if (limits.outputBytes && victims.isEmpty()) {
        const std::optional<Totals> all = totals(connection);
        if (!all)
            return false;
        const qint64 excess = all->outputBytes - *limits.outputBytes;
        const QString condition =
            isRemovable + u" AND stdout_bytes + stderr_bytes > dropped_bytes AND "_s + hasOutputWithin(m_outputRoots);
        if (excess > 0 && !findVictims(connection, condition, valuesFor(m_outputRoots), jobsPerStep, excess, victims))
            return false;
    }
    return true;
}

// Some jobs at a time: who ends the history does not wait for all of them.
std::optional<Housekeeping::Totals> Housekeeping::totals(DatabaseConnection &connection,
                                                         std::optional<qint64> onlyJobsBeyond) const
{
    static constexpr int jobsAtATime = 20'000;
    if (onlyJobsBeyond) {
        // Each job has an id of its own: so few of them need not be counted.
        const QVariant most =
            connection.value(u"SELECT ifnull((SELECT max(id) FROM jobs) - (SELECT min(id) FROM jobs) + 1, 0)"_s);
        if (!most.isValid())
            return std::nullopt;
        if (most.toLongLong() <= *onlyJobsBeyond)
            return Totals{.jobs = most.toLongLong()};
    }
    const QString bytes = onlyJobsBeyond
        ? u"0 AS bytes FROM jobs"_s
        : u"CASE WHEN %1 THEN stdout_bytes + stderr_bytes - dropped_bytes ELSE 0 END AS bytes FROM jobs "
          u"LEFT JOIN sessions ON sessions.id = jobs.session"_s.arg(hasOutputWithin(m_outputRoots));
    QSqlQuery some =
        connection.prepare(u"SELECT count(*), max(id), ifnull(sum(bytes), 0) FROM "
                           u"(SELECT jobs.id AS id, %1 WHERE jobs.id > ? ORDER BY jobs.id LIMIT %2)"_s.arg(bytes)
                               .arg(jobsAtATime));
    if (connection.error())
        return std::nullopt;
    Totals totals;
    const QList<QVariant> values = onlyJobsBeyond ? QList<QVariant>() : valuesFor(m_outputRoots);
    QVariant last = QVariant::fromValue<qlonglong>(-1);
    for (bool isMore = true; isMore;) {
        int position = 0;
        for (const QVariant &value : values + QList<QVariant>{last})
            some.bindValue(position++, value);
        if (m_stopping || !connection.run(some) || !some.next())
            return std::nullopt;
        isMore = some.value(0).toInt() == jobsAtATime;
        last = some.value(1);
        totals.jobs += some.value(0).toLongLong();
        totals.outputBytes += some.value(2).toLongLong();
        some.finish();
    }
    return totals;
}

bool Housekeeping::planRemoval(DatabaseConnection &connection, QList<JobId> &ids, QList<Victim> &victims)
{
    while (!ids.isEmpty() && victims.isEmpty()) {
        QStringList numbers;
        while (!ids.isEmpty() && numbers.size() < jobsPerStep)
            numbers.append(QString::number(ids.takeLast().value));
        if (!findVictims(connection, u"jobs.id IN (%1)"_s.arg(numbers.join(u',')), {}, jobsPerStep, {}, victims))
            return false;
    }
    return true;
}

void Housekeeping::checkFile(std::function<void(const QString &why)> onDamage)
{
    m_thread.start([this, onDamage = std::move(onDamage)] {
        DatabaseConnection connection;
        if (!connection.open(m_path, DatabaseConnection::Access::ReadOnly, busyTimeout))
            return;
        // Table by table, so that an application that ends does not wait for all of it.
        for (const QString &table : {u"jobs"_s, u"details"_s, u"long_details"_s, u"sessions"_s, u"texts"_s}) {
            if (m_stopping)
                return;
            const QString why = HistoryFile::check(connection, table);
            if (!why.isEmpty())
                return onDamage(why);
        }
    });
}

} // namespace BitNet
