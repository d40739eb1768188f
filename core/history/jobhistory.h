// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/historybacklog.h"
#include "core/history/historyquery.h"
#include "core/history/historyreaders.h"
#include "core/history/historysettings.h"
#include "core/history/historystate.h"
#include "core/history/housekeeping.h"
#include "core/history/instancelock.h"

#include <QFuture>
#include <QList>
#include <QObject>
#include <QPromise>
#include <QString>
#include <QThread>
#include <QTimer>

#include <atomic>
#include <memory>
#include <mutex>

namespace BitNet {

class HistoryWriter;

// Every job from queued to its end, in an SQLite file of the data folder (0600). Every public function may be called from any
// thread and returns at once; files are only touched in the history's own threads. Signals come from those: connect with a
// context object and they arrive in that object's thread.
//
// How it is put together:
//
//     auto attempt = InstanceLock::take(defaultDataFolder());
//     JobHistory history(std::move(attempt.lock));
//     history.open().then(&context, [&](const HistoryOpening &opening) {
//         RuntimeSupervisor supervisor(runtime, {.outputRoot = history.outputRoot(), .firstJobId = opening.nextJobId});
//         history.beginSession(supervisor.instanceTag(), supervisor.outputFolder());
//         connect(&supervisor, &RuntimeSupervisor::jobChanged, &history, &JobHistory::record, Qt::DirectConnection);
//     });
//
// Guarantees:
// - record() never waits for the disk. What can't be saved is kept (the latest snapshot of each job) and tried again.
// - An end is on the disk (synced) some 25 ms after it was recorded, and everything is in the file by then too: a killed
//   application loses nothing older.
// - recorded(id) tells when a job has its row, so that no process need ever run that the history does not know of.
class JobHistory : public QObject
{
    Q_OBJECT
public:
    // The lock stays with the history and is given back after the file was closed.
    explicit JobHistory(std::unique_ptr<InstanceLock> lock, HistorySettings settings = {}, QObject *parent = nullptr);
    // Saves what is left, for up to 5 s, and closes the file. The supervisor must be gone by then, or its last records are
    // missing.
    ~JobHistory() override;

    QString dataFolder() const;
    // Where the supervisor should put its jobs' output, so that retention can remove it.
    QString outputRoot() const;

    // Opens the file, looks after what an application that was killed has left behind (see HistoryOpening), and finishes
    // when that is done or is not possible at the moment. Call it once, before anything else. Typically 10 ms.
    QFuture<HistoryOpening> open();
    HistoryState state() const;

    // What the following records are of: a supervisor's instance tag and output folder. Before the first record.
    void beginSession(const QString &instanceTag, const QString &outputFolder);
    // Finishes when everything that was handed over before is in the file.
    QFuture<void> saved();

    // Jobs of earlier sessions that were never started. They stay recorded as queued and held until one of these two is
    // called for them; submit one again (held or not) to resume it. Both ignore jobs that are something else.
    QFuture<QList<WaitingJob>> waitingJobs();
    // It goes on as another job: its own row is removed as soon as that job has one, in the same transaction if this was
    // called early enough.
    void resubmitted(JobId waiting, JobId as);
    // Nobody wants it any more: it is recorded as Cancelled.
    void discardWaiting(const QList<JobId> &ids);

    // Marks jobs that retention leaves alone.
    void setKept(const QList<JobId> &ids, bool kept);
    // Forgets finished jobs, kept ones too, and removes their output.
    QFuture<RemovalReport> remove(const QList<JobId> &ids);
    // Retention runs by itself: 30 s after the opening and after a change of the limits (time to take a mistake back), every
    // 10 minutes, and after every 10 000 ends.
    void setRetention(const RetentionLimits &limits);
    QFuture<RemovalReport> applyRetention();

    // Queries. They see what is in the file: at most some 50 ms behind. With 1 000 000 jobs, on two processors, a page in
    // the order of submission takes 1 ms, any other page or a count up to 0.1 s, a text that few jobs hold 0.12 s, and all
    // samples 0.9 s.
    QFuture<HistoryPage> page(const HistoryPageRequest &request);
    QFuture<qint64> count(const HistoryFilter &filter); // -1: the file can't be read
    QFuture<HistoryPage> entries(const QList<JobId> &ids); // in this order; unknown ones are left out
    QFuture<HistorySamples> samples(const HistoryFilter &filter);
    // All that match, by id, some hundred at a time; chunk is called in a thread of the history. The result is an error, or
    // empty. Cancelling the future stops it.
    QFuture<QString> forEach(const HistoryFilter &filter, HistoryReaders::Chunk chunk);
    QFuture<QStringList> groups();
    QFuture<QStringList> models();
    QFuture<QStringList> engines();

public Q_SLOTS:
    // A snapshot of a job, as a supervisor emits it; connect directly. A snapshot that is older than one that was recorded
    // in this session changes nothing. Takes about a microsecond.
    void record(const BitNet::JobRecord &record);

Q_SIGNALS:
    void stateChanged(const BitNet::HistoryState &state);
    // Every job up to this id that record() was called for has its row; or it can't be saved at the moment, and should not
    // wait. Ids only grow.
    void recorded(BitNet::JobId upTo);
    // What earlier sessions left behind has been looked after: before open() finishes, or, when the file could not be used
    // then, as soon as it can.
    void recovered(const BitNet::HistoryOpening &opening);
    // The file was damaged and is now there; a fresh one has taken its place.
    void movedAside(const QString &to, const QString &why);
    // Jobs were forgotten or lost their output: by retention, or by remove().
    void jobsRemoved(const BitNet::RemovalReport &report);

private:
    void sendChange(HistoryBacklog::Change change);
    void wakeWriter(HistoryBacklog::Lane lane);
    void reportDamage(const QString &why);
    QFuture<RemovalReport> announced(QFuture<RemovalReport> removal);

    std::unique_ptr<InstanceLock> m_lock;
    const HistorySettings m_settings;
    const QString m_outputRoot;
    HistoryBacklog m_backlog;
    mutable std::mutex m_mutex;
    HistoryState m_state; // guarded by m_mutex
    RetentionLimits m_retention; // guarded by m_mutex
    std::shared_ptr<QPromise<HistoryOpening>> m_opening;
    std::atomic<int> m_endsSinceRetention = 0;
    QTimer m_retentionTimer;
    QThread m_thread;
    HistoryWriter *m_writer = nullptr; // lives in m_thread and goes with it
    HistoryReaders m_readers;
    Housekeeping m_housekeeping;
};

} // namespace BitNet

Q_DECLARE_METATYPE(BitNet::RemovalReport)
