// SPDX-License-Identifier: MIT
#include "core/history/databaseerror.h"

#include <QSqlError>

using namespace Qt::StringLiterals;

namespace BitNet {

// Primary result codes of SQLite (sqlite.org/rescode.html); the low byte of the code that the driver reports.
enum class SqliteCode {
    Busy = 5,
    Locked = 6,
    ReadOnly = 8,
    IoError = 10,
    Corrupt = 11,
    Full = 13,
    CantOpen = 14,
    Protocol = 15,
    Auth = 23,
    NotADatabase = 26,
};

DatabaseError DatabaseError::from(const QSqlError &error, const QString &path)
{
    if (!error.isValid())
        return {};
    bool isNumber = false;
    const int code = error.nativeErrorCode().toInt(&isNumber) & 0xff;
    const QString details = error.databaseText();
    switch (isNumber ? SqliteCode(code) : SqliteCode::CantOpen) {
    case SqliteCode::Busy:
    case SqliteCode::Locked:
    case SqliteCode::Protocol:
        return {.kind = Kind::Locked, .text = u"Another program is using the history, %1."_s.arg(path)};
    case SqliteCode::Full:
        return {.kind = Kind::DiskFull,
                .text = u"The disk that holds the history, %1, is full: make room there."_s.arg(path)};
    case SqliteCode::Corrupt:
    case SqliteCode::NotADatabase:
        return {.kind = Kind::Corrupt, .text = u"The history, %1, is damaged: %2."_s.arg(path, details)};
    case SqliteCode::ReadOnly:
    case SqliteCode::IoError:
    case SqliteCode::CantOpen:
    case SqliteCode::Auth:
        return {.kind = Kind::Unavailable,
                .text = u"The history, %1, can't be used at the moment: %2."_s.arg(
                    path, details.isEmpty() ? error.driverText() : details)};
    }
    return {.kind = Kind::Refused, .text = u"The history, %1, refused a statement: %2."_s.arg(path, details)};
}

} // namespace BitNet
