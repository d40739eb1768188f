// SPDX-License-Identifier: MIT
#pragma once

#include "ui/prompt/markdownblock.h"
#include "ui/prompt/markdowninline.h"
#include "ui/style/theme.h"

#include <QColor>
#include <QFont>
#include <QPalette>
#include <QRectF>
#include <QTextLayout>

#include <memory>
#include <vector>

class QPainter;

namespace BitNet {

// With what Markdown is laid out and painted: all of it from a widget's font and palette.
struct MarkdownStyle
{
    MarkdownStyle(const QFont &font, const QPalette &colours);

    QPalette palette;
    QFont body;
    QFont code;
    QFont label; // smaller, of what stands beside the text
    qreal em = 0; // a line's height without its leading
    qreal leading = 0; // between lines
    QColor text;
    QColor muted;
    QColor link;
    QColor line;
    QColor codeBackground;
    QColor hit;
    QColor currentHit;
    QColor selection;
    QColor selectedText;
};

// A stretch of a block's text that is painted in another way.
struct MarkdownMark
{
    enum Kind {
        Hit,
        CurrentHit,
        Selected,
    };
    int from = 0;
    int to = 0;
    Kind kind = Hit;
};

// The text of a block as it is copied, searched and read out: without marks; a table's cells with tabs between them.
QString plainText(const MarkdownBlock &block, bool growing = false);

// A block, laid out for a width. Places in it are offsets into text().
class LaidBlock
{
public:
    // previous: the block above it in the same message, or null. growing: its end is still to come. colour: of its text, where
    // it is another than the style's.
    LaidBlock(const MarkdownBlock &block, const MarkdownBlock *previous, const MarkdownStyle &style, int width,
              bool growing, const QColor &colour = {});
    Q_DISABLE_COPY_MOVE(LaidBlock)

    int height() const { return m_height; }
    const QString &text() const { return m_text; }
    void paint(QPainter &painter, const QPointF &at, const MarkdownStyle &style,
               const std::vector<MarkdownMark> &marks) const;

    // The nearest place; positions are relative to the block.
    int placeAt(const QPointF &position) const;
    // The link's target at the position; empty where there is none.
    QString linkAt(const QPointF &position) const;
    // Of the line that the place is in.
    QRectF lineRect(int place) const;
    // Where a code block's language stands, with room for a button at its right end; empty in all others.
    const QRectF &codeHead() const { return m_codeHead; }

    // Without laying it out; for rows that are far away.
    static int estimatedHeight(const MarkdownBlock &block, const MarkdownStyle &style, int width);

private:
    struct Piece
    {
        std::unique_ptr<QTextLayout> layout;
        QPointF at;
        int start = 0; // in text()
        QList<InlineSpan> spans;
    };
    struct Mark // a bullet or a number
    {
        QString text;
        QRectF rect;
    };

    // Returns the piece's height.
    qreal addPiece(const InlineText &text, const QFont &font, const QPointF &at, qreal width,
                   const MarkdownStyle &style, Qt::Alignment alignment = Qt::AlignLeft);
    void layOutCode(const MarkdownBlock &block, const MarkdownStyle &style, qreal left, qreal width);
    void layOutTable(const MarkdownBlock &block, const MarkdownStyle &style, qreal left, qreal width, bool growing);
    static qreal topOf(const MarkdownBlock &block, const MarkdownBlock *previous, const MarkdownStyle &style);
    const Piece *pieceAt(const QPointF &position) const;

    QColor m_colour;
    QString m_text;
    std::vector<Piece> m_pieces;
    std::vector<QRectF> m_quoteBars;
    std::vector<QLineF> m_lines;
    Mark m_marker;
    QRectF m_codeBox;
    bool m_codeBegins = true;
    bool m_codeEnds = true;
    QRectF m_codeHead;
    QString m_language;
    int m_height = 0;
};

} // namespace BitNet
