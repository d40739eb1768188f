// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/jobhistory.h"

#include <QFuture>
#include <QList>
#include <QObject>
#include <QSet>
#include <QString>

#include <optional>

namespace BitNet {

class JobTableModel;
class RuntimeSupervisor;

// Between the history and the table of jobs: brings the jobs of earlier runs into the table, newest first and some at a
// time, and those that never came to run back into the queue, held; takes marks and removals the other way. All in the GUI
// thread, which waits for nothing.
class PastJobs : public QObject
{
    Q_OBJECT
public:
    // All three outlive this object.
    PastJobs(JobHistory &history, RuntimeSupervisor &supervisor, JobTableModel &jobs, QObject *parent = nullptr);

    // Once, when the history has been opened and the supervisor continues its ids.
    void begin(const HistoryOpening &opening);
    bool isLoading() const { return m_isLoading; }

    // Jobs of an earlier run that are held in the queue because nobody said yet what is to become of them.
    int waitingCount() const { return int(m_waiting.size()); }
    // Of those: variables, arguments and files that were not recorded; without them they fail.
    QStringList withheldSecrets() const { return m_withheldSecrets; }
    void resumeWaiting();
    void discardWaiting();

    // Forgets finished jobs with their output, here and in the history.
    void remove(const QList<JobId> &ids);
    // All but those with a mark, also those that are not in the table.
    void removeAllFinished();
    void setKept(const QList<JobId> &ids, bool kept);

    // Brings one job of the history into the table, if it is not there. Whether it is in the table then; finishes in the GUI
    // thread.
    QFuture<bool> bring(JobId id);

    // More than these are not brought into the table, which holds all in memory; the history has them.
    static constexpr int mostJobs = 100'000;

Q_SIGNALS:
    // All are in the table, or as many as it takes.
    void loaded();
    void waitingChanged();
    // Something to tell in passing.
    void message(const QString &text);

private:
    void load(const std::optional<HistoryCursor> &after);
    void take(const HistoryPage &page);
    void fetchWaiting(int expected);
    void resubmitSome();
    void updateWaiting(const QList<JobRecord> &records);
    void reportRemoval(const RemovalReport &report);

    JobHistory &m_history;
    RuntimeSupervisor &m_supervisor;
    JobTableModel &m_jobs;
    bool m_isLoading = false;
    int m_loadedJobs = 0;
    QList<WaitingJob> m_resubmission; // still to do
    QSet<JobId> m_waiting;
    QStringList m_withheldSecrets;
};

} // namespace BitNet
