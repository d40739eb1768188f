// SPDX-License-Identifier: MIT
#pragma once

#include "ui/output/textstyle.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace BitNet {

// One column of a line as a terminal would show it.
struct TextCell
{
    char32_t character = U' ';
    qint32 source = 0; // of its first byte, in the bytes that were parsed
    qint32 cluster = -1; // in LineText::clusters(), when it is more than one character
    quint16 style = 0; // in LineText::styles()
    // Columns it takes: 1, 2 for a wide character, up to 8 for a tab. 0: belongs to the cell before.
    quint8 width = 1;
};

struct LineParsing
{
    TextStyle style = {}; // in which the line begins
    // Bytes at the end that only serve to complete a character which begins before them.
    qsizetype lookahead = 0;
    // Stop when this many columns are known and nothing that follows can change them.
    int maximumColumns = 1 << 20;
    bool folded = false; // it goes on from a line before: what remains of a cut character is passed over
    // More may come: an unfinished character at the end is not shown yet.
    bool open = false;
};

// A line of output made ready to be shown: UTF-8 decoded (what is not UTF-8, and NUL, as U+FFFD), SGR understood, other
// escape sequences swallowed, other control characters as their symbols, backspace, carriage return and erasing applied
// as a terminal does, tabs every eight columns.
class LineText
{
public:
    LineText() = default;
    static LineText parse(QByteArrayView bytes, const LineParsing &parsing);

    const std::vector<TextCell> &cells() const { return m_cells; }
    const std::vector<TextStyle> &styles() const { return m_styles; }
    const QStringList &clusters() const { return m_clusters; }
    int columns() const { return int(m_cells.size()); }
    // False when it was cut at maximumColumns.
    bool isComplete() const { return m_complete; }
    // In which the next line begins.
    TextStyle endStyle() const { return m_endStyle; }

    // The text between two columns, for people: a tab is a tab again.
    QString text(int from, int to) const;
    QString text() const { return text(0, columns()); }
    // Appends what one cell shows; nothing for a cell that belongs to the one before.
    void appendCell(QString &text, int column) const;
    // The column in which what came from this byte, or from one behind it, is shown.
    int columnOf(qsizetype source) const;
    // A column inside a wide character or a tab, moved to its beginning.
    int cellBegin(int column) const;

private:
    friend class LineParser;

    std::vector<TextCell> m_cells;
    std::vector<TextStyle> m_styles;
    QStringList m_clusters;
    TextStyle m_endStyle;
    bool m_complete = true;
};

} // namespace BitNet
