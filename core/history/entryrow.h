// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"
#include "core/history/historyquery.h"

#include <QString>

namespace BitNet {

// How the clocks of this machine are now; the same for all rows of an answer, so that they fit together.
struct PresentClocks
{
    QString bootId = {}; // currentBootId()
    Instant now = {};

    static PresentClocks read();
};

// "SELECT … FROM jobs …" with everything that a HistoryEntry is made of; a WHERE may follow.
QString selectEntries();
HistoryEntry entryFromRow(const QSqlQuery &row, const PresentClocks &clocks);

// The given jobs, in this order; those that are not there (any more) are left out. False on failure.
bool readEntries(DatabaseConnection &connection, const QList<quint64> &ids, QList<HistoryEntry> &entries);

} // namespace BitNet
