// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"
#include "core/history/historybacklog.h"
#include "core/history/historyfile.h"
#include "core/history/historystate.h"
#include "core/history/recordwriter.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <map>
#include <optional>

namespace BitNet {

// The one that writes: lives in the history's thread with the only connection that does. Takes what is in the backlog, one
// transaction at a time, and tries again for as long as it takes when that fails.
//
// Pace: rows of new jobs are written as soon as the last transaction is ten times its own processor time ago, because their
// jobs wait for them; ends and changes at most every 25 ms, with one sync of the disk for all of them.
class HistoryWriter : public QObject
{
    Q_OBJECT
public:
    HistoryWriter(HistoryBacklog &backlog, const QString &databasePath, InstanceLock::PreviousHolder previousHolder);
    ~HistoryWriter() override;

    // All in the writer's thread.
    void open();
    void setSession(const QString &tag, const QString &outputFolder);
    // There is something in the backlog for this lane.
    void wake(HistoryBacklog::Lane lane);
    // A waiting job of an earlier session goes on as another one: its row goes when the other has one.
    void replaceWaiting(JobId waiting, JobId as);
    // The file was found to be damaged (by a reader): it is moved aside, and what this session knows is written anew.
    void replaceDamagedFile(const QString &why);
    // Writes what is left, for as long as limit allows, and closes the session.
    void close(std::chrono::milliseconds limit);

Q_SIGNALS:
    // The first attempt to open is over.
    void opened(const BitNet::HistoryOpening &opening);
    // What earlier sessions left behind has been looked after: before opened(), or when the file could be used at last.
    void recovered(const BitNet::HistoryOpening &opening);
    // Readers can open the file (again). needsCheck: it is large, was not checked whole, and had reason to be.
    void fileReady(bool needsCheck);
    void stateChanged(const BitNet::HistoryState &state);
    // No job up to this one has to wait for its row.
    void recorded(BitNet::JobId upTo);
    void movedAside(const QString &to, const QString &why);

private:
    bool ensureOpen();
    void readNextJobId(HistoryOpening &opening);
    void schedule();
    void writeDue();
    bool writeSome(HistoryBacklog::Lane lane);
    bool write(const HistoryBacklog::Batch &batch);
    bool removeReplaced(JobId as);
    bool runChanges(const HistoryBacklog::Batch &batch);
    void settle(HistoryBacklog::Batch &&batch);
    bool setSynchronous(bool full);
    void fail(const DatabaseError &error);
    void setState(HistoryState::Kind kind, const QString &reason = {});
    void releaseNewJobs();
    void dropBacklog();

    HistoryBacklog &m_backlog;
    HistoryFile m_file;
    DatabaseConnection m_connection;
    RecordWriter m_records;
    HistoryState m_state;
    HistoryOpening m_opening;
    bool m_openReported = false;
    bool m_recovered = false;
    bool m_recoveryReported = false;
    bool m_wasKilled = false; // the session before this one
    bool m_isSynchronousFull = true;
    JobId m_lastJobId;
    // Every unfinished job that has a row, so that a damaged file can be replaced at any time.
    std::map<JobId, JobRecord> m_unfinished;
    // Of new jobs without a row: the waiting ones that they replace.
    std::map<JobId, JobId> m_replacements;
    QTimer m_timer; // the next transaction
    QTimer m_retryTimer; // runs while the file can't be used
    std::chrono::steady_clock::time_point m_newRowsAllowedAt;
    std::chrono::steady_clock::time_point m_everythingAllowedAt;
    bool m_everythingDue = false;
    std::optional<std::chrono::steady_clock::time_point> m_lastMoveAside;
};

} // namespace BitNet
