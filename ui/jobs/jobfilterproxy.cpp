// SPDX-License-Identifier: MIT
#include "ui/jobs/jobfilterproxy.h"

#include "ui/jobs/textranking.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace BitNet {

using namespace Qt::StringLiterals;

// Each separate range costs views a pass; more than this many go through one change of layout.
static constexpr size_t maximumRanges = 16;

JobFilterProxy::JobFilterProxy(JobTableModel *jobs, QObject *parent)
    : QAbstractProxyModel(parent)
    , m_jobs(jobs)
{
    setSourceModel(jobs);
    rebuild();
    connect(jobs, &JobTableModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { onRowsInserted(first, last); });
    connect(jobs, &JobTableModel::rowsAboutToBeRemoved, this,
            [this](const QModelIndex &, int first, int last) { onRowsAboutToBeRemoved(first, last); });
    connect(jobs, &JobTableModel::rowsRemoved, this,
            [this](const QModelIndex &, int first, int last) { onRowsRemoved(first, last); });
    connect(jobs, &JobTableModel::modelAboutToBeReset, this, &JobFilterProxy::beginResetModel);
    connect(jobs, &JobTableModel::modelReset, this, [this] {
        rebuild();
        endResetModel();
    });
    connect(jobs, &JobTableModel::rowsChanged, this, &JobFilterProxy::onRowsChanged);
}

// --- What is shown, and in which order ---

bool JobFilterProxy::accepts(int sourceRow) const
{
    const JobRecord &record = m_jobs->record(sourceRow);
    const JobSpec &spec = *record.spec;
    if (m_filter.category != JobCategory::All && categoryOf(record) != m_filter.category)
        return false;
    if (m_filter.keptOnly && !m_jobs->isKept(sourceRow))
        return false;
    if (!m_filter.group.isEmpty() && spec.group != m_filter.group)
        return false;
    if (!m_filter.model.isEmpty() && spec.model != m_filter.model)
        return false;
    return std::all_of(m_words.cbegin(), m_words.cend(), [&spec](const QString &word) {
        const auto has = [&word](const QString &text) { return text.contains(word, Qt::CaseInsensitive); };
        return has(spec.name) || std::any_of(spec.command.cbegin(), spec.command.cend(), has) || has(spec.model)
            || has(spec.group) || has(spec.prompt);
    });
}

// The order of two jobs; the id decides between equals, so that it is total.
bool JobFilterProxy::before(int sourceRow, int otherSourceRow) const
{
    const JobRecord &one = m_jobs->record(sourceRow);
    const JobRecord &other = m_jobs->record(otherSourceRow);
    const auto column = static_cast<JobColumns::Column>(m_sortColumn);
    const bool ascending = m_sortOrder == Qt::AscendingOrder;
    if (JobColumns::isText(column)) {
        const int order = TextRanking::key(JobColumns::textKey(column, one))
                              .compare(TextRanking::key(JobColumns::textKey(column, other)));
        if (order != 0)
            return (order < 0) == ascending;
    } else {
        const MonotonicTime now = monotonicNow();
        const double a = JobColumns::numberKey(column, one, now);
        const double b = JobColumns::numberKey(column, other, now);
        if (std::isnan(a) != std::isnan(b))
            return std::isnan(b); // absent values come last in either order
        if (!std::isnan(a) && a != b)
            return (a < b) == ascending;
    }
    return ascending ? one.id < other.id : other.id < one.id;
}

std::vector<int> JobFilterProxy::sorted(std::vector<int> rows) const
{
    const auto column = static_cast<JobColumns::Column>(m_sortColumn);
    const bool ascending = m_sortOrder == Qt::AscendingOrder;
    struct Keyed
    {
        double key;
        quint64 id;
        int row;
    };
    std::vector<Keyed> keyed;
    keyed.reserve(rows.size());
    if (JobColumns::isText(column)) {
        TextRanking ranking;
        ranking.reserve(rows.size());
        for (const int row : rows)
            ranking.add(JobColumns::textKey(column, m_jobs->record(row)));
        const std::vector<int> ranks = ranking.ranks();
        for (size_t i = 0; i < rows.size(); ++i)
            keyed.push_back({static_cast<double>(ranks[i]), m_jobs->record(rows[i]).id.value, rows[i]});
    } else {
        const MonotonicTime now = monotonicNow();
        for (const int row : rows) {
            const JobRecord &record = m_jobs->record(row);
            const double key = JobColumns::numberKey(column, record, now);
            keyed.push_back({std::isnan(key) ? (ascending ? 1 : -1) * std::numeric_limits<double>::infinity() : key,
                             record.id.value, row});
        }
    }
    std::sort(keyed.begin(), keyed.end(), [ascending](const Keyed &a, const Keyed &b) {
        if (a.key != b.key)
            return (a.key < b.key) == ascending;
        return ascending ? a.id < b.id : b.id < a.id;
    });
    for (size_t i = 0; i < rows.size(); ++i)
        rows[i] = keyed[i].row;
    return rows;
}

