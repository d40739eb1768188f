// SPDX-License-Identifier: MIT
#pragma once

#include "core/files/privatefolder.h"

#include <QString>

namespace BitNet {

// The application's files of one person.
//   history.sqlite (and SQLite's own -wal and -shm)   see JobHistory
//   instance.lock                                     see InstanceLock
//   jobs/                                             the jobs' folders, unless the settings say otherwise
//   conversations/ and presets.json                   see ConversationStore and PresetStore

// $XDG_DATA_HOME/bitnet-supervisor, or ~/.local/share/bitnet-supervisor.
QString defaultDataFolder();

QString historyFilePath(const QString &dataFolder);
QString defaultOutputRoot(const QString &dataFolder);
QString conversationsFolder(const QString &dataFolder);
QString presetsFilePath(const QString &dataFolder);

// Identifies the time since the machine was started; empty when the system does not say.
QString currentBootId();

} // namespace BitNet
