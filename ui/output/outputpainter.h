// SPDX-License-Identifier: MIT
#pragma once

#include "ui/output/ansicolours.h"
#include "ui/output/outputlayout.h"

#include <QCoreApplication>
#include <QFont>
#include <QPalette>
#include <QRawFont>

#include <array>
#include <memory>
#include <optional>
#include <vector>

class QPainter;

namespace BitNet {

// What lies over the text of one line, as columns [from, to).
struct LineMark
{
    enum Kind : quint8 { None, Hit, CurrentHit, Selected };
    int from = 0;
    int to = 0;
    Kind kind = None;
};

// Draws rows of output on a grid of equal columns, as a terminal does. Left of the text there is a margin with a bar
// beside each line of stderr, and the times when they are asked for.
class OutputPainter
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::OutputPainter)
public:
    // The font must be of fixed pitch; if it is not, its columns are as wide as its widest letters.
    OutputPainter(const QFont &font, const QPalette &palette, bool active, qreal devicePixelRatio);

    int rowHeight() const { return m_rowHeight; }
    qreal columnWidth() const { return m_columnWidth; }
    // Width of the margin left of the text, with room for times up to the longest one, or without times.
    int marginWidth(std::optional<std::chrono::nanoseconds> longestTime) const;

    struct Row
    {
        const LaidLine *line = nullptr;
        int row = 0;
        int y = 0; // its upper edge
    };
    struct Options
    {
        int width = 0; // of the whole view
        int margin = 0; // marginWidth()
        int scrolled = 0; // pixels that are scrolled out at the left of the text
        bool times = false;
    };
    void paint(QPainter &painter, const Row &row, const Options &options, const std::vector<LineMark> &marks) const;

    // "0.512", "12.345", "1:02.345", "1:01:02.345".
    static QString timeText(std::chrono::nanoseconds elapsed);
    static QString gapText(qint64 dropped);

private:
    struct Run
    {
        int from = 0;
        int to = 0;
        quint16 style = 0;
        LineMark::Kind mark = LineMark::None;
    };

    void paintMargin(QPainter &painter, const Row &row, const Options &options, const QColor &ground) const;
    void paintRun(QPainter &painter, const LaidLine &line, const Run &run, qreal x, int y, const QColor &ground) const;
    void paintSymbols(QPainter &painter, const LineText &text, int from, int to, qreal x, int y, const QColor &colour,
                      const QColor &ground) const;
    void paintText(QPainter &painter, const LineText &text, int from, int to, qreal x, int y, int fontIndex) const;
    QColor ground(const LaidLine &line) const;

    const QPalette m_palette;
    const QPalette::ColorGroup m_group;
    const AnsiColours m_colours;
    std::array<QFont, 4> m_fonts; // plain, bold, italic, both
    std::array<QRawFont, 4> m_rawFonts;
    int m_rowHeight = 0;
    qreal m_ascent = 0;
    qreal m_columnWidth = 0;
    QColor m_errorGround;
    QColor m_errorBar;
    QColor m_hitGround;
    QColor m_currentHitGround;
};

} // namespace BitNet
