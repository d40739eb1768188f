// SPDX-License-Identifier: MIT
// Tables of LaidBlock.
#include "ui/prompt/markdownlayout.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace BitNet {

static constexpr qreal cellPadding = 8;

// What each column gets of the width: what it wants where that is enough for all; else the narrow ones get what they want and
// the others share what is left.
static std::vector<qreal> columnWidths(const std::vector<qreal> &wanted, qreal width, qreal least)
{
    std::vector<qreal> widths(wanted.size(), 0);
    std::vector<size_t> open(wanted.size());
    std::iota(open.begin(), open.end(), size_t(0));
    qreal left = width;
    for (bool changed = true; changed && !open.empty();) {
        changed = false;
        const qreal share = left / qreal(open.size());
        for (auto column = open.begin(); column != open.end();) {
            if (wanted[*column] > share) {
                ++column;
                continue;
            }
            widths[*column] = wanted[*column];
            left -= wanted[*column];
            column = open.erase(column);
            changed = true;
        }
    }
    for (const size_t column : open)
        widths[column] = std::max(left / qreal(open.size()), least);
    return widths;
}

void LaidBlock::layOutTable(const MarkdownBlock &block, const MarkdownStyle &style, qreal left, qreal width,
                            bool growing)
{
    QFont headFont = style.body;
    headFont.setWeight(QFont::DemiBold);
    const qsizetype firstRow = block.continued ? 1 : 0;
    std::vector<std::vector<InlineText>> cells;
    std::vector<qreal> wanted(size_t(block.columns.size()), 2 * cellPadding);
    for (qsizetype row = 0; row < block.rows.size(); ++row) {
        const QFontMetricsF metrics(row == 0 ? headFont : style.body);
        std::vector<InlineText> texts;
        for (size_t column = 0; column < wanted.size(); ++column) {
            texts.push_back(
                parseInline(block.rows[row].value(qsizetype(column)), growing && row + 1 == block.rows.size()));
            // Code and bold are a little wider than they are measured here.
            const qreal natural =
                metrics.horizontalAdvance(texts.back().text) * (texts.back().spans.isEmpty() ? 1 : 1.15);
            wanted[column] = std::max(wanted[column], std::ceil(natural) + 2 * cellPadding + 1);
        }
        cells.push_back(std::move(texts));
    }
    const std::vector<qreal> widths = columnWidths(wanted, width, style.em * 2);
    const qreal whole = std::accumulate(widths.begin(), widths.end(), qreal(0));

    qreal y = m_height;
    const qreal top = y;
    m_lines.push_back({left, y, left + whole, y});
    for (qsizetype row = firstRow; row < block.rows.size(); ++row) {
        qreal x = left;
        qreal height = style.em;
        if (row > firstRow)
            m_text += u'\n';
        for (size_t column = 0; column < widths.size(); ++column) {
            static constexpr Qt::AlignmentFlag alignments[] = {Qt::AlignLeft, Qt::AlignHCenter, Qt::AlignRight};
            if (column > 0)
                m_text += u'\t';
            height = std::max(height,
                              addPiece(cells[size_t(row)][column], row == 0 ? headFont : style.body,
                                       {x + cellPadding, y + style.leading + 2}, widths[column] - 2 * cellPadding,
                                       style, alignments[int(block.columns[qsizetype(column)])]));
            x += widths[column];
        }
        y += std::ceil(height + style.leading + 4);
        m_lines.push_back({left, y, left + whole, y});
    }
    qreal x = left;
    m_lines.push_back({x, top, x, y});
    for (const qreal column : widths) {
        x += column;
        m_lines.push_back({x, top, x, y});
    }
    m_height = int(std::ceil(y)) + 1;
}

} // namespace BitNet
