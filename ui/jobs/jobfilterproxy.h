// SPDX-License-Identifier: MIT
#pragma once

#include "ui/jobs/jobcategory.h"
#include "ui/jobs/jobtablemodel.h"

#include <QAbstractProxyModel>
#include <QString>
#include <QStringList>

#include <vector>

namespace BitNet {

// Which jobs are shown. Empty strings don't restrict.
struct JobFilter
{
    JobCategory category = JobCategory::All;
    QString group = {};
    QString model = {};
    bool keptOnly = false;
    QString text = {}; // every word of it is found in name, command, prompt, model or group, in any case

    friend bool operator==(const JobFilter &, const JobFilter &) = default;
};

// The filtered and sorted rows of a JobTableModel. A proxy of its own because QSortFilterProxyModel compares through
// QVariant and moves rows one by one: here 100 000 rows sort by any column and filter within a frame or few, and a batch of
// changes costs at most one layoutChanged.
class JobFilterProxy : public QAbstractProxyModel
{
    Q_OBJECT
public:
    explicit JobFilterProxy(JobTableModel *jobs, QObject *parent = nullptr);

    const JobFilter &filter() const { return m_filter; }
    void setFilter(const JobFilter &filter);
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    int sortColumn() const { return m_sortColumn; }
    Qt::SortOrder sortOrder() const { return m_sortOrder; }

    JobTableModel *jobs() const { return m_jobs; }
    // 0 <= row < rowCount(). Valid until the next change.
    const JobRecord &record(int row) const { return m_jobs->record(m_rows[static_cast<size_t>(row)]); }
    // The row that shows this job, or -1.
    int rowOf(JobId id) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    QModelIndex sibling(int row, int column, const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QModelIndex mapToSource(const QModelIndex &proxyIndex) const override;
    QModelIndex mapFromSource(const QModelIndex &sourceIndex) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    bool accepts(int sourceRow) const;
    bool before(int sourceRow, int otherSourceRow) const;
    std::vector<int> sorted(std::vector<int> sourceRows) const;
    void renumber(size_t from);

    void insertSourceRows(std::vector<int> sourceRows);
    void removeProxyRows(std::vector<int> proxyRows);
    void rearrange(std::vector<int> sourceRows);
    void rebuild();

    void onRowsInserted(int first, int last);
    void onRowsAboutToBeRemoved(int first, int last);
    void onRowsRemoved(int first, int last);
    void onRowsChanged(const QList<int> &changedRows);

    JobTableModel *m_jobs;
    JobFilter m_filter;
    QStringList m_words;
    int m_sortColumn = JobColumns::Id;
    Qt::SortOrder m_sortOrder = Qt::DescendingOrder;
    std::vector<int> m_rows; // proxy row → source row
    std::vector<int> m_proxyRows; // source row → proxy row, -1 when filtered out
};

} // namespace BitNet
