// SPDX-License-Identifier: MIT
#include "ui/output/linetext.h"

#include "ui/output/lineparser.h"

#include <algorithm>

namespace BitNet {

LineText LineText::parse(QByteArrayView bytes, const LineParsing &parsing)
{
    return LineParser(bytes, parsing).parse();
}

void LineText::appendCell(QString &text, int column) const
{
    const TextCell &cell = m_cells[std::size_t(column)];
    if (cell.width == 0)
        return;
    if (cell.cluster >= 0)
        text += m_clusters.at(cell.cluster);
    else if (QChar::requiresSurrogates(cell.character))
        text.append(QChar(QChar::highSurrogate(cell.character))).append(QChar(QChar::lowSurrogate(cell.character)));
    else
        text += QChar(char16_t(cell.character));
}

QString LineText::text(int from, int to) const
{
    QString text;
    from = std::clamp(from, 0, columns());
    to = std::clamp(to, from, columns());
    text.reserve(to - from);
    for (int column = from; column < to; ++column)
        appendCell(text, column);
    return text;
}

int LineText::columnOf(qsizetype source) const
{
    // Not a binary search: after a carriage return the cells are not in the order of their bytes.
    int best = columns();
    qsizetype bestSource = 0;
    for (int column = 0; column < columns(); ++column) {
        const TextCell &cell = m_cells[std::size_t(column)];
        if (cell.width > 0 && cell.source >= source && (best == columns() || cell.source < bestSource)) {
            best = column;
            bestSource = cell.source;
        }
    }
    return best;
}

int LineText::cellBegin(int column) const
{
    column = std::clamp(column, 0, columns());
    while (column > 0 && column < columns() && m_cells[std::size_t(column)].width == 0)
        --column;
    return column;
}

} // namespace BitNet
