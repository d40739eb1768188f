// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

class QSqlError;

namespace BitNet {

// What went wrong with the database, as far as it matters for what to do next.
struct DatabaseError
{
    enum class Kind {
        None,
        Locked, // another program holds it: try again soon
        DiskFull, // try again
        Unavailable, // can't be opened, read or written at the moment: try again
        Corrupt, // it is no database, or a damaged one
        Refused, // the statement itself is at fault
    };

    Kind kind = Kind::None;
    // A sentence for people; empty for None.
    QString text = {};

    explicit operator bool() const { return kind != Kind::None; }

    // path: of the database, for the sentence.
    static DatabaseError from(const QSqlError &error, const QString &path);
};

} // namespace BitNet