void JobFilterProxy::setFilter(const JobFilter &filter)
{
    if (filter == m_filter)
        return;
    // Who only types on can't bring back what is hidden: every word that had to be found still has to be.
    JobFilter typedOn = filter;
    typedOn.text = m_filter.text;
    const bool narrower = typedOn == m_filter && filter.text.startsWith(m_filter.text);
    m_filter = filter;
    m_words = filter.text.split(u' ', Qt::SkipEmptyParts);
    std::vector<int> gone;
    std::vector<int> come;
    for (int row = 0; row < m_jobs->rowCount(); ++row) {
        const int shown = m_proxyRows[static_cast<size_t>(row)];
        if (narrower && shown < 0)
            continue;
        const bool accepted = accepts(row);
        if (shown >= 0 && !accepted)
            gone.push_back(shown);
        else if (shown < 0 && accepted)
            come.push_back(row);
    }
    removeProxyRows(std::move(gone));
    insertSourceRows(std::move(come));
}

void JobFilterProxy::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= JobColumns::count)
        return;
    m_sortColumn = column;
    m_sortOrder = order;
    rearrange(sorted(m_rows));
}

// --- Changes ---

void JobFilterProxy::renumber(size_t from)
{
    for (size_t i = from; i < m_rows.size(); ++i)
        m_proxyRows[static_cast<size_t>(m_rows[i])] = static_cast<int>(i);
}

void JobFilterProxy::rebuild()
{
    m_proxyRows.assign(static_cast<size_t>(m_jobs->rowCount()), -1);
    m_rows.clear();
    for (int row = 0; row < m_jobs->rowCount(); ++row) {
        if (accepts(row))
            m_rows.push_back(row);
    }
    m_rows = sorted(std::move(m_rows));
    renumber(0);
}

