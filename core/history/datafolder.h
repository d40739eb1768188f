// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace BitNet {

// The application's files of one person.
//   history.sqlite (and SQLite's own -wal and -shm)   see JobHistory
//   instance.lock                                     see InstanceLock
//   jobs/                                             the jobs' folders, unless the settings say otherwise

// $XDG_DATA_HOME/bitnet-supervisor, or ~/.local/share/bitnet-supervisor.
QString defaultDataFolder();

// Makes the folder, and those above it that are missing, for this person alone (0700). A folder that is there already is
// left as it is. False when that is not possible; error then holds a sentence.
bool makePrivateFolder(const QString &path, QString *error);

QString historyFilePath(const QString &dataFolder);
QString defaultOutputRoot(const QString &dataFolder);

// Identifies the time since the machine was started; empty when the system does not say.
QString currentBootId();

} // namespace BitNet
