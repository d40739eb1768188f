// SPDX-License-Identifier: MIT
#include "ui/prompt/markdownparser.h"

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace MarkdownLines;

// Beyond these a block is cut, so that the last one, which is laid out again and again while text comes, stays small.
static constexpr qsizetype longestText = 6000;
static constexpr int mostCodeLines = 100;
static constexpr int mostTableRows = 60;
// A text that nests deeper is no text.
static constexpr qsizetype deepest = 16;

void MarkdownParser::append(QStringView text)
{
    if (m_finished)
        return;
    while (!text.isEmpty()) {
        const qsizetype end = text.indexOf(u'\n');
        m_line += end < 0 ? text : text.first(end);
        text = end < 0 ? QStringView() : text.sliced(end + 1);
        // Not within a fence, where every line is what it is. Where it is cut depends on the line alone, not on how it came.
        while (m_line.size() > longestText && m_leaf != Leaf::Fenced) {
            qsizetype cut = QStringView(m_line).first(longestText).lastIndexOf(u' ') + 1;
            if (cut < longestText / 2)
                cut = longestText - (m_line[longestText - 1].isHighSurrogate() ? 1 : 0);
            const QString first = m_line.first(cut);
            m_line.remove(0, cut);
            takeRest(first);
            if (m_leaf == Leaf::Fenced)
                break; // a fence with a very long info
            m_withinLine = true;
        }
        if (end >= 0) {
            if (m_line.endsWith(u'\r'))
                m_line.chop(1);
            const QString line = std::exchange(m_line, {});
            takeRest(line);
            m_withinLine = false;
        }
    }
}

void MarkdownParser::finish()
{
    if (m_finished)
        return;
    if (!m_line.isEmpty())
        append(u"\n");
    closeContainers(0);
    closeLeaf();
    m_finished = true;
}

QList<MarkdownBlock> MarkdownParser::tail() const
{
    if (m_finished)
        return {};
    MarkdownParser rest = *this;
    rest.m_blocks.clear();
    if (!m_line.isEmpty() && (m_withinLine || !mayBeMarkup(m_line)))
        rest.takeRest(m_line);
    rest.closeContainers(0);
    rest.closeLeaf();
    return rest.m_blocks;
}

QList<MarkdownBlock> MarkdownParser::parse(QStringView text)
{
    MarkdownParser parser;
    parser.append(text);
    parser.finish();
    return parser.m_blocks;
}

QList<MarkdownBlock> MarkdownParser::plain(QStringView text)
{
    QList<MarkdownBlock> blocks;
    while (text.size() > longestText) {
        qsizetype cut = text.first(longestText).lastIndexOf(u'\n');
        qsizetype skipped = 1;
        if (cut <= 0) {
            cut = longestText - (text[longestText - 1].isHighSurrogate() ? 1 : 0);
            skipped = 0;
        }
        blocks.append({.kind = MarkdownBlock::Kind::Plain,
                       .text = text.first(cut).toString(),
                       .continued = !blocks.isEmpty(),
                       .goesOn = true});
        text = text.sliced(cut + skipped);
    }
    blocks.append({.kind = MarkdownBlock::Kind::Plain, .text = text.toString(), .continued = !blocks.isEmpty()});
    return blocks;
}

// A line, or what follows a cut in a very long one.
void MarkdownParser::takeRest(QStringView line)
{
    if (!m_withinLine) {
        takeLine(line);
        return;
    }
    if (m_leaf == Leaf::Paragraph) {
        splitLongLeaf();
        m_block.text += line;
    } else {
        closeLeaf();
        MarkdownBlock block = newBlock(MarkdownBlock::Kind::Paragraph);
        block.text = line.toString();
        openLeaf(Leaf::Paragraph, block);
    }
}

void MarkdownParser::takeLine(QStringView whole)
{
    QString line = whole.toString();
    int matched = matchContainers(line);
    if (takesFenced(line, matched))
        return;
    while (startsContainer(line, matched)) { }
    if (isBlank(line)) {
        // An unquoted blank line ends a quotation; an item goes on if what follows is indented.
        for (int depth = matched; depth < m_containers.size(); ++depth) {
            if (m_containers[depth].kind == MarkdownContainer::Quote) {
                closeContainers(depth);
                break;
            }
        }
        if (m_leaf == Leaf::Indented)
            ++m_blankLines;
        else
            closeLeaf();
        m_apart = true;
        return;
    }
    if (!startsBlock(line, matched))
        takeText(line, matched);
}

