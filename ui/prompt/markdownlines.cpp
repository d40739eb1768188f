// SPDX-License-Identifier: MIT
#include "ui/prompt/markdownlines.h"

#include <algorithm>

namespace BitNet::MarkdownLines {

using namespace Qt::StringLiterals;

static constexpr int mostIndent = 3; // more makes it code
static constexpr int longestNumber = 9;

static qsizetype spacesOf(QStringView line)
{
    qsizetype i = 0;
    while (i < line.size() && (line[i] == u' ' || line[i] == u'\t'))
        ++i;
    return i;
}

static bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

static qsizetype runOf(QStringView text, QChar letter)
{
    qsizetype i = 0;
    while (i < text.size() && text[i] == letter)
        ++i;
    return i;
}

int indentOf(QStringView line)
{
    int column = 0;
    for (const QChar c : line) {
        if (c == u' ')
            ++column;
        else if (c == u'\t')
            column += 4 - column % 4;
        else
            break;
    }
    return column;
}

QString withoutIndent(QStringView line, int columns)
{
    int column = 0;
    qsizetype i = 0;
    while (i < line.size() && column < columns && (line[i] == u' ' || line[i] == u'\t')) {
        column += line[i] == u' ' ? 1 : 4 - column % 4;
        ++i;
    }
    return QString(std::max(column - columns, 0), u' ') + line.sliced(i);
}

bool isBlank(QStringView line)
{
    return spacesOf(line) == line.size();
}

std::optional<Fence> fence(QStringView line)
{
    const int indent = indentOf(line);
    const QStringView text = line.sliced(spacesOf(line));
    if (indent > mostIndent || text.isEmpty() || (text[0] != u'`' && text[0] != u'~'))
        return std::nullopt;
    Fence fence{.letter = text[0], .length = int(runOf(text, text[0])), .indent = indent};
    const QStringView info = text.sliced(fence.length).trimmed();
    // Backticks behind it: it is code within a line.
    if (fence.length < 3 || (fence.letter == u'`' && info.contains(u'`')))
        return std::nullopt;
    fence.language = info.left(info.indexOf(u' ') < 0 ? info.size() : info.indexOf(u' ')).left(40).toString();
    return fence;
}

bool closesFence(QStringView line, const Fence &fence)
{
    const QStringView text = line.trimmed();
    return indentOf(line) <= mostIndent && text.size() >= fence.length && runOf(text, fence.letter) == text.size();
}

std::optional<Heading> heading(QStringView line)
{
    const QStringView text = line.sliced(spacesOf(line));
    const qsizetype level = runOf(text, u'#');
    if (indentOf(line) > mostIndent || level < 1 || level > 6)
        return std::nullopt;
    if (level < text.size() && text[level] != u' ' && text[level] != u'\t')
        return std::nullopt;
    QStringView title = text.sliced(level).trimmed();
    // "## Title ##": the marks at the end are none of it.
    qsizetype end = title.size();
    while (end > 0 && title[end - 1] == u'#')
        --end;
    if (end == 0 || title[end - 1].isSpace())
        title = title.first(end).trimmed();
    return Heading{.level = int(level), .text = title.toString()};
}

int underline(QStringView line)
{
    const QStringView text = line.trimmed();
    if (indentOf(line) > mostIndent || text.isEmpty())
        return 0;
    if (runOf(text, u'=') == text.size())
        return 1;
    return runOf(text, u'-') == text.size() ? 2 : 0;
}

bool isRule(QStringView line)
{
    const QStringView text = line.trimmed();
    if (indentOf(line) > mostIndent || text.isEmpty() || !QStringView(u"-_*").contains(text[0]))
        return false;
    int count = 0;
    for (const QChar c : text) {
        if (c == text[0])
            ++count;
        else if (!c.isSpace())
            return false;
    }
    return count >= 3;
}

std::optional<ListMarker> listMarker(QStringView line)
{
    const int indent = indentOf(line);
    const QStringView text = line.sliced(spacesOf(line));
    if (indent > mostIndent || text.isEmpty())
        return std::nullopt;
    ListMarker marker;
    qsizetype width = 0;
    if (QStringView(u"-+*").contains(text[0])) {
        marker.delimiter = text[0];
        width = 1;
    } else {
        qsizetype digits = 0;
        while (digits < text.size() && isDigit(text[digits]))
            ++digits;
        if (digits == 0 || digits > longestNumber || digits == text.size()
            || (text[digits] != u'.' && text[digits] != u')'))
            return std::nullopt;
        marker.delimiter = text[digits];
        marker.number = text.first(digits).toInt();
        width = digits + 1;
    }
    const QStringView rest = text.sliced(width);
    marker.length = int(spacesOf(line) + width);
    marker.spaces = 1;
    if (isBlank(rest)) {
        marker.empty = true;
        marker.contentIndent = indent + int(width) + 1;
        return marker;
    }
    if (rest[0] != u' ' && rest[0] != u'\t')
        return std::nullopt;
    // Five spaces or more: all but one belong to code within the item.
    if (const int spaces = indentOf(rest); spaces <= 4)
        marker.spaces = spaces;
    marker.contentIndent = indent + int(width) + marker.spaces;
    return marker;
}

std::optional<int> quote(QStringView line)
{
    const int indent = indentOf(line);
    const qsizetype spaces = spacesOf(line);
    if (indent > mostIndent || spaces == line.size() || line[spaces] != u'>')
        return std::nullopt;
    const bool spaced = spaces + 1 < line.size() && (line[spaces + 1] == u' ' || line[spaces + 1] == u'\t');
    return int(spaces) + (spaced ? 2 : 1);
}

QStringList tableCells(QStringView line)
{
    QStringView text = line.trimmed();
    if (text.startsWith(u'|'))
        text = text.sliced(1);
    QStringList cells;
    QString cell;
    bool inCode = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'\\' && i + 1 < text.size() && text[i + 1] == u'|') {
            cell += u'|';
            ++i;
        } else if (text[i] == u'|' && !inCode) {
            cells.append(cell.trimmed());
            cell.clear();
        } else {
            if (text[i] == u'`')
                inCode = !inCode && text.sliced(i + 1).contains(u'`');
            cell += text[i];
        }
    }
    if (!cell.trimmed().isEmpty() || cells.isEmpty())
        cells.append(cell.trimmed());
    return cells;
}

