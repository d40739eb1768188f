// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"
#include "core/history/instancelock.h"

#include <QString>

namespace BitNet {

// history.sqlite as a file: brings it into a state in which it can be used, whatever it was.
class HistoryFile
{
public:
    HistoryFile(QString path, InstanceLock::PreviousHolder previousHolder);

    enum class Result {
        Ready, // the connection reads and writes the newest schema
        ReadOnly, // a later version wrote it: the connection only reads, and nothing in the file was changed
        Trouble, // see error(); worth another try
    };
    // A damaged file, or one that is not ours, is moved aside (with its -wal and -shm) and a fresh one takes its place.
    // Small files are checked whole; of larger ones only the structure that is needed at once, see check().
    Result open(DatabaseConnection &connection);

    // Whether open() left a part unchecked because the file is large.
    bool isCheckIncomplete() const { return m_checkIncomplete; }
    // What is wrong in a table, or in the whole file, in words; empty when it is sound. Reads all of it: about 1 s for
    // 500 MB.
    static QString check(DatabaseConnection &connection, const QString &table = {});

    // Moves the file aside. False when that is not possible: error() says why. Used as well when damage shows later on;
    // the connections to it have to be opened again then.
    bool moveAside(const QString &why);
    // Where the last damaged file is now, and what was wrong with it; empty when there was none.
    QString movedAsideTo() const { return m_movedAsideTo; }
    QString movedAsideWhy() const { return m_movedAsideWhy; }
    // Of the last call that failed.
    const DatabaseError &error() const { return m_error; }

    QString path() const { return m_path; }

private:
    enum class Inspection { Usable, Newer, Damaged, Unknown };
    Inspection inspect(QString *why);
    bool prepare(DatabaseConnection &connection);

    const QString m_path;
    const InstanceLock::PreviousHolder m_previousHolder;
    bool m_inspected = false;
    bool m_checkIncomplete = false;
    QString m_movedAsideTo;
    QString m_movedAsideWhy;
    DatabaseError m_error;
};

} // namespace BitNet
