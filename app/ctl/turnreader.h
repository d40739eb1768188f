// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace BitNet {

// Makes turns of a conversation out of lines. A line is a turn; lines between two """ are one. At a terminal a "\" at the end
// continues a line, and a line that begins with "/" and a word is a command.
class TurnReader
{
public:
    enum class Kind {
        Nothing, // there is nothing in it
        More, // it goes on in the next line
        Prompt,
        Command, // text without its "/"
    };
    struct Turn
    {
        Kind kind = Kind::Nothing;
        QString text = {};
    };

    explicit TurnReader(bool interactive)
        : m_interactive(interactive)
    {
    }

    // A line without its end.
    Turn take(const QString &line);
    // There are no more lines: what was begun is a turn.
    Turn takeRest();
    // Forgets what was begun.
    void clear();

private:
    Turn takeFirst(const QString &line);
    Turn takeQuoted(const QString &line);
    Turn finish();

    const bool m_interactive;
    bool m_quoting = false;
    bool m_continuing = false;
    QString m_text;
};

} // namespace BitNet
