// SPDX-License-Identifier: MIT
#pragma once

#include "core/serving/serversnapshot.h"
#include "ui/style/theme.h"

#include <QAbstractTableModel>
#include <QList>

#include <functional>

namespace BitNet {

// The servers, one a row, in the order in which they became known. Fed with snapshots.
class ServerTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, State, Model, Engine, Address, Slots, Waiting, Answered, Context, Restarts };
    static constexpr int columnCountValue = Restarts + 1;
    enum Role {
        NameRole = Qt::UserRole, // QString
        SortRole, // the raw number, or the text
    };
    using EngineName = std::function<QString(const QString &program)>;

    explicit ServerTableModel(EngineName engineName, QObject *parent = nullptr);

    // Adds the server, or updates its row.
    void apply(const ServerSnapshot &snapshot);
    void remove(const QString &name);
    // Engines have other names now.
    void renameEngines();

    // 0 <= row < rowCount(). Valid until the next change.
    const ServerSnapshot &snapshot(int row) const { return m_servers[row]; }
    int rowOf(const QString &name) const; // -1: not known

    static QString stateWord(const ServerSnapshot &snapshot);
    static Tone tone(ServerState state);
    static QString icon(ServerState state);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QString text(const ServerSnapshot &server, Column column) const;
    QVariant sortKey(const ServerSnapshot &server, Column column) const;
    static bool isNumber(Column column) { return column >= Slots; }

    const EngineName m_engineName;
    QList<ServerSnapshot> m_servers;
};

} // namespace BitNet