// How many of the open containers go on in this line, which loses their part.
int MarkdownParser::matchContainers(QString &line) const
{
    int depth = 0;
    for (; depth < m_containers.size(); ++depth) {
        const Container &container = m_containers[depth];
        if (container.kind == MarkdownContainer::Quote) {
            const std::optional<int> columns = quote(line);
            if (!columns)
                break;
            line.remove(0, *columns);
        } else if (isBlank(line)) {
            line.clear();
        } else if (indentOf(line) >= container.contentIndent) {
            line = withoutIndent(line, container.contentIndent);
        } else {
            break;
        }
    }
    return depth;
}

bool MarkdownParser::takesFenced(const QString &line, int matched)
{
    if (m_leaf != Leaf::Fenced)
        return false;
    if (matched < m_containers.size())
        return false; // its container ended, and the fence with it
    if (closesFence(line, m_fence)) {
        m_block.open = false;
        closeLeaf();
    } else {
        appendToLeaf(withoutIndent(line, m_fence.indent));
    }
    return true;
}

bool MarkdownParser::startsContainer(QString &line, int &matched)
{
    if (matched >= deepest || isRule(line))
        return false;
    const bool inParagraph = m_leaf == Leaf::Paragraph && matched == m_containers.size();
    if (const std::optional<int> columns = quote(line)) {
        closeContainers(matched);
        closeLeaf();
        m_containers.append({.kind = MarkdownContainer::Quote});
        line.remove(0, *columns);
        ++matched;
        return true;
    }
    const std::optional<ListMarker> marker = listMarker(line);
    if (!marker)
        return false;
    // "1986. What a year" within a paragraph is no list, and neither is a lonely "-".
    if (inParagraph && (marker->empty || (marker->number && *marker->number != 1)))
        return false;
    if (inParagraph && underline(line) == 2)
        return false;
    openItem(*marker, matched);
    line = marker->empty ? QString() : withoutIndent(QStringView(line).sliced(marker->length), marker->spaces);
    ++matched;
    return true;
}

void MarkdownParser::openItem(const ListMarker &marker, int depth)
{
    std::optional<int> number = marker.number;
    // Numbers go on from the first one, whatever the others say.
    if (number && depth < m_containers.size()) {
        const Container &before = m_containers[depth];
        if (before.number && before.delimiter == marker.delimiter)
            number = *before.number + 1;
    }
    closeContainers(depth);
    closeLeaf();
    // "- - text": an item that begins with another.
    if (!m_marker.isEmpty())
        emitBlock(newBlock(MarkdownBlock::Kind::Paragraph));
    m_containers.append({.kind = MarkdownContainer::ListItem,
                         .contentIndent = marker.contentIndent,
                         .delimiter = marker.delimiter,
                         .number = number});
    const auto depthOfItems = std::count_if(m_containers.begin(), m_containers.end(), [](const Container &container) {
        return container.kind == MarkdownContainer::ListItem && !container.number;
    });
    static constexpr char16_t bullets[] = {u'•', u'◦', u'▪'};
    m_marker = number ? QString(QString::number(*number) + marker.delimiter)
                      : QString(QChar(bullets[std::min<qsizetype>(depthOfItems, 3) - 1]));
}

// Blocks that are told by their first line.
bool MarkdownParser::startsBlock(const QString &line, int matched)
{
    const bool inParagraph = m_leaf == Leaf::Paragraph && matched == m_containers.size();
    if (inParagraph) {
        if (const int level = underline(line)) {
            m_block.kind = MarkdownBlock::Kind::Heading;
            m_block.level = level;
            closeLeaf();
            return true;
        }
    }
    if (const std::optional<Heading> found = heading(line)) {
        closeContainers(matched);
        closeLeaf();
        MarkdownBlock block = newBlock(MarkdownBlock::Kind::Heading);
        block.level = found->level;
        block.text = found->text;
        emitBlock(block);
        return true;
    }
    if (isRule(line)) {
        closeContainers(matched);
        closeLeaf();
        emitBlock(newBlock(MarkdownBlock::Kind::Rule));
        return true;
    }
    if (const std::optional<Fence> found = fence(line)) {
        closeContainers(matched);
        closeLeaf();
        m_fence = *found;
        MarkdownBlock block = newBlock(MarkdownBlock::Kind::Code);
        block.language = found->language;
        block.open = true;
        openLeaf(Leaf::Fenced, block);
        m_lines = 0;
        return true;
    }
    return false;
}

