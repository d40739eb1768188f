// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>

namespace BitNet {

// A line that a person typed, cut into the arguments of a command. Quotes and backslashes work as in a POSIX shell:
// 'literal', "with \" \\ \$ \` escapes", \x; nothing else does, save
// $'…' with \n, \r, \t, \\, \' and \NNN (octal), which is how a command with control characters is shown. There is no shell: | > & ; * $HOME and ~ stay as they are.
struct CommandLine
{
    QStringList arguments = {};
    QString error = {}; // a sentence; empty when the line is well formed
    // Whether the line has something unquoted that a shell would act on, so that people can be told that it is plain text.
    bool looksLikeShell = false;

    static CommandLine parse(QStringView line);
    friend bool operator==(const CommandLine &, const CommandLine &) = default;
};

} // namespace BitNet
