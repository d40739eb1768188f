// SPDX-License-Identifier: MIT
#include "ui/output/outputpainter.h"

#include "ui/style/theme.h"
#include "ui/style/wording.h"

#include <QFontInfo>
#include <QFontMetricsF>
#include <QGlyphRun>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr int barWidth = 3;
static constexpr int marginGap = 9; // between the bar and the times, and before the text
static constexpr int shortestTimeColumns = 6; // "12.345"

// Letters of these scripts change with their neighbours or run from right to left: drawn as one piece, not one by one.
static bool needsShaping(char32_t character)
{
    return (character >= 0x590 && character <= 0xdff) || (character >= 0xf00 && character <= 0x109f)
        || (character >= 0x1780 && character <= 0x17ff) || (character >= 0xfb1d && character <= 0xfdff)
        || (character >= 0xfe70 && character <= 0xfefc);
}

// Lines, blocks, dots: drawn with, not read.
static bool isGraphic(char32_t character)
{
    return character == U' ' || (character >= 0x2500 && character <= 0x25ff)
        || (character >= 0x2800 && character <= 0x28ff) || (character >= 0xe0b0 && character <= 0xe0d4);
}

OutputPainter::OutputPainter(const QFont &font, const QPalette &palette, bool active, qreal devicePixelRatio)
    : m_palette(palette)
    , m_group(active ? QPalette::Active : QPalette::Inactive)
    , m_colours(palette)
{
    for (std::size_t i = 0; i < m_fonts.size(); ++i) {
        m_fonts[i] = font;
        m_fonts[i].setBold(i & 1);
        m_fonts[i].setItalic(i & 2);
        m_fonts[i].setKerning(false);
        m_rawFonts[i] = QRawFont::fromFont(m_fonts[i]);
    }
    const QFontMetricsF metrics(font);
    const bool fixed = QFontInfo(font).fixedPitch();
    const qreal advance = metrics.horizontalAdvance(fixed ? u'0' : u'm');
    // Whole device pixels, or letters would be blurred differently in each column.
    m_columnWidth = std::max(std::round(advance * devicePixelRatio), 1.0) / devicePixelRatio;
    // A little air between the rows, as readers of logs are used to.
    m_rowHeight = int(std::ceil(metrics.height() * 1.18));
    m_ascent = std::round((m_rowHeight - metrics.height()) / 2 + metrics.ascent());

    const QColor base = palette.color(QPalette::Base);
    const QColor bad = toneColour(Tone::Bad, palette);
    const QColor warning = toneColour(Tone::Warning, palette);
    const bool dark = isDark(palette);
    m_errorGround = blend(base, bad, dark ? 0.13 : 0.07);
    m_errorBar = blend(base, bad, 0.75);
    m_hitGround = blend(base, dark ? warning : QColor(0xff, 0xc1, 0x07), dark ? 0.38 : 0.42);
    m_currentHitGround = dark ? QColor(0xf5, 0xa6, 0x23) : QColor(0xff, 0x9d, 0x1f);
}

int OutputPainter::marginWidth(std::optional<std::chrono::nanoseconds> longestTime) const
{
    if (!longestTime)
        return barWidth + marginGap;
    const int columns = std::max(int(timeText(*longestTime).size()), shortestTimeColumns);
    return barWidth + 2 * marginGap + int(std::ceil(columns * m_columnWidth));
}

QString OutputPainter::timeText(std::chrono::nanoseconds elapsed)
{
    const qint64 milliseconds = std::chrono::floor<std::chrono::milliseconds>(elapsed).count();
    const qint64 seconds = milliseconds / 1000;
    const QString fraction = u".%1"_s.arg(milliseconds % 1000, 3, 10, QLatin1Char('0'));
    if (seconds < 60)
        return QString::number(seconds) + fraction;
    const QString tail = u"%1"_s.arg(seconds % 60, 2, 10, QLatin1Char('0')) + fraction;
    if (seconds < 3600)
        return QString::number(seconds / 60) + u':' + tail;
    return QString::number(seconds / 3600) + u":%1:"_s.arg(seconds / 60 % 60, 2, 10, QLatin1Char('0')) + tail;
}

QString OutputPainter::gapText(qint64 dropped)
{
    return tr("%1 were not kept here").arg(Wording::bytes(dropped));
}

QColor OutputPainter::ground(const LaidLine &line) const
{
    return line.kind == ChunkKind::Stderr ? m_errorGround : m_palette.color(QPalette::Base);
}

