// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/outputlines.h"
#include "ui/output/linetext.h"

#include <QCache>

#include <array>
#include <chrono>
#include <memory>
#include <optional>

namespace BitNet {

// A row of the screen: of a wrapped line there are several.
struct RowPlace
{
    LineStart line = {};
    int row = 0;

    friend bool operator==(const RowPlace &, const RowPlace &) = default;
    friend bool operator<(const RowPlace &a, const RowPlace &b)
    {
        return a.line == b.line ? a.row < b.row : a.line < b.line;
    }
};

// Between two columns of a line.
struct TextPlace
{
    LineStart line = {};
    int column = 0;

    friend bool operator==(const TextPlace &, const TextPlace &) = default;
    friend bool operator<(const TextPlace &a, const TextPlace &b)
    {
        return a.line == b.line ? a.column < b.column : a.line < b.line;
    }
};

// A line that was read, parsed and wrapped.
struct LaidLine
{
    LineStart start = {};
    qint64 end = 0; // offset in output.log
    ChunkKind kind = ChunkKind::Stdout;
    std::chrono::nanoseconds elapsed = {}; // of its first byte, since the program was started
    qint64 dropped = 0; // of a gap: how many bytes
    LineText text;
    std::vector<int> rowBegins; // columns; the first is 0
    std::vector<OutputPiece> pieces; // where the text's bytes are from

    int rows() const { return int(rowBegins.size()); }
    int rowBegin(int row) const { return rowBegins[std::size_t(row)]; }
    int rowEnd(int row) const { return row + 1 < rows() ? rowBegin(row + 1) : text.columns(); }
    int rowOf(int column) const;
    // The columns [first, second) in which the bytes [from, to) of output.log are shown.
    std::pair<int, int> columnsOf(qint64 from, qint64 to) const;
    // The offset in output.log of what a column shows.
    qint64 offsetOf(int column) const;
};

// Makes lines of an output ready to be drawn, and knows which rows follow each other. Remembers the last ones it made.
class OutputLayout
{
public:
    // Both must outlive it.
    OutputLayout(const OutputLog *log, const OutputLines *lines);

    // Columns of a row; nothing: lines are not wrapped, and only their first visibleColumns need to be known.
    void setWrapping(std::optional<int> columns);
    bool isWrapping() const { return m_wrapColumns.has_value(); }
    void setVisibleColumns(int columns);
    // The job may still print: an unfinished character at the end is not shown yet.
    void setOpenEnd(bool open);
    void clear();

    std::shared_ptr<const LaidLine> line(const LineStart &start) const;
    // For a line that directly follows a line: a style that was left on goes on.
    std::shared_ptr<const LaidLine> line(const LineStart &start, const TextStyle &style) const;
    // Lines one after the other from top, until these rows are filled.
    std::vector<std::shared_ptr<const LaidLine>> screen(const RowPlace &top, int rows) const;

    // A place so many rows further (or back, when negative); stops at the first and the last row.
    RowPlace moved(const RowPlace &place, qint64 rows) const;
    // Where the screen begins that ends with the output's last row.
    std::optional<RowPlace> lastScreen(int rows) const;
    // The row still exists: after another width it may not.
    RowPlace clamped(const RowPlace &place) const;

private:
    struct Key
    {
        qint64 offset;
        LineStart::Kind kind;

        friend bool operator==(const Key &, const Key &) = default;
        friend size_t qHash(const Key &key, size_t seed = 0) { return qHashMulti(seed, key.offset, int(key.kind)); }
    };
    struct Cached
    {
        std::shared_ptr<const LaidLine> line;
        TextStyle style;
        OutputStreams streams = OutputStreams::Both;
        bool open = false;
    };

    TextStyle styleAt(const LineStart &start, ChunkKind kind) const;
    std::shared_ptr<const LaidLine> laidOut(const LineStart &start, const TextStyle &style) const;
    void wrap(LaidLine &line) const;
    int rowsOf(const LineStart &start) const;
    std::size_t styleSlot(ChunkKind kind) const { return kind == ChunkKind::Stderr ? 1 : 0; }

    const OutputLog *const m_log;
    const OutputLines *const m_lines;
    std::optional<int> m_wrapColumns;
    int m_neededColumns = 256;
    bool m_openEnd = false;
    mutable QCache<Key, Cached> m_cache; // cost: cells
    mutable OutputSlice m_slice;
};

} // namespace BitNet
