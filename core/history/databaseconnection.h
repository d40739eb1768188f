// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseerror.h"

#include <QList>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QString>
#include <QVariant>

#include <chrono>

namespace BitNet {

// SQL with its values.
struct QueryStatement
{
    QString sql = {};
    QList<QVariant> values = {};
};

// One connection to an SQLite file. Belongs to the thread that opened it, queries included, which must all be gone before
// it closes. Every function that can fail returns false (or an invalid value) and sets error().
class DatabaseConnection
{
public:
    enum class Access {
        ReadWrite, // the file is made when it is missing: 0600, whatever the umask
        ReadOnly, // nothing is ever written
    };

    DatabaseConnection() = default;
    ~DatabaseConnection();
    Q_DISABLE_COPY_MOVE(DatabaseConnection)

    // Does not read the file yet: a damaged one shows at the first statement. busyTimeout: how long a statement waits for
    // a lock of another connection.
    bool open(const QString &path, Access access, std::chrono::milliseconds busyTimeout);
    void close();
    bool isOpen() const { return m_database.isOpen(); }
    QString path() const { return m_path; }

    // A statement without results, or whose results are of no interest.
    bool execute(const QString &statement);
    // The first column of the first row; invalid when there is none, or on failure.
    QVariant value(const QString &statement);
    // Ready for bindings; check error() afterwards.
    QSqlQuery prepare(const QString &statement);
    // The same with its values bound.
    QSqlQuery prepare(const QueryStatement &statement);
    // Runs a prepared query.
    bool run(QSqlQuery &query);

    // A transaction that writes: takes the write lock at once, so that it can't fail half-way for want of it.
    bool begin();
    bool commit();
    // After a failure within a transaction; keeps error().
    void rollback();

    // Of the last call that failed.
    const DatabaseError &error() const { return m_error; }

private:
    bool createFile(const QString &path);
    bool fail(const QSqlError &error);

    QString m_path;
    QSqlDatabase m_database;
    DatabaseError m_error;
};

} // namespace BitNet
