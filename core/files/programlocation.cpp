// SPDX-License-Identifier: MIT
#include "core/files/programlocation.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace BitNet {

QString findOwnProgram(QLatin1StringView name)
{
    const QString applicationFolder = QCoreApplication::applicationDirPath();
    const QStringList candidates{
        applicationFolder + u'/' + name,
        applicationFolder + u"/" BITNET_LIBEXEC_FROM_BIN "/"_s + name,
        QStringLiteral(BITNET_LIBEXEC_DIR "/") + name,
    };
    for (const QString &candidate : candidates) {
        if (const QFileInfo file(candidate); file.isFile() && file.isExecutable())
            return file.canonicalFilePath();
    }
    return candidates.constFirst();
}

} // namespace BitNet
