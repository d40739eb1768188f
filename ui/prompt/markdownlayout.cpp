// SPDX-License-Identifier: MIT
#include "ui/prompt/markdownlayout.h"

#include "ui/style/theme.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr qreal codePadding = 10;
static constexpr qreal cornerRadius = 6;

MarkdownStyle::MarkdownStyle(const QFont &font, const QPalette &colours)
    : palette(colours)
    , body(font)
    , code(QFontDatabase::systemFont(QFontDatabase::FixedFont))
    , label(font)
    , text(palette.color(QPalette::Text))
    , muted(toneColour(Tone::Muted, palette))
    , link(palette.color(QPalette::Link))
    , line(lineColour(palette))
    , codeBackground(blend(palette.color(QPalette::Base), palette.color(QPalette::Text), isDark(palette) ? 0.08 : 0.05))
    , hit(blend(palette.color(QPalette::Base), QColor(0xe0, 0xa8, 0x00), 0.4))
    , currentHit(blend(palette.color(QPalette::Base), QColor(0xff, 0x8c, 0x00), isDark(palette) ? 0.55 : 0.75))
    , selection(palette.color(QPalette::Highlight))
    , selectedText(palette.color(QPalette::HighlightedText))
{
    const auto scale = [&font](QFont &other, qreal factor) {
        if (font.pointSizeF() > 0)
            other.setPointSizeF(font.pointSizeF() * factor);
        else
            other.setPixelSize(std::max(int(std::lround(font.pixelSize() * factor)), 1));
    };
    scale(code, 1.0);
    scale(label, 0.9);
    const QFontMetricsF metrics(font);
    em = metrics.height();
    leading = std::round(em * 0.2);
}

static QFont headingFont(const MarkdownStyle &style, int level)
{
    static constexpr qreal scales[] = {1.5, 1.3, 1.15, 1.05, 1.0, 1.0};
    QFont font = style.body;
    const qreal scale = scales[std::clamp(level, 1, 6) - 1];
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * scale);
    else
        font.setPixelSize(int(std::lround(font.pixelSize() * scale)));
    font.setWeight(QFont::DemiBold);
    return font;
}

static qreal indentOf(MarkdownContainer container, const MarkdownStyle &style)
{
    return std::round(style.em * (container == MarkdownContainer::Quote ? 0.9 : 1.5));
}

QString plainText(const MarkdownBlock &block, bool growing)
{
    switch (block.kind) {
    case MarkdownBlock::Kind::Plain:
    case MarkdownBlock::Kind::Code:
        return block.text;
    case MarkdownBlock::Kind::Paragraph:
    case MarkdownBlock::Kind::Heading:
        return parseInline(block.text, growing).text;
    case MarkdownBlock::Kind::Rule:
        return {};
    case MarkdownBlock::Kind::Table:
        break;
    }
    QStringList rows;
    for (qsizetype i = block.continued ? 1 : 0; i < block.rows.size(); ++i) {
        QStringList cells;
        for (const QString &cell : block.rows[i])
            cells.append(parseInline(cell, growing && i + 1 == block.rows.size()).text);
        rows.append(cells.join(u'\t'));
    }
    return rows.join(u'\n');
}

qreal LaidBlock::topOf(const MarkdownBlock &block, const MarkdownBlock *previous, const MarkdownStyle &style)
{
    if (!previous || block.continued)
        return 0;
    if (block.kind == MarkdownBlock::Kind::Heading)
        return std::round(style.em * (block.level <= 2 ? 1.0 : 0.8));
    if (previous->kind == MarkdownBlock::Kind::Heading)
        return std::round(style.em * 0.35);
    const bool inList = block.containers.contains(MarkdownContainer::ListItem)
        && previous->containers.contains(MarkdownContainer::ListItem);
    if (inList && !block.apart)
        return std::round(style.em * 0.2);
    return std::round(style.em * (inList ? 0.45 : 0.65));
}