void OutputPainter::paintMargin(QPainter &painter, const Row &row, const Options &options, const QColor &ground) const
{
    const LaidLine &line = *row.line;
    const int margin = options.margin;
    painter.fillRect(0, row.y, margin, m_rowHeight, ground);
    if (line.kind == ChunkKind::Stderr)
        painter.fillRect(0, row.y, barWidth, m_rowHeight, m_errorBar);
    if (row.row > 0)
        return;
    painter.setFont(m_fonts[0]);
    painter.setPen(AnsiColours::readable(m_palette.color(QPalette::PlaceholderText), ground));
    if (options.times && line.start.kind == LineStart::Natural) {
        const QRectF place(barWidth, row.y, margin - barWidth - marginGap, m_rowHeight);
        painter.drawText(QPointF(place.right() - timeText(line.elapsed).size() * m_columnWidth, row.y + m_ascent),
                         timeText(line.elapsed));
    }
    if (line.start.kind == LineStart::Folded) {
        // A hook: this is no line of its own.
        const qreal x = margin - 3.5;
        const qreal middle = row.y + m_rowHeight * 0.5;
        painter.drawLine(QPointF(x - 3, middle - 3), QPointF(x - 3, middle + 1));
        painter.drawLine(QPointF(x - 3, middle + 1), QPointF(x, middle + 1));
    }
}

void OutputPainter::paint(QPainter &painter, const Row &row, const Options &options,
                          const std::vector<LineMark> &marks) const
{
    const LaidLine &line = *row.line;
    const QColor ground = this->ground(line);
    const int margin = options.margin;
    painter.fillRect(margin, row.y, options.width - margin, m_rowHeight, ground);

    if (line.kind == ChunkKind::Gap) {
        paintMargin(painter, row, options, ground);
        const QString text = gapText(line.dropped);
        const int middle = row.y + m_rowHeight / 2;
        const int textWidth = int(std::ceil(QFontMetricsF(m_fonts[2]).horizontalAdvance(text)));
        painter.setPen(toneColour(Tone::Warning, m_palette));
        painter.setFont(m_fonts[2]);
        painter.drawText(QPointF(margin, row.y + m_ascent), text);
        painter.setPen(QPen(lineColour(m_palette), 1, Qt::DashLine));
        painter.drawLine(margin + textWidth + marginGap, middle, options.width, middle);
        return;
    }

    // Only the columns that can be seen.
    const int begin = line.rowBegin(row.row);
    const int firstColumn = begin + std::max(int(std::floor(options.scrolled / m_columnWidth)), 0);
    const int lastColumn = std::min(
        line.rowEnd(row.row), begin + int(std::ceil((options.scrolled + options.width - margin) / m_columnWidth)));
    const std::vector<TextCell> &cells = line.text.cells();
    painter.save();
    painter.setClipRect(QRect(margin, row.y, options.width - margin, m_rowHeight), Qt::IntersectClip);
    const qreal left = margin - options.scrolled;
    std::vector<LineMark::Kind> kinds(std::size_t(std::max(lastColumn - firstColumn, 0)), LineMark::None);
    for (const LineMark &mark : marks) {
        for (int column = std::max(mark.from, firstColumn); column < std::min(mark.to, lastColumn); ++column) {
            LineMark::Kind &kind = kinds[std::size_t(column - firstColumn)];
            kind = std::max(kind, mark.kind);
        }
    }
    Run run;
    const auto flush = [&](int to) {
        run.to = to;
        if (run.from < run.to)
            paintRun(painter, line, run, left + (run.from - begin) * m_columnWidth, row.y, ground);
    };
    for (int column = line.text.cellBegin(firstColumn); column < lastColumn; ++column) {
        const TextCell &cell = cells[std::size_t(column)];
        // A wide character that begins left of the view belongs to the first column seen.
        const LineMark::Kind mark = kinds[std::size_t(std::max(column - firstColumn, 0))];
        if (run.from == run.to || cell.style != run.style || mark != run.mark) {
            flush(column);
            run = {column, column + 1, cell.style, mark};
        }
        run.to = column + 1;
    }
    flush(std::max(run.to, run.from));
    // A selection that goes on with the next line covers this one's end.
    for (const LineMark &mark : marks) {
        const int end = line.text.columns();
        if (mark.kind == LineMark::Selected && mark.to > end && mark.from <= end && row.row == line.rows() - 1) {
            const qreal x = left + (end - begin) * m_columnWidth;
            painter.fillRect(QRectF(x, row.y, m_columnWidth / 2, m_rowHeight),
                             m_palette.color(m_group, QPalette::Highlight));
        }
    }
    painter.restore();
    paintMargin(painter, row, options, ground);
}