void MarkdownParser::takeText(const QString &line, int matched)
{
    if (m_leaf == Leaf::Paragraph) {
        if (matched == m_containers.size()) {
            const QList<MarkdownAlignment> columns = tableColumns(line);
            const QString last = m_block.text.sliced(m_block.text.lastIndexOf(u'\n') + 1);
            if (!columns.isEmpty() && tableCells(last).size() == columns.size()) {
                // The paragraph's last line turns out to be the table's head.
                MarkdownBlock table = newBlock(MarkdownBlock::Kind::Table);
                m_block.text.chop(last.size() + 1);
                if (m_lines > 1) {
                    closeLeaf();
                    table.apart = true;
                    table.marker.clear();
                } else {
                    table.apart = m_block.apart;
                    table.marker = m_block.marker;
                }
                table.columns = columns;
                table.rows = {tableCells(last)};
                openLeaf(Leaf::Table, table);
                return;
            }
        }
        // Also where its containers' marks are left out: a lazy line.
        appendToLeaf(line.trimmed());
        return;
    }
    if (matched < m_containers.size())
        closeContainers(matched);
    const int indent = indentOf(line);
    if (m_leaf == Leaf::Indented && indent >= 4) {
        for (; m_blankLines > 0; --m_blankLines)
            appendToLeaf(QString());
        appendToLeaf(withoutIndent(line, 4));
        return;
    }
    if (m_leaf == Leaf::Table) {
        // Models go on with their text without a blank line; a row has a bar.
        if (line.contains(u'|')) {
            splitLongLeaf();
            QStringList cells = tableCells(line);
            cells.resize(m_block.columns.size());
            m_block.rows.append(cells);
            return;
        }
    }
    closeLeaf();
    if (indent >= 4) {
        openLeaf(Leaf::Indented, newBlock(MarkdownBlock::Kind::Code));
        m_block.text = withoutIndent(line, 4);
        return;
    }
    MarkdownBlock block = newBlock(MarkdownBlock::Kind::Paragraph);
    block.text = line.trimmed();
    for (const auto &[box, marker] :
         {std::pair(u"[ ] "_s, u"☐"_s), std::pair(u"[x] "_s, u"☑"_s), std::pair(u"[X] "_s, u"☑"_s)}) {
        if (!block.marker.isEmpty() && block.text.startsWith(box)) {
            block.text.remove(0, box.size());
            block.marker = marker;
        }
    }
    openLeaf(Leaf::Paragraph, block);
}

MarkdownBlock MarkdownParser::newBlock(MarkdownBlock::Kind kind)
{
    MarkdownBlock block{.kind = kind, .marker = std::exchange(m_marker, {}), .apart = std::exchange(m_apart, false)};
    for (const Container &container : m_containers)
        block.containers.append(container.kind);
    return block;
}

void MarkdownParser::openLeaf(Leaf leaf, MarkdownBlock block)
{
    m_leaf = leaf;
    m_block = std::move(block);
    m_lines = 1;
    m_blankLines = 0;
}

void MarkdownParser::emitBlock(MarkdownBlock block)
{
    m_blocks.append(std::move(block));
}

void MarkdownParser::closeLeaf()
{
    if (m_leaf == Leaf::None)
        return;
    if (m_leaf == Leaf::Indented && m_blankLines > 0)
        m_apart = true;
    m_leaf = Leaf::None;
    emitBlock(std::exchange(m_block, {}));
}

void MarkdownParser::closeContainers(int depth)
{
    if (depth >= m_containers.size())
        return;
    closeLeaf();
    // An item without any text is shown all the same.
    if (!m_marker.isEmpty())
        emitBlock(newBlock(MarkdownBlock::Kind::Paragraph));
    m_containers.resize(depth);
}

void MarkdownParser::appendToLeaf(const QString &line)
{
    splitLongLeaf();
    if (m_lines > 0)
        m_block.text += u'\n';
    m_block.text += line;
    ++m_lines;
}

// Before something is added to it.
void MarkdownParser::splitLongLeaf()
{
    const bool isCode = m_leaf == Leaf::Fenced || m_leaf == Leaf::Indented;
    const bool tooLong = m_block.text.size() >= longestText || (isCode && m_lines >= mostCodeLines)
        || m_block.rows.size() > mostTableRows;
    if (!tooLong)
        return;
    MarkdownBlock next = m_block;
    next.text.clear();
    next.marker.clear();
    next.apart = false;
    next.continued = true;
    if (!next.rows.isEmpty())
        next.rows = {next.rows.first()};
    m_block.goesOn = true;
    m_block.open = false;
    emitBlock(m_block);
    m_block = next;
    m_lines = 0;
}

} // namespace BitNet