LaidBlock::LaidBlock(const MarkdownBlock &block, const MarkdownBlock *previous, const MarkdownStyle &style, int width,
                     bool growing, const QColor &colour)
    : m_colour(colour.isValid() ? colour : style.text)
{
    const qreal top = topOf(block, previous, style);
    qreal left = 0;
    std::vector<std::pair<qreal, bool>> bars; // x, and whether the quotation goes on from above
    for (qsizetype i = 0; i < block.containers.size(); ++i) {
        if (block.containers[i] == MarkdownContainer::Quote) {
            const bool goesOn = previous && previous->containers.size() > i
                && previous->containers.first(i + 1) == block.containers.first(i + 1) && block.marker.isEmpty();
            bars.emplace_back(left, goesOn);
        }
        // However deep it is, some room is left for text.
        left = std::min(left + indentOf(block.containers[i], style), std::max(width - style.em * 8, 0.0));
    }
    const qreal right = std::max<qreal>(width - left, style.em);

    qreal height = 0;
    switch (block.kind) {
    case MarkdownBlock::Kind::Plain:
        height = addPiece({.text = block.text}, style.body, {left, top}, right, style);
        break;
    case MarkdownBlock::Kind::Paragraph:
        height = addPiece(parseInline(block.text, growing), style.body, {left, top}, right, style);
        break;
    case MarkdownBlock::Kind::Heading:
        height = addPiece(parseInline(block.text, growing), headingFont(style, block.level), {left, top}, right, style);
        break;
    case MarkdownBlock::Kind::Rule:
        height = style.em;
        m_lines.push_back({left, top + height / 2, left + right, top + height / 2});
        break;
    case MarkdownBlock::Kind::Code:
        m_height = int(top);
        layOutCode(block, style, left, right);
        height = m_height - top;
        break;
    case MarkdownBlock::Kind::Table:
        m_height = int(top);
        layOutTable(block, style, left, right, growing);
        height = m_height - top;
        break;
    }
    m_height = int(std::ceil(top + height));
    for (const auto &[x, goesOn] : bars)
        m_quoteBars.emplace_back(x, goesOn ? 0 : top, 3, m_height - (goesOn ? 0 : top));
    if (!block.marker.isEmpty()) {
        const qreal room = indentOf(MarkdownContainer::ListItem, style);
        m_marker = {block.marker, QRectF(left - room * 3, top, room * 3 - style.em * 0.4, style.em)};
    }
}

qreal LaidBlock::addPiece(const InlineText &text, const QFont &font, const QPointF &at, qreal width,
                          const MarkdownStyle &style, Qt::Alignment alignment)
{
    Piece piece{.layout = std::make_unique<QTextLayout>(), .at = at, .start = int(m_text.size()), .spans = text.spans};
    m_text += text.text;
    QString shown = text.text;
    shown.replace(u'\n', QChar(QChar::LineSeparator));
    piece.layout->setText(shown);
    piece.layout->setFont(font);
    piece.layout->setCacheEnabled(true);
    QTextOption option(alignment);
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    option.setTextDirection(Qt::LayoutDirectionAuto);
    option.setTabStopDistance(QFontMetricsF(font).horizontalAdvance(u' ') * 4);
    piece.layout->setTextOption(option);

    QList<QTextLayout::FormatRange> formats;
    for (const InlineSpan &span : text.spans) {
        QTextCharFormat format;
        if (span.styles & InlineSpan::Emphasis)
            format.setFontItalic(true);
        if (span.styles & InlineSpan::Strong)
            format.setFontWeight(QFont::Bold);
        if (span.styles & InlineSpan::Struck)
            format.setFontStrikeOut(true);
        if (span.styles & InlineSpan::Code) {
            format.setFontFamilies(style.code.families());
            format.setFontFixedPitch(true);
            format.setBackground(style.codeBackground);
        }
        if (span.styles & InlineSpan::Link) {
            format.setForeground(style.link);
            format.setFontUnderline(true);
        }
        formats.append({span.start, span.length, format});
    }
    piece.layout->setFormats(formats);

    qreal height = 0;
    piece.layout->beginLayout();
    for (QTextLine line = piece.layout->createLine(); line.isValid(); line = piece.layout->createLine()) {
        line.setLineWidth(std::max(width, 1.0));
        line.setPosition({0, height});
        height += std::ceil(line.height()) + (font.fixedPitch() || font == style.code ? 0 : style.leading);
    }
    piece.layout->endLayout();
    m_pieces.push_back(std::move(piece));
    return height;
}

void LaidBlock::layOutCode(const MarkdownBlock &block, const MarkdownStyle &style, qreal left, qreal width)
{
    const qreal top = m_height;
    qreal y = top;
    m_codeBegins = !block.continued;
    m_codeEnds = !block.goesOn;
    if (m_codeBegins) {
        m_codeHead = QRectF(left, y, width, std::round(style.em * 1.55));
        m_language = block.language.isEmpty() ? QString() : block.language;
        y += m_codeHead.height();
    }
    y += addPiece({.text = block.text}, style.code, {left + codePadding, y}, width - 2 * codePadding, style);
    if (m_codeEnds)
        y += codePadding;
    m_codeBox = QRectF(left, top, width, y - top);
    m_height = int(std::ceil(y));
}

int LaidBlock::estimatedHeight(const MarkdownBlock &block, const MarkdownStyle &style, int width)
{
    const qreal line = style.em + style.leading;
    switch (block.kind) {
    case MarkdownBlock::Kind::Rule:
        return int(style.em * 1.6);
    case MarkdownBlock::Kind::Table:
        return int(block.rows.size() * line * 1.6);
    case MarkdownBlock::Kind::Code:
        return int((block.text.count(u'\n') + 1) * style.em + style.em * 2.5);
    default:
        break;
    }
    const qreal perLine = std::max<qreal>(width / (style.em * 0.42), 8);
    return int((std::ceil(block.text.size() / perLine) + block.text.count(u'\n') * 0.5) * line + style.em * 0.5);
}

