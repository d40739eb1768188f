// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"
#include "core/history/historybacklog.h"
#include "core/history/historysettings.h"
#include "core/jobs/jobid.h"

#include <QFuture>
#include <QList>
#include <QPromise>
#include <QString>
#include <QStringList>
#include <QThreadPool>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace BitNet {

// What a round of retention, or a removal by hand, did.
struct RemovalReport
{
    qint64 jobs = 0; // forgotten
    qint64 outputs = 0; // removed, the jobs' own included
    QList<JobId> forgotten = {};
    QList<JobId> emptied = {}; // still there, but without their output
    QStringList problems = {}; // sentences; at most the first ten
    bool isComplete = false; // it came to its end: nothing is left that was to be removed
};

// Forgets jobs and removes their output, in a thread of its own and some hundred at a time. A job's folder goes first and
// its row after it, so that nothing is left behind that no row leads to. Every function may be called from any thread.
class Housekeeping
{
public:
    using SendChange = std::function<void(HistoryBacklog::Change change)>;
    // Only what is in one of the output roots is removed.
    Housekeeping(QString databasePath, const QStringList &outputRoots, SendChange sendChange);
    ~Housekeeping();
    // Stops after the folder it is at. Futures still open are cancelled.
    void close();

    // The session whose folder stays even when it is empty.
    void setSessionFolder(const QString &folder);

    // One round until the limits hold.
    QFuture<RemovalReport> applyRetention(const RetentionLimits &limits);
    // These jobs, as far as they have ended; kept ones too.
    QFuture<RemovalReport> remove(const QList<JobId> &ids);

    // Reads the whole file; onDamage is called with what is wrong, if anything is.
    void checkFile(std::function<void(const QString &why)> onDamage);

private:
    struct Victim
    {
        qint64 id = 0;
        bool outputOnly = false;
        QString folder = {};
        QString sessionFolder = {};
    };
    struct Round;
    using Plan = std::function<bool(DatabaseConnection &, qint64 after, QList<Victim> &)>;

    QFuture<RemovalReport> start(Plan plan);
    void step(const std::shared_ptr<Round> &round);
    void removeOutputs(Round &round, QList<Victim> &victims);
    // The folder's; empty when it is in none.
    QString rootOf(const QString &folder) const;
    struct Totals
    {
        qint64 jobs = 0;
        qint64 outputBytes = 0; // of output that can be removed
    };
    // Nothing on failure, and when it is to stop. onlyJobsBeyond: jobs alone, and not exactly where they are so few.
    std::optional<Totals> totals(DatabaseConnection &connection, std::optional<qint64> onlyJobsBeyond = {}) const;
    bool planRetention(DatabaseConnection &connection, const RetentionLimits &limits, qint64 after,
                       QList<Victim> &victims) const;
    static bool findVictims(DatabaseConnection &connection, const QString &condition, const QList<QVariant> &values,
                            qint64 mostJobs, std::optional<qint64> mostBytes, QList<Victim> &victims,
                            const QString &order = QStringLiteral("jobs.id"));
    static bool planRemoval(DatabaseConnection &connection, QList<JobId> &ids, QList<Victim> &victims);

    const QString m_path;
    const QStringList m_outputRoots;
    const SendChange m_sendChange;
    std::mutex m_mutex;
    QString m_sessionFolder; // guarded by m_mutex
    std::atomic<bool> m_stopping = false;
    QThreadPool m_thread; // the last member: its thread uses all others
};

} // namespace BitNet
