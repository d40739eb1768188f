// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"
#include "core/history/historyquery.h"

#include <QString>

namespace BitNet {

// "SELECT … FROM jobs …" with everything that a HistoryEntry is made of; a WHERE may follow. bootId: currentBootId().
QString selectEntries();
HistoryEntry entryFromRow(const QSqlQuery &row, const QString &bootId);

// The given jobs, in this order; those that are not there (any more) are left out. False on failure.
bool readEntries(DatabaseConnection &connection, const QList<quint64> &ids, QList<HistoryEntry> &entries);

} // namespace BitNet
