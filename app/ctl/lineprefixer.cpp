// SPDX-License-Identifier: MIT
#include "app/ctl/lineprefixer.h"

#include <utility>

namespace BitNet {

LinePrefixer::LinePrefixer(QByteArray prefix)
    : m_prefix(std::move(prefix))
{
}

QByteArray LinePrefixer::take(QByteArrayView bytes)
{
    QByteArray lines;
    lines.reserve(bytes.size() + bytes.size() / 8 + m_prefix.size());
    while (!bytes.isEmpty()) {
        const qsizetype end = bytes.indexOf('\n');
        const qsizetype size = end < 0 ? bytes.size() : end;
        if (m_partial.isEmpty() && end >= 0) { // the common case without a copy in between
            lines.append(m_prefix).append(bytes.first(size)).append('\n');
        } else {
            m_partial.append(bytes.first(size));
            if (end >= 0 || m_partial.size() >= longestLine) {
                lines.append(m_prefix).append(m_partial).append('\n');
                m_partial.clear();
            }
        }
        bytes = bytes.sliced(end < 0 ? size : size + 1);
    }
    return lines;
}

QByteArray LinePrefixer::takeRest()
{
    if (m_partial.isEmpty())
        return {};
    QByteArray line = m_prefix;
    line.append(std::exchange(m_partial, {})).append('\n');
    return line;
}

} // namespace BitNet
