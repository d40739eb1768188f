// SPDX-License-Identifier: MIT
#include "app/ctl/wholefile.h"

#include <QFile>

#include <cstdio>

namespace BitNet {

using namespace Qt::StringLiterals;

std::optional<QByteArray> readWholeFile(const QString &path, QString *error)
{
    QFile file(path);
    const bool isOpen = path == "-"_L1 ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    QByteArray content;
    if (isOpen)
        content = file.readAll();
    if (!isOpen || file.error() != QFileDevice::NoError) {
        *error = u"%1 can't be read: %2"_s.arg(path, file.errorString());
        return std::nullopt;
    }
    return content;
}

} // namespace BitNet
