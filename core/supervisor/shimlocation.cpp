// SPDX-License-Identifier: MIT
#include "core/supervisor/shimlocation.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace BitNet {

QString findJobShim()
{
    const QString applicationFolder = QCoreApplication::applicationDirPath();
    const QStringList candidates{
        applicationFolder + u"/bitnet-jobshim"_s,
        applicationFolder + u"/" BITNET_LIBEXEC_FROM_BIN "/bitnet-jobshim"_s,
        QStringLiteral(BITNET_LIBEXEC_DIR "/bitnet-jobshim"),
    };
    for (const QString &candidate : candidates) {
        if (const QFileInfo file(candidate); file.isFile() && file.isExecutable())
            return file.canonicalFilePath();
    }
    return candidates.constFirst();
}

} // namespace BitNet
