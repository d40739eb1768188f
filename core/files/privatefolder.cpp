// SPDX-License-Identifier: MIT
#include "core/files/privatefolder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>
#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace BitNet {

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

} // namespace BitNet
