// SPDX-License-Identifier: MIT
#include "core/history/datafolder.h"

#include <QFile>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace BitNet {

QString defaultDataFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/bitnet-supervisor"_s;
}

QString historyFilePath(const QString &dataFolder)
{
    return dataFolder + u"/history.sqlite"_s;
}

QString defaultOutputRoot(const QString &dataFolder)
{
    return dataFolder + u"/jobs"_s;
}

QString conversationsFolder(const QString &dataFolder)
{
    return dataFolder + u"/conversations"_s;
}

QString presetsFilePath(const QString &dataFolder)
{
    return dataFolder + u"/presets.json"_s;
}

QString currentBootId()
{
    QFile file(u"/proc/sys/kernel/random/boot_id"_s);
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readAll().trimmed()) : QString();
}

} // namespace BitNet
