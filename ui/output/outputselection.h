// SPDX-License-Identifier: MIT
#pragma once

#include "ui/output/outputlayout.h"
#include "ui/output/outputpainter.h"

#include <optional>

namespace BitNet {

// What a person has selected in an output: from an anchor, which stays, to a cursor, which moves.
class OutputSelection
{
public:
    // Both must outlive it.
    OutputSelection(const OutputLines *lines, const OutputLayout *layout);

    enum Unit {
        Characters,
        Words,
        Lines,
    };
    void clear();
    // Begins at a place; words and lines are selected whole from the beginning.
    void begin(const TextPlace &place, Unit unit = Characters);
    void extendTo(const TextPlace &place);
    void selectAll();
    // Moves the cursor by keyboard.
    void moveColumns(int columns);
    void moveRows(qint64 rows);
    void moveToLineEdge(bool end);
    void moveToOutputEdge(bool end);

    bool hasCursor() const { return m_cursor.has_value(); }
    // Valid when hasCursor().
    TextPlace cursor() const { return m_cursor.value_or(TextPlace()); }
    bool isEmpty() const;
    // Ordered; only when not empty.
    TextPlace from() const;
    TextPlace to() const;
    // What of it lies on a line; one column more than the line has when it goes on behind its end.
    std::optional<LineMark> on(const LaidLine &line) const;

private:
    std::pair<TextPlace, TextPlace> unitAround(const TextPlace &place) const;

    const OutputLines *const m_lines;
    const OutputLayout *const m_layout;
    Unit m_unit = Characters;
    TextPlace m_first; // the unit it began with
    TextPlace m_firstEnd;
    std::optional<TextPlace> m_anchor;
    std::optional<TextPlace> m_cursor;
};

} // namespace BitNet