// Puts the shown rows into another order.
void JobFilterProxy::rearrange(std::vector<int> rows)
{
    if (rows == m_rows)
        return;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList persistent = persistentIndexList();
    std::vector<int> sources;
    sources.reserve(static_cast<size_t>(persistent.size()));
    for (const QModelIndex &index : persistent)
        sources.push_back(m_rows[static_cast<size_t>(index.row())]);
    m_rows = std::move(rows);
    renumber(0);
    QModelIndexList moved;
    moved.reserve(persistent.size());
    for (qsizetype i = 0; i < persistent.size(); ++i)
        moved.append(
            createIndex(m_proxyRows[static_cast<size_t>(sources[static_cast<size_t>(i)])], persistent[i].column()));
    changePersistentIndexList(persistent, moved);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void JobFilterProxy::insertSourceRows(std::vector<int> rows)
{
    if (rows.empty())
        return;
    rows = sorted(std::move(rows));
    // Where they belong, from the back, as runs that stay together.
    struct Run
    {
        size_t position;
        size_t first;
        size_t last;
    };
    std::vector<Run> runs;
    const auto isBefore = [this](int a, int b) { return before(a, b); };
    for (size_t i = 0; i < rows.size() && runs.size() <= maximumRanges; ++i) {
        const auto place = std::upper_bound(m_rows.cbegin(), m_rows.cend(), rows[i], isBefore);
        const auto position = static_cast<size_t>(place - m_rows.cbegin());
        if (!runs.empty() && runs.back().position == position)
            runs.back().last = i;
        else
            runs.push_back({position, i, i});
    }
    if (runs.size() > maximumRanges) {
        const int first = rowCount();
        beginInsertRows({}, first, first + static_cast<int>(rows.size()) - 1);
        m_rows.insert(m_rows.end(), rows.cbegin(), rows.cend());
        renumber(static_cast<size_t>(first));
        endInsertRows();
        rearrange(sorted(m_rows));
        return;
    }
    for (auto run = runs.crbegin(); run != runs.crend(); ++run) {
        const int first = static_cast<int>(run->position);
        beginInsertRows({}, first, first + static_cast<int>(run->last - run->first));
        m_rows.insert(m_rows.begin() + first, rows.cbegin() + static_cast<std::ptrdiff_t>(run->first),
                      rows.cbegin() + static_cast<std::ptrdiff_t>(run->last) + 1);
        renumber(run->position);
        endInsertRows();
    }
}

void JobFilterProxy::removeProxyRows(std::vector<int> rows)
{
    if (rows.empty())
        return;
    std::sort(rows.begin(), rows.end());
    std::vector<std::pair<int, int>> ranges;
    for (const int row : rows) {
        if (!ranges.empty() && ranges.back().second + 1 == row)
            ranges.back().second = row;
        else
            ranges.emplace_back(row, row);
    }
    if (ranges.size() > maximumRanges) {
        std::vector<bool> leaves(m_rows.size());
        for (const int row : rows)
            leaves[static_cast<size_t>(row)] = true;
        std::vector<int> order;
        order.reserve(m_rows.size());
        for (const bool leaving : {false, true}) {
            for (size_t i = 0; i < m_rows.size(); ++i) {
                if (leaves[i] == leaving)
                    order.push_back(m_rows[i]);
            }
        }
        rearrange(std::move(order));
        ranges = {{rowCount() - static_cast<int>(rows.size()), rowCount() - 1}};
    }
    for (auto range = ranges.crbegin(); range != ranges.crend(); ++range) {
        beginRemoveRows({}, range->first, range->second);
        for (int row = range->first; row <= range->second; ++row)
            m_proxyRows[static_cast<size_t>(m_rows[static_cast<size_t>(row)])] = -1;
        m_rows.erase(m_rows.begin() + range->first, m_rows.begin() + range->second + 1);
        renumber(static_cast<size_t>(range->first));
        endRemoveRows();
    }
}

void JobFilterProxy::onRowsInserted(int first, int last)
{
    // The source only ever appends.
    m_proxyRows.resize(static_cast<size_t>(m_jobs->rowCount()), -1);
    std::vector<int> come;
    for (int row = first; row <= last; ++row) {
        if (accepts(row))
            come.push_back(row);
    }
    insertSourceRows(std::move(come));
}

void JobFilterProxy::onRowsAboutToBeRemoved(int first, int last)
{
    std::vector<int> gone;
    for (int row = first; row <= last; ++row) {
        if (const int shown = m_proxyRows[static_cast<size_t>(row)]; shown >= 0)
            gone.push_back(shown);
    }
    removeProxyRows(std::move(gone));
}

void JobFilterProxy::onRowsRemoved(int first, int last)
{
    m_proxyRows.erase(m_proxyRows.begin() + first, m_proxyRows.begin() + last + 1);
    const int removed = last - first + 1;
    for (int &row : m_rows) {
        if (row > last)
            row -= removed;
    }
}

void JobFilterProxy::onRowsChanged(const QList<int> &changedRows)
{
    std::vector<int> gone;
    std::vector<int> come;
    std::vector<int> kept;
    for (const int row : changedRows) {
        const int shown = m_proxyRows[static_cast<size_t>(row)];
        const bool accepted = accepts(row);
        if (shown >= 0 && !accepted)
            gone.push_back(shown);
        else if (shown < 0 && accepted)
            come.push_back(row);
        else if (accepted)
            kept.push_back(row);
    }
    removeProxyRows(std::move(gone));
    const auto isMisplaced = [this](int row) {
        const auto place = static_cast<size_t>(m_proxyRows[static_cast<size_t>(row)]);
        return (place > 0 && before(row, m_rows[place - 1]))
            || (place + 1 < m_rows.size() && before(m_rows[place + 1], row));
    };
    if (std::any_of(kept.cbegin(), kept.cend(), isMisplaced))
        rearrange(sorted(m_rows));
    insertSourceRows(std::move(come));

    std::vector<int> shown;
    shown.reserve(kept.size());
    for (const int row : kept)
        shown.push_back(m_proxyRows[static_cast<size_t>(row)]);
    std::sort(shown.begin(), shown.end());
    for (size_t i = 0; i < shown.size();) {
        size_t last = i;
        while (last + 1 < shown.size() && shown[last + 1] == shown[last] + 1)
            ++last;
        Q_EMIT dataChanged(index(shown[i], 0), index(shown[last], JobColumns::count - 1));
        i = last + 1;
    }
}

// --- The shape of the model ---

int JobFilterProxy::rowOf(JobId id) const
{
    const int row = m_jobs->rowOf(id);
    return row < 0 ? -1 : m_proxyRows[static_cast<size_t>(row)];
}

QModelIndex JobFilterProxy::index(int row, int column, const QModelIndex &parent) const
{
    return hasIndex(row, column, parent) ? createIndex(row, column) : QModelIndex();
}

QModelIndex JobFilterProxy::parent(const QModelIndex &) const
{
    return {};
}

QModelIndex JobFilterProxy::sibling(int row, int column, const QModelIndex &) const
{
    return index(row, column);
}

int JobFilterProxy::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int JobFilterProxy::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : JobColumns::count;
}

QModelIndex JobFilterProxy::mapToSource(const QModelIndex &proxyIndex) const
{
    if (!proxyIndex.isValid() || proxyIndex.row() >= rowCount())
        return {};
    return m_jobs->index(m_rows[static_cast<size_t>(proxyIndex.row())], proxyIndex.column());
}

QModelIndex JobFilterProxy::mapFromSource(const QModelIndex &sourceIndex) const
{
    if (!sourceIndex.isValid() || static_cast<size_t>(sourceIndex.row()) >= m_proxyRows.size())
        return {};
    const int row = m_proxyRows[static_cast<size_t>(sourceIndex.row())];
    return row < 0 ? QModelIndex() : createIndex(row, sourceIndex.column());
}

QVariant JobFilterProxy::headerData(int section, Qt::Orientation orientation, int role) const
{
    return m_jobs->headerData(section, orientation, role);
}

} // namespace BitNet
