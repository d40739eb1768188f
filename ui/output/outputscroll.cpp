// SPDX-License-Identifier: MIT
#include "ui/output/outputscroll.h"

#include <algorithm>

namespace BitNet {

// A scroll bar counts in int; beyond this each of its steps is more than one line.
static constexpr qint64 largestMaximum = 1'000'000'000;

OutputScroll::OutputScroll(const OutputLines *lines, const OutputLayout *layout)
    : m_lines(lines)
    , m_layout(layout)
{
}

void OutputScroll::reset()
{
    m_top.reset();
    m_following = true;
    adjust();
}

void OutputScroll::setRows(int rows)
{
    m_rows = std::max(rows, 1);
}

bool OutputScroll::isAtEnd() const
{
    const std::optional<RowPlace> end = m_layout->lastScreen(m_rows);
    return !end || !m_top || !(*m_top < *end);
}

void OutputScroll::setFollowing(bool following)
{
    m_following = following;
    if (following)
        adjust();
}

void OutputScroll::adjust()
{
    const std::optional<RowPlace> end = m_layout->lastScreen(m_rows);
    if (!end) {
        m_top.reset();
        return;
    }
    if (m_following || !m_top) {
        m_top = end;
        return;
    }
    // With other streams or after the output was cut the line may be gone.
    const std::optional<LineStart> line = m_lines->lineAt(m_top->line.offset);
    RowPlace top = *m_top;
    if (line && line->offset != top.line.offset)
        top = {*line, 0};
    m_top = std::min(m_layout->clamped(top), *end);
}

void OutputScroll::settle(const RowPlace &top)
{
    const std::optional<RowPlace> end = m_layout->lastScreen(m_rows);
    if (!end)
        return;
    m_top = std::min(top, *end);
    m_following = m_top == end;
}

void OutputScroll::moveBy(qint64 rows)
{
    if (m_top && rows != 0)
        settle(m_layout->moved(*m_top, rows));
}

void OutputScroll::moveToBegin()
{
    if (const std::optional<LineStart> first = m_lines->first())
        settle({*first, 0});
}

void OutputScroll::moveToEnd()
{
    m_following = true;
    adjust();
}

void OutputScroll::moveTo(const RowPlace &top)
{
    settle(m_layout->clamped(top));
}

void OutputScroll::reveal(const RowPlace &place)
{
    const RowPlace wanted = m_layout->clamped(place);
    if (!m_top)
        return;
    const RowPlace bottom = m_layout->moved(*m_top, m_rows - 1);
    if (!(wanted < *m_top) && !(bottom < wanted))
        return;
    settle(m_layout->moved(wanted, -m_rows / 2));
}

qint64 OutputScroll::linesPerStep() const
{
    return m_lines->lineCount() / largestMaximum + 1;
}

int OutputScroll::maximum() const
{
    const std::optional<RowPlace> end = m_layout->lastScreen(m_rows);
    if (!end)
        return 0;
    // In a wrapped line only the end itself is the end.
    const qint64 number = m_lines->numberOf(end->line) + (end->row > 0 ? 1 : 0);
    return int((number + linesPerStep() - 1) / linesPerStep());
}

int OutputScroll::value() const
{
    if (!m_top)
        return 0;
    if (isAtEnd())
        return maximum();
    return int(std::min<qint64>(m_lines->numberOf(m_top->line) / linesPerStep(), std::max(maximum() - 1, 0)));
}

void OutputScroll::moveToValue(int value)
{
    if (value >= maximum()) {
        moveToEnd();
        return;
    }
    if (const std::optional<LineStart> line = m_lines->lineWithNumber(value * linesPerStep()))
        settle({*line, 0});
}

} // namespace BitNet
