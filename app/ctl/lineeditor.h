// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace BitNet {

// A line that can be edited while it is typed at a terminal: keys go in, what is to be written to the terminal comes out. The
// usual keys: arrows, Home, End, Delete, Ctrl-A B E F H K U W L, Alt-B F, arrows up and down for the lines before. What is
// pasted (bracketed paste) is text, line feeds included, and so is Alt-Enter; each is shown as a sign. A long line is shown
// in part, around the cursor.
class LineEditor
{
public:
    enum class Result {
        Editing,
        Done, // Enter: text() is the line
        Ended, // Ctrl-D on an empty line
    };

    // Begins a line, of a terminal with so many columns.
    void begin(const QString &prompt, int columns);
    // Takes keys off the beginning of bytes until the line is done; all of them otherwise.
    Result take(QByteArray &bytes, int columns);
    const QString &text() const { return m_text; }
    // A line that the arrows can bring back.
    void remember(const QString &line);
    // What is to be written since the last call.
    QByteArray takeOutput();

private:
    enum class Key {
        Unfinished, // the rest has yet to come
        Unknown,
        Text,
        Enter,
        LineFeed,
        Backspace,
        Delete,
        DeleteOrEnd,
        DeleteToEnd,
        DeleteToStart,
        DeleteWord,
        Left,
        Right,
        WordLeft,
        WordRight,
        Home,
        End,
        Earlier,
        Later,
        Clear,
        Paste,
    };

    Key nextKey(QByteArrayView bytes, qsizetype *length, QString *text) const;
    static Key sequenceKey(QByteArrayView parameters, char final);
    bool takePaste();
    Result press(Key key, const QString &text);
    void insert(const QString &text);
    void remove(qsizetype from, qsizetype to);
    qsizetype step(qsizetype from, int direction) const;
    qsizetype wordStep(qsizetype from, int direction) const;
    void recall(qsizetype index);
    void draw();

    QString m_prompt;
    int m_columns = 80;
    QString m_text;
    qsizetype m_cursor = 0; // in m_text
    QByteArray m_pending; // of a key
    bool m_pasting = false;
    QStringList m_lines; // the earlier ones
    qsizetype m_line = 0; // of them that is shown; their number: the new one
    QString m_draft; // the new one, while an earlier one is shown
    QByteArray m_output;
};

} // namespace BitNet