QList<MarkdownAlignment> tableColumns(QStringView line)
{
    const QStringView text = line.trimmed();
    // A cheap look first: nearly no line is one.
    if (!text.contains(u'-') || !text.contains(u'|') || indentOf(line) > mostIndent
        || !std::all_of(text.begin(), text.end(), [](QChar c) { return QStringView(u"|-: \t").contains(c); }))
        return {};
    QList<MarkdownAlignment> columns;
    for (const QString &cell : tableCells(text)) {
        const bool left = cell.startsWith(u':');
        const bool right = cell.size() > 1 && cell.endsWith(u':');
        const QStringView dashes = QStringView(cell).sliced(left ? 1 : 0).chopped(right ? 1 : 0);
        if (dashes.isEmpty() || runOf(dashes, u'-') != dashes.size())
            return {};
        columns.append(left && right ? MarkdownAlignment::Centre
                           : right   ? MarkdownAlignment::Right
                                     : MarkdownAlignment::Left);
    }
    return columns;
}

bool mayBeMarkup(QStringView line)
{
    const QStringView text = line.trimmed();
    if (text.isEmpty())
        return false;
    const auto onlyOf = [text](QStringView letters) {
        return std::all_of(text.begin(), text.end(), [letters](QChar c) { return letters.contains(c); });
    };
    if (onlyOf(u"-+*_=#>~`|: "))
        return true;
    // "1" or "12.": a list item may follow.
    const QStringView number = text.endsWith(u'.') || text.endsWith(u')') ? text.chopped(1) : text;
    return !number.isEmpty() && number.size() <= longestNumber
        && std::all_of(number.begin(), number.end(), [](QChar c) { return isDigit(c); });
}

} // namespace BitNet::MarkdownLines
