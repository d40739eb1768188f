// SPDX-License-Identifier: MIT
#include "ui/engine/servertablemodel.h"

#include "ui/engine/tonedelegate.h"
#include "ui/style/wording.h"

#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

ServerTableModel::ServerTableModel(EngineName engineName, QObject *parent)
    : QAbstractTableModel(parent)
    , m_engineName(std::move(engineName))
{
}

void ServerTableModel::apply(const ServerSnapshot &snapshot)
{
    const int row = rowOf(snapshot.name);
    if (row < 0) {
        const int last = rowCount();
        beginInsertRows({}, last, last);
        m_servers += snapshot;
        endInsertRows();
        return;
    }
    m_servers[row] = snapshot;
    Q_EMIT dataChanged(index(row, 0), index(row, Restarts));
}

void ServerTableModel::remove(const QString &name)
{
    const int row = rowOf(name);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_servers.removeAt(row);
    endRemoveRows();
}

void ServerTableModel::renameEngines()
{
    if (!m_servers.isEmpty())
        Q_EMIT dataChanged(index(0, Engine), index(rowCount() - 1, Engine), {Qt::DisplayRole, SortRole});
}

int ServerTableModel::rowOf(const QString &name) const
{
    const auto found = std::find_if(m_servers.cbegin(), m_servers.cend(),
                                    [&](const ServerSnapshot &server) { return server.name == name; });
    return found == m_servers.cend() ? -1 : int(found - m_servers.cbegin());
}

QString ServerTableModel::stateWord(const ServerSnapshot &snapshot)
{
    switch (snapshot.state) {
    case ServerState::Stopped:
        return tr("Stopped");
    case ServerState::Starting:
        return snapshot.restartIn ? tr("Restarting") : tr("Starting");
    case ServerState::Ready:
        return tr("Ready");
    case ServerState::Busy:
        return tr("Busy");
    case ServerState::Stopping:
        return tr("Stopping");
    case ServerState::Failed:
        return tr("Failed");
    }
    return {};
}

Tone ServerTableModel::tone(ServerState state)
{
    switch (state) {
    case ServerState::Stopped:
        return Tone::Muted;
    case ServerState::Starting:
    case ServerState::Stopping:
        return Tone::Warning;
    case ServerState::Ready:
        return Tone::Good;
    case ServerState::Busy:
        return Tone::Active;
    case ServerState::Failed:
        return Tone::Bad;
    }
    return Tone::Plain;
}

QString ServerTableModel::icon(ServerState state)
{
    switch (state) {
    case ServerState::Stopped:
        return u"state-cancelled"_s;
    case ServerState::Starting:
        return u"state-starting"_s;
    case ServerState::Ready:
        return u"state-succeeded"_s;
    case ServerState::Busy:
        return u"state-running"_s;
    case ServerState::Stopping:
        return u"stop"_s;
    case ServerState::Failed:
        return u"state-failed"_s;
    }
    return {};
}

int ServerTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_servers.size());
}

int ServerTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnCountValue;
}

QString ServerTableModel::text(const ServerSnapshot &server, Column column) const
{
    switch (column) {
    case Name:
        return server.name;
    case State:
        return stateWord(server);
    case Model:
        return QFileInfo(server.model).fileName();
    case Engine:
        return server.engine.isEmpty() ? Wording::nothing() : m_engineName(server.engine);
    case Address:
        return server.url.isValid() && !server.url.isEmpty() ? u"%1:%2"_s.arg(server.url.host()).arg(server.url.port())
                                                             : Wording::nothing();
    case Slots:
        return tr("%1 of %2").arg(server.busySlots).arg(server.slotCount);
    case Waiting:
        return Wording::number(server.waitingRequests);
    case Answered:
        return Wording::number(server.answeredRequests);
    case Context:
        return Wording::number(server.contextSize);
    case Restarts:
        return Wording::number(server.restarts);
    }
    return {};
}

QVariant ServerTableModel::sortKey(const ServerSnapshot &server, Column column) const
{
    switch (column) {
    case Name:
    case Model:
    case Engine:
        return text(server, column);
    case State:
        return static_cast<int>(server.state);
    case Address:
        return server.url.port();
    case Slots:
        return server.busySlots;
    case Waiting:
        return server.waitingRequests;
    case Answered:
        return server.answeredRequests;
    case Context:
        return server.contextSize.value_or(-1);
    case Restarts:
        return server.restarts;
    }
    return {};
}

QVariant ServerTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ServerSnapshot &server = m_servers[index.row()];
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(server, column);
    case Qt::ToolTipRole:
        if (column == Model)
            return server.model;
        if (column == Engine)
            return server.engine;
        return column == State && !server.reason.isEmpty() ? server.reason : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    case NameRole:
        return server.name;
    case SortRole:
        return sortKey(server, column);
    case ToneDelegate::ToneRole:
        return column == State ? QVariant(static_cast<int>(tone(server.state))) : QVariant();
    case ToneDelegate::IconRole:
        return column == State ? QVariant(icon(server.state)) : QVariant();
    default:
        return {};
    }
}

QVariant ServerTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCountValue)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Name:
        return tr("Server");
    case State:
        return tr("State");
    case Model:
        return tr("Model");
    case Engine:
        return tr("Engine");
    case Address:
        return tr("Address");
    case Slots:
        return tr("Busy slots");
    case Waiting:
        return tr("Waiting");
    case Answered:
        return tr("Answered");
    case Context:
        return tr("Context");
    case Restarts:
        return tr("Restarts");
    }
    return {};
}

} // namespace BitNet
