// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace BitNet {

// Puts a prefix before each line of a stream that comes in pieces cut anywhere. A line is held until its end has come, so
// that lines of different jobs do not mix; one that is longer than longestLine goes out in parts.
class LinePrefixer
{
public:
    static constexpr qsizetype longestLine = 64 * 1024;

    explicit LinePrefixer(QByteArray prefix);

    // The whole lines that these bytes complete.
    QByteArray take(QByteArrayView bytes);
    // What is left without a line end, with one; empty when there is nothing.
    QByteArray takeRest();

private:
    QByteArray m_prefix;
    QByteArray m_partial;
};

} // namespace BitNet