void OutputPainter::paintRun(QPainter &painter, const LaidLine &line, const Run &run, qreal x, int y,
                             const QColor &ground) const
{
    const TextStyle &style = line.text.styles()[run.style];
    const bool graphics = std::all_of(line.text.cells().begin() + run.from, line.text.cells().begin() + run.to,
                                      [](const TextCell &cell) { return isGraphic(cell.character); });
    AnsiColours::Pair colours = m_colours.colours(style, ground, graphics);
    switch (run.mark) {
    case LineMark::None:
        break;
    case LineMark::Hit:
        colours = {AnsiColours::readable(colours.foreground, m_hitGround), m_hitGround};
        break;
    case LineMark::CurrentHit:
        colours = {AnsiColours::readable(QColor(0x1d, 0x21, 0x29), m_currentHitGround), m_currentHitGround};
        break;
    case LineMark::Selected: {
        const QColor highlight = m_palette.color(m_group, QPalette::Highlight);
        colours = {AnsiColours::readable(m_palette.color(m_group, QPalette::HighlightedText), highlight), highlight};
        break;
    }
    }
    const qreal width = (run.to - run.from) * m_columnWidth;
    if (colours.background.isValid())
        painter.fillRect(QRectF(x, y, width, m_rowHeight), colours.background);
    if (style.flags & TextStyle::Symbol) {
        paintSymbols(painter, line.text, run.from, run.to, x, y, colours.foreground,
                     colours.background.isValid() ? colours.background : ground);
        return;
    }
    painter.setPen(colours.foreground);
    const int font = (style.flags & TextStyle::Bold ? 1 : 0) | (style.flags & TextStyle::Italic ? 2 : 0);
    paintText(painter, line.text, run.from, run.to, x, y, font);
    if (style.flags & TextStyle::Underline)
        painter.fillRect(QRectF(x, y + m_ascent + 2, width, 1), colours.foreground);
    if (style.flags & TextStyle::StrikeOut)
        painter.fillRect(QRectF(x, y + std::round(m_ascent * 0.68), width, 1), colours.foreground);
}

// Control characters as the letter that makes them with Ctrl, in a box: few fonts have their Unicode pictures.
void OutputPainter::paintSymbols(QPainter &painter, const LineText &text, int from, int to, qreal x, int y,
                                 const QColor &colour, const QColor &ground) const
{
    painter.setFont(m_fonts[0]);
    for (int column = from; column < to; ++column, x += m_columnWidth) {
        const char32_t character = text.cells()[std::size_t(column)].character;
        const bool isControl = character >= 0x2400 && character <= 0x2421;
        if (isControl) {
            const QColor box = blend(ground, colour, 0.22);
            painter.fillRect(QRectF(x + 0.5, y + 2, m_columnWidth - 1, m_rowHeight - 4), box);
            painter.setPen(AnsiColours::readable(colour, box));
            const char letter = character == 0x2421 ? '?' : char(character - 0x2400 + '@');
            painter.drawText(QPointF(x, y + m_ascent), QString(QLatin1Char(letter)));
        } else {
            painter.setPen(colour);
            paintText(painter, text, column, column + 1, x, y, 0);
        }
    }
}

// What the font has is placed glyph by glyph on the grid, without the cost of shaping; the rest goes through Qt's text
// layout, which finds other fonts, cell by cell.
void OutputPainter::paintText(QPainter &painter, const LineText &text, int from, int to, qreal x, int y,
                              int fontIndex) const
{
    const std::vector<TextCell> &cells = text.cells();
    const QRawFont &raw = m_rawFonts[std::size_t(fontIndex)];
    const qreal baseline = y + m_ascent;
    QString plain;
    QVector<QPointF> places;
    painter.setFont(m_fonts[std::size_t(fontIndex)]);
    for (int column = from; column < to;) {
        const TextCell &cell = cells[std::size_t(column)];
        const QPointF place(x + (column - from) * m_columnWidth, baseline);
        if (cell.width == 0 || cell.character == U' ' || cell.character == U'\t') {
            ++column;
            continue;
        }
        if (cell.cluster < 0 && cell.character < 0x10000 && !needsShaping(cell.character)
            && (cell.character < 0x7f || raw.supportsCharacter(uint(cell.character)))) {
            plain += QChar(char16_t(cell.character));
            places.append(place);
            ++column;
            continue;
        }
        int end = column + 1;
        if (needsShaping(cell.character)) {
            while (end < to
                   && (needsShaping(cells[std::size_t(end)].character) || cells[std::size_t(end)].character == U' '))
                ++end;
        }
        painter.drawText(place, text.text(column, end));
        column = end;
    }
    if (plain.isEmpty())
        return;
    QVector<quint32> glyphs = raw.glyphIndexesForString(plain);
    if (glyphs.size() != places.size()) {
        for (qsizetype i = 0; i < places.size(); ++i)
            painter.drawText(places.at(i), plain.mid(i, 1));
        return;
    }
    QGlyphRun run;
    run.setRawFont(raw);
    run.setGlyphIndexes(glyphs);
    run.setPositions(places);
    painter.drawGlyphRun(QPointF(), run);
}

} // namespace BitNet
