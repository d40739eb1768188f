// SPDX-License-Identifier: MIT
#include "app/ctl/lineeditor.h"

#include "app/ctl/terminaltext.h"

#include <QTextBoundaryFinder>

#include <algorithm>
#include <utility>

#include <wchar.h>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr QByteArrayView pasteEnds("\033[201~");
static constexpr QChar lineFeedSign(0x21B5);
static constexpr qsizetype mostLines = 500;
static constexpr qsizetype longestCharacter = 16; // in UTF-16; more only for mischief

// As many columns as a terminal gives it.
static int widthOf(QStringView text)
{
    int width = 0;
    for (const char32_t code : text.toUcs4())
        width += std::max(0, ::wcwidth(wchar_t(code)));
    return width;
}

// What a person takes for one character each, as it is shown: nothing in it moves the cursor.
static QList<QString> characters(const QString &text)
{
    QString line = text;
    line.replace(u'\n', lineFeedSign);
    line.replace(u'\t', u' ');
    line = harmlessLine(line);
    QList<QString> list;
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, line);
    for (qsizetype from = 0, to = finder.toNextBoundary(); to >= 0; from = to, to = finder.toNextBoundary())
        list.append(line.mid(from, to - from));
    return list;
}

void LineEditor::begin(const QString &prompt, int columns)
{
    m_prompt = prompt;
    m_columns = columns;
    m_text.clear();
    m_cursor = 0;
    m_line = m_lines.size();
    m_draft.clear();
    draw();
}

void LineEditor::remember(const QString &line)
{
    if (line.trimmed().isEmpty() || (!m_lines.isEmpty() && m_lines.constLast() == line))
        return;
    m_lines.append(line);
    if (m_lines.size() > mostLines)
        m_lines.removeFirst();
}

QByteArray LineEditor::takeOutput()
{
    return std::exchange(m_output, {});
}

LineEditor::Result LineEditor::take(QByteArray &bytes, int columns)
{
    m_columns = columns;
    if (bytes.isEmpty())
        return Result::Editing;
    m_pending += std::exchange(bytes, {});
    Result result = Result::Editing;
    while (!m_pending.isEmpty() && result == Result::Editing) {
        if (m_pasting) {
            if (!takePaste())
                break;
            continue;
        }
        qsizetype length = 1;
        QString text;
        const Key key = nextKey(m_pending, &length, &text);
        if (key == Key::Unfinished)
            break;
        m_pending.remove(0, length);
        result = press(key, text);
    }
    if (result == Result::Editing) {
        draw();
        return result;
    }
    bytes = std::exchange(m_pending, {});
    if (result == Result::Done) {
        // All of it, for whoever scrolls back.
        const QString whole = u"\r\033[K%1%2\n"_s.arg(m_prompt, harmless(m_text));
        m_output += whole.toUtf8();
    }
    return result;
}

// False when its end has yet to come.
bool LineEditor::takePaste()
{
    const qsizetype end = m_pending.indexOf(pasteEnds.toByteArray());
    if (end < 0)
        return false;
    QString text = QString::fromUtf8(m_pending.first(end));
    text.replace(u"\r\n"_s, u"\n"_s).replace(u'\r', u'\n');
    insert(text);
    m_pending.remove(0, end + pasteEnds.size());
    m_pasting = false;
    return true;
}

LineEditor::Key LineEditor::nextKey(QByteArrayView bytes, qsizetype *length, QString *text) const
{
    const auto first = static_cast<unsigned char>(bytes[0]);
    if (first == 0x1B) {
        if (bytes.size() == 1)
            return Key::Unfinished;
        *length = 2;
        switch (bytes[1]) {
        case 'b':
            return Key::WordLeft;
        case 'f':
            return Key::WordRight;
        case '\r':
        case '\n':
            return Key::LineFeed;
        case 'O':
        case '[':
            break;
        default:
            return Key::Unknown;
        }
        qsizetype at = 2;
        while (at < bytes.size() && bytes[at] >= 0x20 && bytes[at] < 0x40)
            ++at;
        if (at == bytes.size())
            return Key::Unfinished;
        *length = at + 1;
        return sequenceKey(bytes.sliced(2, at - 2), bytes[at]);
    }
    switch (first) {
    case '\r':
    case '\n':
        return Key::Enter;
    case 0x7F:
    case 0x08:
        return Key::Backspace;
    case 0x01:
        return Key::Home;
    case 0x02:
        return Key::Left;
    case 0x04:
        return Key::DeleteOrEnd;
    case 0x05:
        return Key::End;
    case 0x06:
        return Key::Right;
    case 0x0B:
        return Key::DeleteToEnd;
    case 0x0C:
        return Key::Clear;
    case 0x0E:
        return Key::Later;
    case 0x10:
        return Key::Earlier;
    case 0x15:
        return Key::DeleteToStart;
    case 0x17:
        return Key::DeleteWord;
    default:
        break;
    }
    if (first < 0x20 && first != '\t')
        return Key::Unknown;
    const qsizetype expected = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (bytes.size() < expected)
        return Key::Unfinished;
    *length = expected;
    *text = QString::fromUtf8(bytes.first(expected));
    return Key::Text;
}

