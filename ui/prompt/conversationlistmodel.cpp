// SPDX-License-Identifier: MIT
#include "ui/prompt/conversationlistmodel.h"

#include <QLocale>

#include <algorithm>

namespace BitNet {

ConversationListModel::ConversationListModel(ConversationStore &store, QObject *parent)
    : QAbstractListModel(parent)
    , m_store(store)
{
    connect(&store, &ConversationStore::listed, this, &ConversationListModel::reset);
    connect(&store, &ConversationStore::summaryChanged, this, &ConversationListModel::change);
    connect(&store, &ConversationStore::summaryAdded, this, &ConversationListModel::add);
    connect(&store, &ConversationStore::summaryRemoved, this, &ConversationListModel::remove);
    m_rows = store.summaries();
}

int ConversationListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

static QString when(const QDateTime &utc)
{
    const QDateTime time = utc.toLocalTime();
    const qint64 days = time.date().daysTo(QDate::currentDate());
    const QLocale locale;
    if (days <= 0)
        return locale.toString(time.time(), QLocale::ShortFormat);
    if (days == 1)
        return ConversationListModel::tr("yesterday");
    if (days < 7)
        return locale.dayName(time.date().dayOfWeek());
    return locale.toString(time.date(), QLocale::ShortFormat);
}

QVariant ConversationListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ConversationSummary &row = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return row.title.isEmpty() ? tr("New conversation") : row.title;
    case Qt::EditRole:
        return row.title;
    case Qt::ToolTipRole:
        return tr("%1\n%n message(s), changed %2", nullptr, row.messageCount)
            .arg(row.title, QLocale().toString(row.updated.toLocalTime(), QLocale::ShortFormat));
    case IdRole:
        return row.id;
    case DetailRole: {
        const QString excerpt = m_excerpts.value(row.id);
        return excerpt.isEmpty() ? when(row.updated) : excerpt;
    }
    case ReadOnlyRole:
        return row.readOnly;
    default:
        return {};
    }
}

bool ConversationListModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::EditRole || !checkIndex(index, CheckIndexOption::IndexIsValid) || m_rows[index.row()].readOnly)
        return false;
    if (value.toString() != m_rows[index.row()].title)
        m_store.rename(m_rows[index.row()].id, value.toString());
    return true;
}

Qt::ItemFlags ConversationListModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = QAbstractListModel::flags(index) | Qt::ItemNeverHasChildren;
    if (index.isValid() && !m_rows[index.row()].readOnly)
        flags |= Qt::ItemIsEditable;
    return flags;
}

int ConversationListModel::rowOf(const QString &id) const
{
    const auto found =
        std::find_if(m_rows.cbegin(), m_rows.cend(), [&id](const ConversationSummary &row) { return row.id == id; });
    return found == m_rows.cend() ? -1 : int(found - m_rows.cbegin());
}

QModelIndex ConversationListModel::indexOf(const QString &id) const
{
    const int row = rowOf(id);
    return row < 0 ? QModelIndex() : index(row);
}

// Where it belongs among the others.
int ConversationListModel::placeFor(const ConversationSummary &summary) const
{
    const auto later = std::find_if(m_rows.cbegin(), m_rows.cend(), [&summary](const ConversationSummary &row) {
        return row.id != summary.id && row.updated <= summary.updated;
    });
    return int(later - m_rows.cbegin());
}

void ConversationListModel::reset()
{
    beginResetModel();
    m_rows = m_store.summaries();
    if (m_isSearching)
        m_rows.removeIf([this](const ConversationSummary &row) { return !m_excerpts.contains(row.id); });
    endResetModel();
}

void ConversationListModel::change(const QString &id)
{
    const int row = rowOf(id);
    const auto summary = m_store.summary(id);
    if (row < 0 || !summary)
        return;
    m_rows[row] = *summary;
    Q_EMIT dataChanged(index(row), index(row));
    if (m_isSearching)
        return; // keeps the order in which they were found
    const int place = placeFor(*summary);
    if (place == row || place == row + 1)
        return;
    beginMoveRows({}, row, row, {}, place);
    m_rows.move(row, place > row ? place - 1 : place);
    endMoveRows();
}

void ConversationListModel::add(const QString &id)
{
    const auto summary = m_store.summary(id);
    if (!summary || m_isSearching || rowOf(id) >= 0)
        return;
    const int place = placeFor(*summary);
    beginInsertRows({}, place, place);
    m_rows.insert(place, *summary);
    endInsertRows();
}

void ConversationListModel::remove(const QString &id)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_rows.removeAt(row);
    endRemoveRows();
}

void ConversationListModel::beginHits()
{
    m_isSearching = true;
    m_excerpts.clear();
    reset();
}

void ConversationListModel::hit(const ConversationHit &hit)
{
    const auto summary = m_store.summary(hit.conversation);
    if (!m_isSearching || !summary || rowOf(hit.conversation) >= 0)
        return;
    m_excerpts.insert(hit.conversation, hit.message == noMessage ? QString() : hit.excerpt);
    beginInsertRows({}, int(m_rows.size()), int(m_rows.size()));
    m_rows.append(*summary);
    endInsertRows();
}

void ConversationListModel::endHits()
{
    if (!std::exchange(m_isSearching, false))
        return;
    m_excerpts.clear();
    reset();
}

} // namespace BitNet
