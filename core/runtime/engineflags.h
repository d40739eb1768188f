// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>
#include <QSet>
#include <QString>

namespace BitNet {

// Which flags an engine's --help lists.
struct EngineFlags
{
    QSet<QString> flags = {}; // "-m", "--model", "-no-cnv", …
    // False: the probe failed (why says so); the invocation is then built from the flags that every known engine has.
    bool known = false;
    QString why = {}; // a sentence; empty when known

    bool contains(QStringView flag) const;

    // Reads the output of --help: the words that start a line (up to four spaces before them don't count), or follow ", " at
    // its beginning, and begin with '-'.
    // Bytes that are not UTF-8, rulers of dashes and the descriptions are passed over. Known when there is any flag.
    static EngineFlags fromHelp(QByteArrayView help);
    static EngineFlags unknown(const QString &why);
    friend bool operator==(const EngineFlags &, const EngineFlags &) = default;
};

} // namespace BitNet
