// SPDX-License-Identifier: MIT
#include "ui/output/lineparser.h"

#include "ui/output/charwidth.h"

#include <QChar>

#include <algorithm>
#include <cstring>

namespace BitNet {

static constexpr int tabWidth = 8;
static constexpr char32_t replacement = 0xfffd;
static constexpr char32_t zeroWidthJoiner = 0x200d;
// Cursor movements don't lead further: nothing sensible is there.
static constexpr int farthestColumn = 4096;
// A title, a link or an image is longer only when it is none.
static constexpr qsizetype longestString = 4096;
static constexpr qsizetype longestCluster = 32; // UTF-16 units

// Characters that would change the direction or the lines of what is around them: shown as a sign instead.
static bool isTreacherous(char32_t character)
{
    return (character >= 0x80 && character < 0xa0) || (character >= 0x202a && character <= 0x202e)
        || (character >= 0x2066 && character <= 0x2069) || character == 0x200e || character == 0x200f
        || character == 0x061c || character == 0x2028 || character == 0x2029;
}

LineParser::LineParser(QByteArrayView bytes, const LineParsing &parsing)
    : m_begin(reinterpret_cast<const uchar *>(bytes.data()))
    , m_end(m_begin + bytes.size() - parsing.lookahead)
    , m_lookaheadEnd(m_begin + bytes.size())
    , m_at(m_begin)
    , m_parsing(parsing)
    , m_style(parsing.style)
{
    m_line.m_styles.push_back(m_style);
    m_indexedStyle = m_style;
}

LineText LineParser::parse()
{
    if (m_parsing.folded) {
        for (int i = 0; i < 3 && m_at < m_end && (*m_at & 0xc0) == 0x80; ++i)
            ++m_at;
    }
    bool askedToStop = false;
    m_line.m_cells.reserve(std::size_t(std::min<qsizetype>(m_end - m_at, m_parsing.maximumColumns)));
    while (m_at < m_end) {
        const uchar byte = *m_at;
        if (byte >= 0x20 && byte < 0x7f) {
            put(byte, m_at - m_begin, 1);
            ++m_at;
        } else if (byte >= 0x80) {
            readCharacter();
        } else {
            readControl(byte);
        }
        if (m_cursor >= m_parsing.maximumColumns && m_at < m_end && !askedToStop) {
            askedToStop = true;
            if (nothingChangesAnyMore()) {
                m_line.m_complete = false;
                break;
            }
        }
    }
    m_line.m_endStyle = m_style;
    return std::move(m_line);
}

bool LineParser::nothingChangesAnyMore() const
{
    const auto left = std::size_t(m_end - m_at);
    return !std::memchr(m_at, '\r', left) && !std::memchr(m_at, '\x1b', left) && !std::memchr(m_at, '\b', left);
}

void LineParser::readControl(uchar byte)
{
    const qsizetype source = m_at - m_begin;
    ++m_at;
    switch (byte) {
    case '\n':
        break; // the line's own end
    case '\r':
        m_cursor = 0;
        break;
    case '\b':
        m_cursor = m_line.cellBegin(std::max(m_cursor - 1, 0));
        break;
    case '\t':
        put(U'\t', source, tabWidth - m_cursor % tabWidth);
        break;
    case '\a':
        break; // nobody wants to hear a log
    case '\x1b':
        --m_at;
        readEscape();
        break;
    case 0:
        putSymbol(replacement, source);
        break;
    case 0x7f:
        putSymbol(0x2421, source);
        break;
    default:
        putSymbol(0x2400 + byte, source);
        break;
    }
}

// At an ESC: reads a whole sequence over. What is no sequence leaves the sign for ESC, and the rest as text.
void LineParser::readEscape()
{
    const uchar *const begin = m_at;
    bool known = false;
    if (begin + 1 < m_end) {
        const uchar kind = begin[1];
        m_at = begin + 2;
        if (kind == '[') {
            known = readControlSequence();
        } else if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') {
            known = skipString();
        } else if (kind >= 0x20 && kind <= 0x2f) {
            while (m_at < m_end && *m_at >= 0x20 && *m_at <= 0x2f)
                ++m_at;
            known = m_at < m_end && *m_at >= 0x30 && *m_at <= 0x7e;
            m_at += known ? 1 : 0;
        } else {
            known = kind >= 0x30 && kind <= 0x7e;
        }
    }
    if (known || (m_parsing.open && m_at == m_end))
        return; // at an open end the rest of the sequence may still come
    m_at = begin + 1;
    putSymbol(0x241b, begin - m_begin);
}

bool LineParser::readControlSequence()
{
    const uchar *const begin = m_at;
    while (m_at < m_end && *m_at >= 0x20 && *m_at <= 0x3f)
        ++m_at;
    if (m_at == m_end || *m_at < 0x40 || *m_at > 0x7e)
        return false;
    const QByteArrayView parameters(begin, m_at);
    const char command = char(*m_at);
    ++m_at;
    int number = 0;
    for (const char c : parameters) {
        if (c < '0' || c > '9')
            break;
        number = std::min(number * 10 + (c - '0'), farthestColumn);
    }
    switch (command) {
    case 'm':
        applySgr(parameters, m_style);
        break;
    case 'K':
        erase(number);
        break;
    case 'C':
        m_cursor = std::min(m_cursor + std::max(number, 1), std::max(m_cursor, farthestColumn));
        break;
    case 'D':
        m_cursor = std::max(m_cursor - std::max(number, 1), 0);
        break;
    case 'G':
        m_cursor = std::max(number, 1) - 1;
        break;
    default:
        break; // movements between lines and the like mean nothing in a log
    }
    return true;
}