LineEditor::Key LineEditor::sequenceKey(QByteArrayView parameters, char final)
{
    const bool isWord = parameters.endsWith(";5") || parameters.endsWith(";3");
    switch (final) {
    case 'A':
        return Key::Earlier;
    case 'B':
        return Key::Later;
    case 'C':
        return isWord ? Key::WordRight : Key::Right;
    case 'D':
        return isWord ? Key::WordLeft : Key::Left;
    case 'H':
        return Key::Home;
    case 'F':
        return Key::End;
    case '~':
        if (parameters == "1" || parameters == "7")
            return Key::Home;
        if (parameters == "4" || parameters == "8")
            return Key::End;
        if (parameters == "3")
            return Key::Delete;
        if (parameters == "200")
            return Key::Paste;
        return Key::Unknown;
    default:
        return Key::Unknown;
    }
}

LineEditor::Result LineEditor::press(Key key, const QString &text)
{
    switch (key) {
    case Key::Unfinished:
    case Key::Unknown:
        break;
    case Key::Text:
        insert(text);
        break;
    case Key::LineFeed:
        insert(u"\n"_s);
        break;
    case Key::Enter:
        return Result::Done;
    case Key::Backspace:
        remove(step(m_cursor, -1), m_cursor);
        break;
    case Key::DeleteOrEnd:
        if (m_text.isEmpty())
            return Result::Ended;
        [[fallthrough]];
    case Key::Delete:
        remove(m_cursor, step(m_cursor, 1));
        break;
    case Key::DeleteToEnd:
        remove(m_cursor, m_text.size());
        break;
    case Key::DeleteToStart:
        remove(0, m_cursor);
        break;
    case Key::DeleteWord:
        remove(wordStep(m_cursor, -1), m_cursor);
        break;
    case Key::Left:
        m_cursor = step(m_cursor, -1);
        break;
    case Key::Right:
        m_cursor = step(m_cursor, 1);
        break;
    case Key::WordLeft:
        m_cursor = wordStep(m_cursor, -1);
        break;
    case Key::WordRight:
        m_cursor = wordStep(m_cursor, 1);
        break;
    case Key::Home:
        m_cursor = 0;
        break;
    case Key::End:
        m_cursor = m_text.size();
        break;
    case Key::Earlier:
        recall(m_line - 1);
        break;
    case Key::Later:
        recall(m_line + 1);
        break;
    case Key::Clear:
        m_output += "\033[H\033[2J";
        break;
    case Key::Paste:
        m_pasting = true;
        break;
    }
    return Result::Editing;
}

void LineEditor::insert(const QString &text)
{
    m_text.insert(m_cursor, text);
    m_cursor += text.size();
}

void LineEditor::remove(qsizetype from, qsizetype to)
{
    m_text.remove(from, to - from);
    m_cursor = from;
}

// Over what a person takes for one character.
qsizetype LineEditor::step(qsizetype from, int direction) const
{
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, m_text);
    finder.setPosition(from);
    const qsizetype to = direction < 0 ? finder.toPreviousBoundary() : finder.toNextBoundary();
    return to < 0 ? from : to;
}

qsizetype LineEditor::wordStep(qsizetype from, int direction) const
{
    const auto isWord = [this, direction](qsizetype at) {
        return m_text[direction < 0 ? at - 1 : at].isLetterOrNumber();
    };
    const qsizetype end = direction < 0 ? 0 : m_text.size();
    qsizetype at = from;
    while (at != end && !isWord(at))
        at += direction;
    while (at != end && isWord(at))
        at += direction;
    return at;
}

void LineEditor::recall(qsizetype index)
{
    if (index < 0 || index > m_lines.size())
        return;
    if (m_line == m_lines.size())
        m_draft = m_text;
    m_line = index;
    m_text = index == m_lines.size() ? m_draft : m_lines[index];
    m_cursor = m_text.size();
}

void LineEditor::draw()
{
    // The last column stays free: a cursor behind it would be on the next line.
    const int room = std::max(1, m_columns - widthOf(m_prompt) - 1);
    // Nothing further away can be seen.
    const qsizetype span = qsizetype(room) * longestCharacter;
    const QList<QString> before =
        characters(m_text.mid(std::max<qsizetype>(0, m_cursor - span), std::min(m_cursor, span)));
    const QList<QString> after = characters(m_text.mid(m_cursor, span));
    // A third of it for what follows the cursor, if there is so much; all of it is used.
    int left = room - std::min(room / 3, widthOf(after.join(QString())));
    QString visible;
    for (auto character = before.crbegin(); character != before.crend(); ++character) {
        if ((left -= widthOf(*character)) < 0)
            break;
        visible.prepend(*character);
    }
    const int column = widthOf(m_prompt) + widthOf(visible);
    left = room - widthOf(visible);
    for (const QString &character : after) {
        if ((left -= widthOf(character)) < 0)
            break;
        visible += character;
    }

    QString line = u"\r%1%2\033[K\r"_s.arg(m_prompt, visible);
    if (column > 0)
        line += u"\033[%1C"_s.arg(column);
    m_output += line.toUtf8();
}

} // namespace BitNet
