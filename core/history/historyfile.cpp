// SPDX-License-Identifier: MIT
#include "core/history/historyfile.h"

#include "core/history/historylogging.h"
#include "core/history/historyschema.h"
#include "core/history/walcheck.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace BitNet {

// Checked whole at each start: 0.1 s and less.
static constexpr qint64 smallFileBytes = 32 * 1024 * 1024;
// Short, so that the thread stays responsive; the writer tries again by itself.
static constexpr std::chrono::milliseconds busyTimeout = 200ms;

static constexpr std::array companions = {"-wal"_L1, "-shm"_L1, "-journal"_L1};

HistoryFile::HistoryFile(QString path, InstanceLock::PreviousHolder previousHolder)
    : m_path(std::move(path))
    , m_previousHolder(previousHolder)
{
}

HistoryFile::Result HistoryFile::open(DatabaseConnection &connection)
{
    connection.close();
    if (!m_inspected) {
        QString why;
        switch (inspect(&why)) {
        case Inspection::Usable:
            break;
        case Inspection::Unknown:
            return Result::Trouble;
        case Inspection::Newer:
            if (connection.open(m_path, DatabaseConnection::Access::ReadOnly, busyTimeout))
                return Result::ReadOnly;
            m_error = connection.error();
            return Result::Trouble;
        case Inspection::Damaged:
            if (!moveAside(why))
                return Result::Trouble;
            break;
        }
        m_inspected = true;
    }
    if (prepare(connection))
        return Result::Ready;
    m_error = connection.error();
    connection.close();
    return Result::Trouble;
}

// Looks at the file through a connection that can't write, so that a file of a later version and a damaged one stay as
// they are.
HistoryFile::Inspection HistoryFile::inspect(QString *why)
{
    const QFileInfo file(m_path);
    m_checkIncomplete = false;
    if (!file.exists())
        return Inspection::Usable;
    if (file.size() == 0) {
        *why = u"It is empty."_s;
        return Inspection::Damaged;
    }
    if (isWalDamaged(m_path, m_previousHolder)) {
        *why = u"Its write-ahead log is damaged."_s;
        return Inspection::Damaged;
    }
    DatabaseConnection connection;
    if (!connection.open(m_path, DatabaseConnection::Access::ReadOnly, busyTimeout)) {
        m_error = connection.error();
        return Inspection::Unknown;
    }
    switch (checkSchema(connection)) {
    case SchemaCheck::Failed:
        m_error = connection.error();
        *why = m_error.text;
        return m_error.kind == DatabaseError::Kind::Corrupt ? Inspection::Damaged : Inspection::Unknown;
    case SchemaCheck::Foreign:
        *why = u"It is a database of another program."_s;
        return Inspection::Damaged;
    case SchemaCheck::Newer:
        return Inspection::Newer;
    case SchemaCheck::Current:
    case SchemaCheck::Empty:
    case SchemaCheck::Older:
        break;
    }
    if (file.size() > smallFileBytes) {
        m_checkIncomplete = true;
        return Inspection::Usable;
    }
    *why = check(connection);
    return why->isEmpty() ? Inspection::Usable : Inspection::Damaged;
}

QString HistoryFile::check(DatabaseConnection &connection, const QString &table)
{
    const QVariant answer = connection.value(u"PRAGMA quick_check(%1)"_s.arg(table.isEmpty() ? u"1"_s : table));
    if (!answer.isValid())
        return connection.error().kind == DatabaseError::Kind::Corrupt ? connection.error().text : QString();
    return answer.toString() == "ok"_L1 ? QString() : answer.toString();
}

bool HistoryFile::prepare(DatabaseConnection &connection)
{
    const bool existed = QFileInfo::exists(m_path);
    if (!connection.open(m_path, DatabaseConnection::Access::ReadWrite, busyTimeout))
        return false;
    // Readers go on while the writer writes, and a commit is one append.
    bool ok = connection.value(u"PRAGMA journal_mode = WAL"_s).isValid();
    ok = ok && connection.execute(u"PRAGMA synchronous = FULL"_s);
    ok = ok && connection.execute(u"PRAGMA cache_size = -8000"_s); // KiB
    ok = ok && connection.execute(u"PRAGMA secure_delete = OFF"_s);
    // After a flood the -wal file is cut back to this many bytes.
    ok = ok && connection.value(u"PRAGMA journal_size_limit = 67108864"_s).isValid();
    if (ok) {
        switch (checkSchema(connection)) {
        case SchemaCheck::Current:
            break;
        case SchemaCheck::Empty:
        case SchemaCheck::Older:
            ok = migrate(connection, historyMigrations());
            break;
        case SchemaCheck::Newer:
        case SchemaCheck::Foreign:
        case SchemaCheck::Failed:
            ok = false;
            break;
        }
    }
    if (!ok && !existed) {
        // An empty file would be taken for a damaged one at the next start.
        connection.close();
        if (QFileInfo(m_path).size() == 0)
            QFile::remove(m_path);
    }
    return ok;
}

bool HistoryFile::moveAside(const QString &why)
{
    const QString base = m_path.chopped(u".sqlite"_s.size()) + u"-damaged-"_s
        + QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd'T'HHmmss'Z'"_s);
    QString target = base + u".sqlite"_s;
    for (int attempt = 2; QFileInfo::exists(target); ++attempt)
        target = base + u'-' + QString::number(attempt) + u".sqlite"_s;
    QFile file(m_path);
    if (!file.rename(target)) {
        m_error = {.kind = DatabaseError::Kind::Unavailable,
                   .text = u"The damaged history, %1, can't be moved aside: %2."_s.arg(m_path, file.errorString())};
        return false;
    }
    for (const QLatin1String companion : companions) {
        if (QFileInfo::exists(m_path + companion) && !QFile::rename(m_path + companion, target + companion))
            qCWarning(historyLog).noquote() << "Can't move aside:" << QString(m_path + companion);
    }
    m_movedAsideTo = target;
    m_movedAsideWhy = why;
    m_checkIncomplete = false;
    qCWarning(historyLog).noquote() << "The history was damaged and is now in" << target << "-" << why;
    return true;
}

} // namespace BitNet
