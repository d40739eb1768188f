// SPDX-License-Identifier: MIT
#include "ui/output/outputselection.h"

#include <algorithm>

namespace BitNet {

// What a double click takes together: names, paths, numbers.
static bool isWordCharacter(char32_t character)
{
    return QChar::isLetterOrNumber(character) || character == U'_' || character == U'-' || character == U'.'
        || character == U'/' || character == U'~' || character == U'+' || character == U'%' || character == U'@';
}

OutputSelection::OutputSelection(const OutputLines *lines, const OutputLayout *layout)
    : m_lines(lines)
    , m_layout(layout)
{
}

void OutputSelection::clear()
{
    m_anchor.reset();
    m_cursor.reset();
}

std::pair<TextPlace, TextPlace> OutputSelection::unitAround(const TextPlace &place) const
{
    if (m_unit == Characters)
        return {place, place};
    const std::shared_ptr<const LaidLine> line = m_layout->line(place.line);
    const int columns = line->text.columns();
    if (m_unit == Lines || columns == 0) {
        const std::optional<LineStart> next = m_lines->next(place.line);
        return {{place.line, 0}, next && m_unit == Lines ? TextPlace{*next, 0} : TextPlace{place.line, columns}};
    }
    const std::vector<TextCell> &cells = line->text.cells();
    int begin = std::clamp(place.column, 0, columns - 1);
    int end = begin + 1;
    const bool word = isWordCharacter(cells[std::size_t(begin)].character);
    const auto same = [&](int column) { return word && isWordCharacter(cells[std::size_t(column)].character); };
    while (begin > 0 && same(begin - 1))
        --begin;
    while (end < columns && (same(end) || cells[std::size_t(end)].width == 0))
        ++end;
    return {{place.line, line->text.cellBegin(begin)}, {place.line, end}};
}

void OutputSelection::begin(const TextPlace &place, Unit unit)
{
    m_unit = unit;
    std::tie(m_first, m_firstEnd) = unitAround(place);
    m_anchor = m_first;
    m_cursor = m_firstEnd;
}

void OutputSelection::extendTo(const TextPlace &place)
{
    if (!m_anchor) {
        begin(place);
        return;
    }
    const auto [begin, end] = unitAround(place);
    if (begin < m_first) {
        m_anchor = m_firstEnd;
        m_cursor = begin;
    } else {
        m_anchor = m_first;
        m_cursor = std::max(end, m_firstEnd);
    }
}

void OutputSelection::selectAll()
{
    const std::optional<LineStart> first = m_lines->first();
    if (!first)
        return;
    begin({*first, 0});
    moveToOutputEdge(true);
}

void OutputSelection::moveColumns(int columns)
{
    if (!m_cursor)
        return;
    m_unit = Characters;
    const std::shared_ptr<const LaidLine> line = m_layout->line(m_cursor->line);
    int column = m_cursor->column + columns;
    if (column < 0) {
        if (const std::optional<LineStart> previous = m_lines->previous(m_cursor->line))
            m_cursor = {*previous, m_layout->line(*previous)->text.columns()};
        return;
    }
    if (column > line->text.columns()) {
        if (const std::optional<LineStart> next = m_lines->next(m_cursor->line))
            m_cursor = {*next, 0};
        return;
    }
    // Over the whole of a wide character.
    if (columns > 0) {
        while (column < line->text.columns() && line->text.cells()[std::size_t(column)].width == 0)
            ++column;
    }
    m_cursor->column = line->text.cellBegin(column);
}

void OutputSelection::moveRows(qint64 rows)
{
    if (!m_cursor)
        return;
    m_unit = Characters;
    const std::shared_ptr<const LaidLine> line = m_layout->line(m_cursor->line);
    const int row = line->rowOf(m_cursor->column);
    const int inRow = m_cursor->column - line->rowBegin(row);
    const RowPlace from{m_cursor->line, row};
    const RowPlace to = m_layout->moved(from, rows);
    if (to == from) {
        moveToLineEdge(rows > 0);
        return;
    }
    const std::shared_ptr<const LaidLine> target = m_layout->line(to.line);
    m_cursor = {to.line, std::min(target->rowBegin(to.row) + inRow, target->rowEnd(to.row))};
}

void OutputSelection::moveToLineEdge(bool end)
{
    if (!m_cursor)
        return;
    m_unit = Characters;
    m_cursor->column = end ? m_layout->line(m_cursor->line)->text.columns() : 0;
}

void OutputSelection::moveToOutputEdge(bool end)
{
    m_unit = Characters;
    const std::optional<LineStart> line = end ? m_lines->last() : m_lines->first();
    if (!line || !m_cursor)
        return;
    m_cursor = {*line, end ? m_layout->line(*line)->text.columns() : 0};
}

bool OutputSelection::isEmpty() const
{
    return !m_cursor || m_cursor == m_anchor;
}

TextPlace OutputSelection::from() const
{
    return std::min(m_anchor.value_or(TextPlace()), cursor());
}

TextPlace OutputSelection::to() const
{
    return std::max(m_anchor.value_or(TextPlace()), cursor());
}

std::optional<LineMark> OutputSelection::on(const LaidLine &line) const
{
    if (isEmpty() || line.start < from().line || to().line < line.start)
        return std::nullopt;
    const int begin = line.start == from().line ? from().column : 0;
    const int end = line.start == to().line ? to().column : line.text.columns() + 1;
    if (begin >= end)
        return std::nullopt;
    return LineMark{begin, end, LineMark::Selected};
}

} // namespace BitNet
