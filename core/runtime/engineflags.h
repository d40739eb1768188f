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
    QString why = {};

    bool contains(QStringView flag) const;

    // Reads the output of --help: every word that starts a line, or follows ", " at its beginning, and begins with '-'.
    static EngineFlags fromHelp(QByteArrayView help);
    friend bool operator==(const EngineFlags &, const EngineFlags &) = default;
};

} // namespace BitNet
