// SPDX-License-Identifier: MIT
#include "ui/output/outputlayout.h"

#include <algorithm>

namespace BitNet {

// Cells of all lines that are remembered: a few screens of long lines, 20 MB at most.
static constexpr qsizetype rememberedCells = 1'000'000;
// How far back a style is looked for that was left on.
static constexpr qint64 styleLookBack = 64 * 1024;
// A byte more than an unfinished UTF-8 sequence can lack.
static constexpr qint64 lookahead = 3;

int LaidLine::rowOf(int column) const
{
    const auto after = std::upper_bound(rowBegins.begin(), rowBegins.end(), column);
    return std::max(int(after - rowBegins.begin()) - 1, 0);
}

std::pair<int, int> LaidLine::columnsOf(qint64 from, qint64 to) const
{
    const auto sourceOf = [this](qint64 offset) {
        qint64 source = 0;
        for (const OutputPiece &piece : pieces) {
            if (offset <= piece.offset)
                return piece.at;
            source = piece.at + std::min(offset - piece.offset, piece.length);
            if (offset < piece.offset + piece.length)
                return source;
        }
        return source;
    };
    const qint64 fromSource = sourceOf(from);
    const qint64 toSource = sourceOf(to);
    int first = text.columns();
    int last = 0;
    const std::vector<TextCell> &cells = text.cells();
    for (int column = 0; column < text.columns(); ++column) {
        const qint64 source = cells[std::size_t(column)].source;
        if (source >= fromSource && source < toSource) {
            first = std::min(first, column);
            last = column + 1;
        }
    }
    return {first, std::max(first, last)};
}

qint64 LaidLine::offsetOf(int column) const
{
    if (column >= text.columns() || text.columns() == 0)
        return end;
    const qint64 source = text.cells()[std::size_t(std::max(column, 0))].source;
    for (const OutputPiece &piece : pieces) {
        if (source < piece.at + piece.length)
            return piece.offset + (source - piece.at);
    }
    return end;
}

OutputLayout::OutputLayout(const OutputLog *log, const OutputLines *lines)
    : m_log(log)
    , m_lines(lines)
    , m_cache(rememberedCells)
{
}

void OutputLayout::setWrapping(std::optional<int> columns)
{
    if (columns)
        columns = std::max(*columns, 8);
    if (m_wrapColumns == columns)
        return;
    m_wrapColumns = columns;
    m_cache.clear();
}

void OutputLayout::setVisibleColumns(int columns)
{
    // In steps, so that not every little scrolling parses all lines again.
    m_neededColumns = (columns / 512 + 1) * 512;
}

void OutputLayout::setOpenEnd(bool open)
{
    m_openEnd = open;
}

void OutputLayout::clear()
{
    m_cache.clear();
}

// A program may colour many lines with one sequence. What it said before this line, as far as it is near.
TextStyle OutputLayout::styleAt(const LineStart &start, ChunkKind kind) const
{
    const qint64 from = std::max<qint64>(start.offset / styleLookBack * styleLookBack - styleLookBack, 0);
    const OutputStreams stream = kind == ChunkKind::Stderr ? OutputStreams::Stderr : OutputStreams::Stdout;
    OutputSlice slice;
    m_log->slice(stream, from, start.offset, slice);
    return styleAfter(slice.bytes, {});
}

std::shared_ptr<const LaidLine> OutputLayout::line(const LineStart &start) const
{
    if (const Cached *known = m_cache.object({start.offset, start.kind}))
        return line(start, known->style);
    if (start.kind == LineStart::Gap)
        return laidOut(start, {});
    return line(start, styleAt(start, m_log->chunk(m_log->chunkAt(start.offset)).kind));
}

std::shared_ptr<const LaidLine> OutputLayout::line(const LineStart &start, const TextStyle &style) const
{
    const Key key{start.offset, start.kind};
    const qint64 end = m_lines->endOf(start);
    const bool open = m_openEnd && end == m_log->size();
    if (const Cached *known = m_cache.object(key)) {
        const LaidLine &laid = *known->line;
        if (laid.end == end && known->style == style && known->streams == m_lines->streams() && known->open == open
            && (laid.text.isComplete() || (!m_wrapColumns && laid.text.columns() >= m_neededColumns)))
            return known->line;
    }
    std::shared_ptr<const LaidLine> laid = laidOut(start, style);
    m_cache.insert(key, new Cached{laid, style, m_lines->streams(), open}, laid->text.columns() + 16);
    return laid;
}

std::shared_ptr<const LaidLine> OutputLayout::laidOut(const LineStart &start, const TextStyle &style) const
{
    auto laid = std::make_shared<LaidLine>();
    laid->start = start;
    const std::optional<LineStart> next = m_lines->next(start);
    laid->end = next ? next->offset : m_log->size();
    const OutputChunk first = m_log->chunk(m_log->chunkAt(start.offset));
    laid->elapsed = first.elapsed;
    if (start.kind == LineStart::Gap) {
        laid->kind = ChunkKind::Gap;
        laid->dropped = m_log->droppedBefore(start.offset);
        laid->rowBegins = {0};
        return laid;
    }
    laid->kind = first.kind;
    const OutputStreams streams = m_lines->streams();
    m_log->slice(streams, start.offset, laid->end, m_slice);
    const qsizetype shown = m_slice.bytes.size();
    if (next && next->kind == LineStart::Folded)
        m_log->slice(streams, start.offset, laid->end + lookahead, m_slice);
    // At the line's offset itself there may be a gap, which is a line of its own.
    std::erase_if(m_slice.pieces, [](const OutputPiece &piece) { return piece.kind == ChunkKind::Gap; });
    LineParsing parsing;
    parsing.style = style;
    parsing.lookahead = m_slice.bytes.size() - shown;
    parsing.folded = start.kind == LineStart::Folded;
    parsing.open = m_openEnd && laid->end == m_log->size();
    if (!m_wrapColumns)
        parsing.maximumColumns = m_neededColumns;
    laid->text = LineText::parse(m_slice.bytes, parsing);
    laid->pieces = m_slice.pieces;
    wrap(*laid);
    return laid;
}

// At the last space that fits, or, when there is none in the second half of the row, where the row is full.
void OutputLayout::wrap(LaidLine &line) const
{
    line.rowBegins = {0};
    if (!m_wrapColumns)
        return;
    const int width = *m_wrapColumns;
    const std::vector<TextCell> &cells = line.text.cells();
    int begin = 0;
    while (line.text.columns() - begin > width) {
        int next = line.text.cellBegin(begin + width);
        for (int column = begin + width; column > begin + width / 2; --column) {
            if (cells[std::size_t(column - 1)].character == U' ') {
                next = column;
                break;
            }
        }
        if (next <= begin) // a tab wider than the row
            next = begin + width;
        line.rowBegins.push_back(next);
        begin = next;
    }
}

std::vector<std::shared_ptr<const LaidLine>> OutputLayout::screen(const RowPlace &top, int rows) const
{
    std::vector<std::shared_ptr<const LaidLine>> screen;
    // The styles that were left on, one a stream.
    std::array<std::optional<TextStyle>, 2> styles;
    int filled = -top.row;
    for (std::optional<LineStart> start = top.line; start && filled < rows; start = m_lines->next(*start)) {
        if (start->kind == LineStart::Gap) {
            screen.push_back(line(*start));
            styles = {TextStyle(), TextStyle()};
        } else {
            const Cached *known = m_cache.object({start->offset, start->kind});
            const ChunkKind kind = known ? known->line->kind : m_log->chunk(m_log->chunkAt(start->offset)).kind;
            std::optional<TextStyle> &style = styles[styleSlot(kind)];
            if (!style)
                style = styleAt(*start, kind);
            screen.push_back(line(*start, *style));
            style = screen.back()->text.endStyle();
        }
        filled += screen.back()->rows();
    }
    return screen;
}

int OutputLayout::rowsOf(const LineStart &start) const
{
    return isWrapping() ? line(start)->rows() : 1;
}

RowPlace OutputLayout::moved(const RowPlace &place, qint64 rows) const
{
    RowPlace at = clamped(place);
    while (rows > 0) {
        const qint64 here = rowsOf(at.line) - 1 - at.row;
        if (rows <= here) {
            at.row += int(rows);
            break;
        }
        const std::optional<LineStart> next = m_lines->next(at.line);
        if (!next) {
            at.row += int(here);
            break;
        }
        rows -= here + 1;
        at = {*next, 0};
    }
    while (rows < 0) {
        if (-rows <= at.row) {
            at.row += int(rows);
            break;
        }
        const std::optional<LineStart> previous = m_lines->previous(at.line);
        if (!previous) {
            at.row = 0;
            break;
        }
        rows += at.row + 1;
        at = {*previous, rowsOf(*previous) - 1};
    }
    return at;
}

std::optional<RowPlace> OutputLayout::lastScreen(int rows) const
{
    const std::optional<LineStart> last = m_lines->last();
    if (!last)
        return std::nullopt;
    return moved({*last, rowsOf(*last) - 1}, 1 - rows);
}

RowPlace OutputLayout::clamped(const RowPlace &place) const
{
    return {place.line, std::clamp(place.row, 0, rowsOf(place.line) - 1)};
}

} // namespace BitNet