// Behind the introducer of an OSC, DCS, …: up to BEL or ESC \.
bool LineParser::skipString()
{
    const uchar *const limit = m_at + std::min<qsizetype>(m_end - m_at, longestString);
    for (; m_at < limit; ++m_at) {
        if (*m_at == '\a') {
            ++m_at;
            return true;
        }
        if (*m_at == '\x1b' && m_at + 1 < m_end && m_at[1] == '\\') {
            m_at += 2;
            return true;
        }
    }
    return false;
}

// At a byte of 0x80 or more: decodes one character, strictly.
void LineParser::readCharacter()
{
    const uchar *const begin = m_at;
    const uchar lead = *begin;
    const int length = lead >= 0xc2 && lead <= 0xdf ? 2
        : lead >= 0xe0 && lead <= 0xef              ? 3
        : lead >= 0xf0 && lead <= 0xf4              ? 4
                                                    : 1;
    char32_t character = length == 2 ? lead & 0x1f : length == 3 ? lead & 0x0f : lead & 0x07;
    int read = 1;
    for (; read < length && begin + read < m_lookaheadEnd; ++read) {
        const uchar byte = begin[read];
        // The second byte rules out what is longer than needed, surrogates, and what is past the last character.
        const uchar lowest = read > 1 ? 0x80 : lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        const uchar highest = read > 1 ? 0xbf : lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (byte < lowest || byte > highest)
            break;
        character = character << 6 | (byte & 0x3f);
    }
    const qsizetype source = begin - m_begin;
    m_at = std::min(begin + read, m_end);
    if (length == 1 || read < length) {
        const bool cutByTheEnd = length > 1 && begin + read == m_lookaheadEnd;
        if (!cutByTheEnd || !m_parsing.open)
            putSymbol(replacement, source);
        return;
    }
    if (isTreacherous(character)) {
        putSymbol(replacement, source);
        return;
    }
    const int width = columnWidth(character);
    if ((width == 0 || m_joinNext) && m_cursor > 0 && m_cursor <= m_line.columns())
        join(character);
    else if (width > 0)
        put(character, source, width);
}

void LineParser::putSymbol(char32_t character, qsizetype source)
{
    const TextStyle style = m_style;
    m_style.flags = quint8(m_style.flags | TextStyle::Symbol);
    put(character, source, 1);
    m_style = style;
}

void LineParser::put(char32_t character, qsizetype source, int width)
{
    m_joinNext = false;
    if (m_line.columns() < m_cursor)
        pad(m_cursor);
    const TextCell cell{character, qint32(source), -1, styleIndex(m_style), quint8(width)};
    const TextCell follower{U' ', qint32(source), -1, cell.style, 0};
    for (int i = 0; i < width; ++i, ++m_cursor) {
        if (m_cursor < m_line.columns()) {
            blank(m_cursor);
            m_line.m_cells[std::size_t(m_cursor)] = i == 0 ? cell : follower;
        } else {
            m_line.m_cells.push_back(i == 0 ? cell : follower);
        }
    }
}

// Adds a mark, or the second half of a joined emoji, to the character before the cursor.
void LineParser::join(char32_t character)
{
    TextCell &cell = m_line.m_cells[std::size_t(m_line.cellBegin(m_cursor - 1))];
    if (cell.cluster < 0) {
        cell.cluster = qint32(m_line.m_clusters.size());
        m_line.m_clusters.append(QString::fromUcs4(&cell.character, 1));
    }
    QString &cluster = m_line.m_clusters[cell.cluster];
    if (cluster.size() < longestCluster)
        cluster += QString::fromUcs4(&character, 1);
    m_joinNext = character == zeroWidthJoiner;
}

// A wide character that loses one of its columns loses all of them.
void LineParser::blank(int column)
{
    const int begin = m_line.cellBegin(column);
    const int end = begin + std::max<int>(m_line.m_cells[std::size_t(begin)].width, 1);
    if (end - begin == 1)
        return;
    for (int i = begin; i < std::min(end, m_line.columns()); ++i) {
        TextCell &cell = m_line.m_cells[std::size_t(i)];
        cell.character = U' ';
        cell.cluster = -1;
        cell.width = 1;
    }
}

void LineParser::pad(int column)
{
    const TextCell space{U' ', qint32(m_at - m_begin), -1, styleIndex({}), 1};
    while (m_line.columns() < column)
        m_line.m_cells.push_back(space);
}

void LineParser::erase(int parameter)
{
    const int columns = m_line.columns();
    if (parameter == 0 && m_cursor < columns) {
        blank(m_cursor);
        m_line.m_cells.resize(std::size_t(m_cursor));
    } else if (parameter == 1) {
        const int end = std::min(m_cursor + 1, columns);
        if (end > 0)
            blank(end - 1);
        for (int i = 0; i < end; ++i)
            m_line.m_cells[std::size_t(i)] = {U' ', m_line.m_cells[std::size_t(i)].source, -1, styleIndex({}), 1};
    } else if (parameter == 2) {
        m_line.m_cells.clear();
    }
}

quint16 LineParser::styleIndex(TextStyle style)
{
    if (style == m_indexedStyle)
        return m_styleIndex;
    auto &styles = m_line.m_styles;
    auto place = std::find(styles.begin(), styles.end(), style);
    if (place == styles.end()) {
        // A line with more styles than this is an image; the rest of it looks like its last.
        if (styles.size() >= 1024)
            return quint16(styles.size() - 1);
        styles.push_back(style);
        place = styles.end() - 1;
    }
    m_indexedStyle = style;
    m_styleIndex = quint16(place - styles.begin());
    return m_styleIndex;
}

} // namespace BitNet
