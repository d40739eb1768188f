// SPDX-License-Identifier: MIT
#pragma once

#include "ui/output/outputlayout.h"

#include <optional>

namespace BitNet {

// Which rows of an output are on the screen. Keeps to the end while it follows.
class OutputScroll
{
public:
    // Both must outlive it.
    OutputScroll(const OutputLines *lines, const OutputLayout *layout);

    // Another output: at its end, following.
    void reset();
    // Whole rows that fit on the screen, at least 1.
    void setRows(int rows);
    int rows() const { return m_rows; }

    // The first row of the screen; nothing while there is no output.
    const std::optional<RowPlace> &top() const { return m_top; }
    bool isAtEnd() const;
    bool isFollowing() const { return m_following; }
    // Following goes to the end at once.
    void setFollowing(bool following);

    // The output has grown, or rows have another width: keeps to the end, or to the line that was on top.
    void adjust();
    // Moves stop at both ends. Whoever reaches the end follows from there on, whoever leaves it does not.
    void moveBy(qint64 rows);
    void moveToBegin();
    void moveToEnd();
    void moveTo(const RowPlace &top);
    // As little as needed; a place that is off the screen comes to its middle.
    void reveal(const RowPlace &place);

    // The same in numbers of lines, for a scroll bar: 0..maximum(). With a large output they are estimates at first.
    int maximum() const;
    int value() const;
    void moveToValue(int value);

private:
    qint64 linesPerStep() const;
    void settle(const RowPlace &top);

    const OutputLines *const m_lines;
    const OutputLayout *const m_layout;
    int m_rows = 1;
    bool m_following = true;
    std::optional<RowPlace> m_top;
};

} // namespace BitNet