void LaidBlock::paint(QPainter &painter, const QPointF &at, const MarkdownStyle &style,
                      const std::vector<MarkdownMark> &marks) const
{
    painter.save();
    painter.translate(at);
    if (!m_codeBox.isEmpty()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(style.codeBackground);
        // Where it goes on above or below, the corners there are outside of the clip.
        const QRectF box = m_codeBox.adjusted(0, m_codeBegins ? 0 : -cornerRadius, 0, m_codeEnds ? 0 : cornerRadius);
        painter.setClipRect(m_codeBox, Qt::IntersectClip);
        painter.drawRoundedRect(box, cornerRadius, cornerRadius);
        painter.setFont(style.label);
        painter.setPen(style.muted);
        painter.drawText(m_codeHead.adjusted(codePadding, 0, -codePadding, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         m_language);
    }
    for (const QRectF &bar : m_quoteBars)
        painter.fillRect(bar, style.line);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(style.line);
    for (const QLineF &line : m_lines)
        painter.drawLine(line);
    if (!m_marker.text.isEmpty()) {
        painter.setFont(style.body);
        painter.setPen(style.muted);
        painter.drawText(m_marker.rect, Qt::AlignRight | Qt::AlignTop | Qt::TextDontClip, m_marker.text);
    }

    painter.setPen(m_colour);
    for (const Piece &piece : m_pieces) {
        QList<QTextLayout::FormatRange> selections;
        const int length = int(piece.layout->text().size());
        for (const MarkdownMark &mark : marks) {
            const int from = std::clamp(mark.from - piece.start, 0, length);
            const int to = std::clamp(mark.to - piece.start, 0, length);
            if (from >= to)
                continue;
            QTextCharFormat format;
            format.setBackground(mark.kind == MarkdownMark::Selected  ? style.selection
                                     : mark.kind == MarkdownMark::Hit ? style.hit
                                                                      : style.currentHit);
            format.setForeground(mark.kind == MarkdownMark::Selected ? style.selectedText : style.text);
            selections.append({from, to - from, format});
        }
        piece.layout->draw(&painter, piece.at, selections);
    }
    painter.restore();
}

// The piece at the position, or the one that is nearest: above all by its height.
const LaidBlock::Piece *LaidBlock::pieceAt(const QPointF &position) const
{
    const Piece *nearest = nullptr;
    qreal least = 0;
    for (const Piece &piece : m_pieces) {
        const QRectF rect = piece.layout->boundingRect().translated(piece.at);
        const qreal dx = std::max({rect.left() - position.x(), position.x() - rect.right(), 0.0});
        const qreal dy = std::max({rect.top() - position.y(), position.y() - rect.bottom(), 0.0});
        const qreal distance = dy * 1000 + dx;
        if (!nearest || distance < least) {
            nearest = &piece;
            least = distance;
        }
    }
    return nearest;
}

int LaidBlock::placeAt(const QPointF &position) const
{
    const Piece *piece = pieceAt(position);
    if (!piece || piece->layout->lineCount() == 0)
        return 0;
    const QPointF inside = position - piece->at;
    QTextLine line = piece->layout->lineAt(0);
    for (int i = 1; i < piece->layout->lineCount() && piece->layout->lineAt(i).y() <= inside.y(); ++i)
        line = piece->layout->lineAt(i);
    return piece->start + line.xToCursor(inside.x());
}

QString LaidBlock::linkAt(const QPointF &position) const
{
    const Piece *piece = pieceAt(position);
    if (!piece)
        return {};
    const QPointF inside = position - piece->at;
    for (int i = 0; i < piece->layout->lineCount(); ++i) {
        const QTextLine line = piece->layout->lineAt(i);
        if (!line.naturalTextRect().contains(inside))
            continue;
        const int letter = line.xToCursor(inside.x(), QTextLine::CursorOnCharacter);
        for (const InlineSpan &span : piece->spans) {
            if ((span.styles & InlineSpan::Link) && letter >= span.start && letter < span.start + span.length)
                return span.target;
        }
    }
    return {};
}

QRectF LaidBlock::lineRect(int place) const
{
    for (auto piece = m_pieces.rbegin(); piece != m_pieces.rend(); ++piece) {
        if (piece->start > place && piece + 1 != m_pieces.rend())
            continue;
        const QTextLine line =
            piece->layout->lineForTextPosition(std::clamp(place - piece->start, 0, int(piece->layout->text().size())));
        return line.isValid() ? line.rect().translated(piece->at) : QRectF();
    }
    return {};
}

} // namespace BitNet
