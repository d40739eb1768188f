// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"

#include <QList>
#include <QStringList>

namespace BitNet {

// One step of the schema: the statements that lead from version - 1 to version.
struct Migration
{
    int version = 0;
    QStringList statements;
};

// All steps, in order, from an empty file to historySchemaVersion. A step that was ever released is never changed.
QList<Migration> historyMigrations();

// Of this program; PRAGMA user_version of a file that it wrote.
inline constexpr int historySchemaVersion = 2;
// PRAGMA application_id of our files: "BnSv".
inline constexpr int historyApplicationId = 0x426e5376;

enum class SchemaCheck {
    Current,
    Empty, // a file without any table
    Older, // migrate() brings it to the newest version
    Newer, // written by a later version of this program
    Foreign, // a database, but not ours
    Failed, // see the connection's error()
};
SchemaCheck checkSchema(DatabaseConnection &connection, int newest = historySchemaVersion);

// Runs the steps that the file lacks and sets its version, all in one transaction: whatever happens in between, the file
// has the old schema or the new one. False on failure; see the connection's error().
bool migrate(DatabaseConnection &connection, const QList<Migration> &migrations);

} // namespace BitNet
