// SPDX-License-Identifier: MIT
#pragma once

#include <QLocale>
#include <QString>

namespace BitNet {

// A number of bytes as people say it, with one decimal from 1 KiB on: "512 bytes", "1.4 GiB". In the words of the locale;
// without one in those of programs and logs.
inline QString formatSize(qint64 bytes, const QLocale &locale = QLocale::c())
{
    return locale.formattedDataSize(bytes, bytes < 1024 ? 0 : 1);
}

} // namespace BitNet
