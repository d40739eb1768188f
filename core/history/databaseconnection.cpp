// SPDX-License-Identifier: MIT
#include "core/history/databaseconnection.h"

#include <QFile>
#include <QSqlError>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace BitNet {

// Qt knows connections by name, so each gets one of its own.
static QString nextConnectionName()
{
    static std::atomic<quint64> counter = 0;
    return u"bitnet-history-"_s + QString::number(++counter);
}

DatabaseConnection::~DatabaseConnection()
{
    close();
}

bool DatabaseConnection::open(const QString &path, Access access, std::chrono::milliseconds busyTimeout)
{
    close();
    m_path = path;
    m_error = {};
    if (access == Access::ReadWrite && !createFile(path))
        return false;
    m_database = QSqlDatabase::addDatabase(u"QSQLITE"_s, nextConnectionName());
    m_database.setDatabaseName(path);
    QString options = u"QSQLITE_BUSY_TIMEOUT=%1"_s.arg(busyTimeout.count());
    if (access == Access::ReadOnly)
        options += u";QSQLITE_OPEN_READONLY"_s;
    m_database.setConnectOptions(options);
    if (m_database.open())
        return true;
    fail(m_database.lastError());
    close();
    return false;
}

void DatabaseConnection::close()
{
    if (!m_database.isValid())
        return;
    const QString name = m_database.connectionName();
    m_database.close();
    m_database = {};
    QSqlDatabase::removeDatabase(name);
}

// SQLite gives its -wal and -shm the mode of the file itself.
bool DatabaseConnection::createFile(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    const int descriptor = ::open(name.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        // One that is there already may be from a copy with a lax mode.
        ::fchmod(descriptor, 0600);
        ::close(descriptor);
        return true;
    }
    const DatabaseError::Kind kind =
        errno == ENOSPC || errno == EDQUOT ? DatabaseError::Kind::DiskFull : DatabaseError::Kind::Unavailable;
    m_error = {.kind = kind,
               .text =
                   u"The history, %1, can't be opened: %2."_s.arg(path, QString::fromLocal8Bit(std::strerror(errno)))};
    return false;
}

bool DatabaseConnection::fail(const QSqlError &error)
{
    m_error = DatabaseError::from(error, m_path);
    return false;
}

bool DatabaseConnection::execute(const QString &statement)
{
    QSqlQuery query(m_database);
    return query.exec(statement) || fail(query.lastError());
}

QVariant DatabaseConnection::value(const QString &statement)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.exec(statement)) {
        fail(query.lastError());
        return {};
    }
    if (query.next())
        return query.value(0);
    // The driver reports an error of the first step as "no row".
    if (query.lastError().isValid())
        fail(query.lastError());
    return {};
}

QSqlQuery DatabaseConnection::prepare(const QString &statement)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    m_error = {};
    if (!query.prepare(statement))
        fail(query.lastError());
    return query;
}

QSqlQuery DatabaseConnection::prepare(const QueryStatement &statement)
{
    QSqlQuery query = prepare(statement.sql);
    if (!m_error) {
        int position = 0;
        for (const QVariant &value : statement.values)
            query.bindValue(position++, value);
    }
    return query;
}

bool DatabaseConnection::run(QSqlQuery &query)
{
    return query.exec() || fail(query.lastError());
}

bool DatabaseConnection::begin()
{
    return execute(u"BEGIN IMMEDIATE"_s);
}

bool DatabaseConnection::commit()
{
    return execute(u"COMMIT"_s);
}

void DatabaseConnection::rollback()
{
    const DatabaseError error = m_error;
    execute(u"ROLLBACK"_s); // fails when SQLite has rolled back by itself
    m_error = error;
}

} // namespace BitNet
