// SPDX-License-Identifier: MIT
#include "app/ctl/messages.h"

#include "app/ctl/reports.h"
#include "app/ctl/terminaltext.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace BitNet {

using namespace Qt::StringLiterals;

void complain(const QString &sentence)
{
    const QString line = u"bitnetctl: "_s + sentence + u'\n';
    const QByteArray bytes = harmless(line).toUtf8();
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stderr);
    std::fflush(stderr);
}

int failWith(const QString &sentence)
{
    complain(sentence);
    return OwnFailure;
}

int failWith(const QStringList &sentences)
{
    for (const QString &sentence : sentences)
        complain(sentence);
    return OwnFailure;
}

int print(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    const bool written = std::fwrite(bytes.constData(), 1, size_t(bytes.size()), stdout) == size_t(bytes.size())
        && std::fflush(stdout) == 0;
    if (!written)
        return failWith(u"standard output can't be written to: %1"_s.arg(qt_error_string(errno)));
    return AllSucceeded;
}

} // namespace BitNet
