// SPDX-License-Identifier: MIT
#include "core/runtime/engineflags.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

constexpr int mostIndent = 4;

bool endsFlag(char c)
{
    return c == ' ' || c == ',' || c == '\t' || c == '=' || c == ':' || c == '\r';
}

// "-t,    --threads N      number of threads": the flags are separated by commas, the first word without one after it is
// the last flag; what follows is its value and the description.
void readLine(QByteArrayView line, QSet<QString> &flags)
{
    // llama-bench and llama-quantize indent their flags a little; descriptions stand much further to the right.
    for (int i = 0; i < mostIndent && line.startsWith(' '); ++i)
        line = line.sliced(1);
    while (line.startsWith('-')) {
        const qsizetype length = std::find_if(line.begin(), line.end(), endsFlag) - line.begin();
        const QByteArrayView flag = line.first(length);
        if (std::any_of(flag.begin(), flag.end(), [](char c) { return c != '-'; }))
            flags.insert(QString::fromUtf8(flag));
        line = line.sliced(length);
        if (!line.startsWith(','))
            return;
        line = line.sliced(1).trimmed();
    }
}

} // namespace

bool EngineFlags::contains(QStringView flag) const
{
    return flags.contains(flag.toString());
}

EngineFlags EngineFlags::fromHelp(QByteArrayView help)
{
    EngineFlags result;
    while (!help.isEmpty()) {
        const qsizetype end = help.indexOf('\n');
        readLine(end < 0 ? help : help.first(end), result.flags);
        help = end < 0 ? QByteArrayView() : help.sliced(end + 1);
    }
    result.known = !result.flags.isEmpty();
    if (!result.known)
        result.why = u"Its --help lists no flags."_s;
    return result;
}

EngineFlags EngineFlags::unknown(const QString &why)
{
    return {.why = why};
}

} // namespace BitNet
