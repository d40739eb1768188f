// SPDX-License-Identifier: MIT
#include "ui/jobs/jobtablemodel.h"

#include "ui/style/wording.h"

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

// More separate ranges than this are removed by a reset: each range costs a pass over the views' rows.
static constexpr qsizetype maximumRanges = 64;

JobTableModel::JobTableModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void JobTableModel::apply(const QList<JobRecord> &records)
{
    QList<int> changed;
    QList<JobRecord> added;
    for (const JobRecord &record : records) {
        if (!record.spec || m_removed.contains(record.id))
            continue;
        const int row = rowOf(record.id);
        if (row < 0) {
            added.append(record);
            continue;
        }
        JobRecord &known = m_records[static_cast<size_t>(row)];
        if (record.revision < known.revision)
            continue;
        m_counts.apply(&known, &record);
        known = record;
        changed.append(row);
    }
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    if (!changed.isEmpty()) {
        emitChanged(changed);
        Q_EMIT rowsChanged(changed);
    }

    append(added);
    Q_EMIT applied(records);
    Q_EMIT countsChanged();
}

void JobTableModel::append(const QList<JobRecord> &records)
{
    if (records.isEmpty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(records.size()) - 1);
    for (const JobRecord &record : records) {
        m_rows.insert(record.id, static_cast<int>(m_records.size()));
        m_records.push_back(record);
        m_counts.apply(nullptr, &record);
    }
    endInsertRows();
}

void JobTableModel::addPast(const QList<HistoryEntry> &entries)
{
    QList<JobRecord> added;
    for (const HistoryEntry &entry : entries) {
        const JobId id = entry.record.id;
        if (!entry.record.spec || m_removed.contains(id) || m_rows.contains(id))
            continue;
        if (entry.kept)
            m_kept.insert(id);
        added.append(entry.record);
    }
    append(added);
    Q_EMIT countsChanged();
}

void JobTableModel::setKept(const QList<JobId> &ids, bool kept)
{
    QList<int> rows;
    for (const JobId id : ids) {
        const int row = rowOf(id);
        if (row < 0 || m_kept.contains(id) == kept)
            continue;
        if (kept)
            m_kept.insert(id);
        else
            m_kept.remove(id);
        rows.append(row);
    }
    announce(rows);
}

static bool waitsForSlot(const JobRecord &record)
{
    return record.state == JobState::Queued && record.pendingReason == PendingReason::WaitingForSlot;
}

void JobTableModel::setQueuePaused(bool paused)
{
    if (m_queuePaused == paused)
        return;
    m_queuePaused = paused;
    QList<int> rows;
    for (int row = 0; row < rowCount(); ++row) {
        if (waitsForSlot(record(row)))
            rows.append(row);
    }
    announce(rows);
}

JobRecord JobTableModel::told(const JobRecord &record) const
{
    JobRecord told = record;
    if (m_queuePaused && waitsForSlot(record) && record.reason.isEmpty())
        told.reason = tr("the queue is paused");
    return told;
}

void JobTableModel::forgetOutput(const QList<JobId> &ids)
{
    QList<int> rows;
    for (const JobId id : ids) {
        const int row = rowOf(id);
        if (row < 0)
            continue;
        m_records[static_cast<size_t>(row)].outputFolder.clear();
        rows.append(row);
    }
    announce(rows);
}

// That something other than a job's snapshot has changed in these rows.
void JobTableModel::announce(QList<int> rows)
{
    if (rows.isEmpty())
        return;
    std::sort(rows.begin(), rows.end());
    emitChanged(rows);
    Q_EMIT rowsChanged(rows);
    Q_EMIT countsChanged();
}

void JobTableModel::emitChanged(const QList<int> &rows)
{
    static const QList<int> roles = {Qt::DisplayRole, Qt::ToolTipRole, Qt::AccessibleTextRole, SortRole, KeptRole};
    for (qsizetype i = 0; i < rows.size();) {
        qsizetype last = i;
        while (last + 1 < rows.size() && rows[last + 1] == rows[last] + 1)
            ++last;
        Q_EMIT dataChanged(index(rows[i], 0), index(rows[last], JobColumns::count - 1), roles);
        i = last + 1;
    }
}

void JobTableModel::remove(const QList<JobId> &ids)
{
    QList<int> rows;
    for (const JobId id : ids) {
        m_removed.insert(id);
        m_kept.remove(id);
        if (const int row = rowOf(id); row >= 0)
            rows.append(row);
    }
    if (!rows.isEmpty())
        forgetRows(rows);
    Q_EMIT removed(ids);
}

void JobTableModel::forgetRows(QList<int> rows)
{
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (const int row : std::as_const(rows))
        m_counts.apply(&record(row), nullptr);

    QList<std::pair<int, int>> ranges;
    for (const int row : std::as_const(rows)) {
        if (!ranges.isEmpty() && ranges.last().second + 1 == row)
            ranges.last().second = row;
        else
            ranges.append({row, row});
    }
    const auto renumber = [this] {
        m_rows.clear();
        m_rows.reserve(static_cast<qsizetype>(m_records.size()));
        for (size_t row = 0; row < m_records.size(); ++row)
            m_rows.insert(m_records[row].id, static_cast<int>(row));
    };
    if (ranges.size() > maximumRanges) {
        beginResetModel();
        std::erase_if(m_records, [this](const JobRecord &record) { return m_removed.contains(record.id); });
        renumber();
        endResetModel();
    } else {
        for (auto range = ranges.crbegin(); range != ranges.crend(); ++range) {
            beginRemoveRows({}, range->first, range->second);
            m_records.erase(m_records.begin() + range->first, m_records.begin() + range->second + 1);
            renumber();
            endRemoveRows();
        }
    }
    Q_EMIT countsChanged();
}

const JobRecord *JobTableModel::find(JobId id) const
{
    const int row = rowOf(id);
    return row < 0 ? nullptr : &record(row);
}

QList<JobRecord> JobTableModel::finished() const
{
    QList<JobRecord> records;
    for (const JobRecord &record : m_records) {
        if (record.isFinished())
            records.append(record);
    }
    return records;
}

int JobTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_records.size());
}

int JobTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : JobColumns::count;
}

QVariant JobTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const JobRecord &job = record(index.row());
    const auto column = static_cast<JobColumns::Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return column == JobColumns::Detail ? Wording::detail(told(job))
                                            : JobColumns::text(column, job, monotonicNow());
    case Qt::ToolTipRole:
        return JobColumns::exactText(column, told(job), monotonicNow());
    case Qt::AccessibleTextRole:
        if (column == JobColumns::Name && m_kept.contains(job.id))
            return tr("%1: %2, kept").arg(JobColumns::title(column), JobColumns::text(column, job, monotonicNow()));
        return u"%1: %2"_s.arg(JobColumns::title(column), JobColumns::text(column, job, monotonicNow()));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment((JobColumns::isNumeric(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    case IdRole:
        return job.id.value;
    case KeptRole:
        return m_kept.contains(job.id);
    case SortRole:
        return JobColumns::isText(column) ? QVariant(JobColumns::textKey(column, job))
                                          : QVariant(JobColumns::numberKey(column, job, monotonicNow()));
    default:
        return {};
    }
}

QVariant JobTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= JobColumns::count)
        return {};
    const auto column = static_cast<JobColumns::Column>(section);
    switch (role) {
    case Qt::DisplayRole:
        return JobColumns::title(column);
    case Qt::ToolTipRole:
        return JobColumns::explanation(column);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment((JobColumns::isNumeric(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    default:
        return {};
    }
}

} // namespace BitNet
