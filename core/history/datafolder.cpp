// SPDX-License-Identifier: MIT
#include "core/history/datafolder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <cerrno>
#include <cstring>
#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace BitNet {

QString defaultDataFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/bitnet-supervisor"_s;
}

bool makePrivateFolder(const QString &path, QString *error)
{
    const QFileInfo folder(QDir(path).absolutePath());
    if (folder.isDir())
        return true;
    const QString parent = folder.path();
    if (parent != folder.filePath() && !makePrivateFolder(parent, error))
        return false;
    if (::mkdir(QFile::encodeName(folder.filePath()).constData(), 0700) == 0 || errno == EEXIST)
        return true;
    if (error) {
        *error =
            u"The folder %1 can't be made: %2."_s.arg(folder.filePath(), QString::fromLocal8Bit(std::strerror(errno)));
    }
    return false;
}

QString historyFilePath(const QString &dataFolder)
{
    return dataFolder + u"/history.sqlite"_s;
}

QString defaultOutputRoot(const QString &dataFolder)
{
    return dataFolder + u"/jobs"_s;
}

QString currentBootId()
{
    QFile file(u"/proc/sys/kernel/random/boot_id"_s);
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readAll().trimmed()) : QString();
}

} // namespace BitNet
