// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/historyquery.h"
#include "core/jobs/jobrecord.h"
#include "ui/jobs/jobcolumns.h"
#include "ui/jobs/jobcounts.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QList>
#include <QSet>

#include <deque>

namespace BitNet {

// All jobs, one a row, in the order in which they became known; columns are JobColumns::Column. Fed with batches of
// snapshots. Sorting and filtering is JobFilterProxy's.
class JobTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Role {
        IdRole = Qt::UserRole, // quint64
        SortRole, // the raw number (NaN when absent), or the text
        KeptRole, // bool
    };

    explicit JobTableModel(QObject *parent = nullptr);

    // Adds and updates jobs; an older revision than the known one is ignored. One rowsInserted and as few dataChanged as
    // the rows allow, then rowsChanged(), applied() and countsChanged(). Removed jobs do not come back.
    void apply(const QList<JobRecord> &records);
    // Adds jobs of earlier runs behind all others, with their marks; those that are known already stay as they are. One
    // rowsInserted, then countsChanged().
    void addPast(const QList<HistoryEntry> &entries);
    // Forgets these jobs, whatever their state. One that is not known will not be added later either. removed() at last.
    void remove(const QList<JobId> &ids);
    // Their output is there no more.
    void forgetOutput(const QList<JobId> &ids);
    // A mark of a person's, which keeps them out of the clearing away of old jobs.
    void setKept(const QList<JobId> &ids, bool kept);
    // While the whole queue is paused that is why its jobs wait, not that no slot is free.
    void setQueuePaused(bool paused);
    // As people are told of it: the record, with the reason that the whole queue gives it.
    JobRecord told(const JobRecord &record) const;
    int keptCount() const { return static_cast<int>(m_kept.size()); }
    bool isKept(int row) const { return m_kept.contains(record(row).id); }
    bool isKept(JobId id) const { return m_kept.contains(id); }

    // 0 <= row < rowCount(). Valid until the next change.
    const JobRecord &record(int row) const { return m_records[static_cast<size_t>(row)]; }
    int rowOf(JobId id) const { return m_rows.value(id, -1); }
    // Null when it is not known. Valid until the next change.
    const JobRecord *find(JobId id) const;
    const JobCounts &counts() const { return m_counts; }
    // Every finished job, oldest first.
    QList<JobRecord> finished() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    // Which rows have changed, ascending; after their dataChanged and before new rows are inserted.
    void rowsChanged(const QList<int> &rows);
    // The records of all jobs of a batch, when it is done.
    void applied(const QList<BitNet::JobRecord> &records);
    // These were forgotten; some of them may not have been known.
    void removed(const QList<BitNet::JobId> &ids);
    void countsChanged();

private:
    void append(const QList<JobRecord> &records);
    void announce(QList<int> rows);
    void forgetRows(QList<int> rows);
    void emitChanged(const QList<int> &rows);

    std::deque<JobRecord> m_records; // a deque: growing never moves what is there
    QHash<JobId, int> m_rows;
    QSet<JobId> m_removed;
    QSet<JobId> m_kept; // finished or not; only of known jobs
    JobCounts m_counts;
    bool m_queuePaused = false;
};

} // namespace BitNet
