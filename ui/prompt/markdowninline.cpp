// SPDX-License-Identifier: MIT
#include "ui/prompt/markdowninline.h"

#include <QHash>

#include <algorithm>
#include <optional>
#include <vector>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

struct Node
{
    QString text = {};
    InlineSpan::Styles styles = {};
    QString target = {};
    QChar delimiter = {}; // of a run of marks that may open or close something
    bool opens = false;
    bool closes = false;
};

bool isPunctuation(QChar c)
{
    return c.isPunct() || c.isSymbol();
}

bool isEscapable(QChar c)
{
    return c.unicode() < 128 && isPunctuation(c);
}

const QHash<QString, QString> &entities()
{
    static const QHash<QString, QString> known{
        {u"amp"_s, u"&"_s},    {u"lt"_s, u"<"_s},        {u"gt"_s, u">"_s},     {u"quot"_s, u"\""_s},
        {u"apos"_s, u"'"_s},   {u"nbsp"_s, u"\u00a0"_s}, {u"copy"_s, u"©"_s},   {u"reg"_s, u"®"_s},
        {u"mdash"_s, u"—"_s},  {u"ndash"_s, u"–"_s},     {u"hellip"_s, u"…"_s}, {u"rarr"_s, u"→"_s},
        {u"larr"_s, u"←"_s},   {u"times"_s, u"×"_s},     {u"divide"_s, u"÷"_s}, {u"deg"_s, u"°"_s},
        {u"middot"_s, u"·"_s}, {u"bull"_s, u"•"_s},      {u"le"_s, u"≤"_s},     {u"ge"_s, u"≥"_s},
        {u"ne"_s, u"≠"_s},     {u"plusmn"_s, u"±"_s},    {u"euro"_s, u"€"_s},
    };
    return known;
}

class Reader
{
public:
    Reader(const QString &source, bool growing)
        : m_source(source)
        , m_growing(growing)
    {
    }

    InlineText read();

private:
    bool readCode();
    bool readBracket();
    bool readClosingBracket();
    bool readAutolink();
    bool readAddress();
    bool readEntity();
    void readDelimiters();
    void flush();
    void addNode(Node node);
    std::optional<QString> readTarget(qsizetype &at) const;
    void matchDelimiters();
    void style(size_t from, size_t to, InlineSpan::Style style);
    QChar at(qsizetype i) const { return i >= 0 && i < m_source.size() ? m_source[i] : QChar(u' '); }

    struct Bracket
    {
        size_t node = 0;
        bool image = false;
    };

    const QString m_source;
    const bool m_growing;
    qsizetype m_at = 0;
    QString m_text; // plain text that is not in a node yet
    std::vector<Node> m_nodes;
    std::vector<Bracket> m_brackets;
    QHash<qsizetype, bool> m_noCodeEnd; // lengths of backtick runs that have no partner any more
};

void Reader::flush()
{
    if (!m_text.isEmpty())
        m_nodes.push_back({.text = std::exchange(m_text, {})});
}

void Reader::addNode(Node node)
{
    flush();
    m_nodes.push_back(std::move(node));
}

bool Reader::readCode()
{
    qsizetype length = 0;
    while (m_at + length < m_source.size() && m_source[m_at + length] == u'`')
        ++length;
    const qsizetype begin = m_at + length;
    qsizetype end = begin;
    while (!m_noCodeEnd.contains(length) && end < m_source.size()) {
        end = m_source.indexOf(u'`', end);
        if (end < 0)
            break;
        qsizetype closing = 0;
        while (end + closing < m_source.size() && m_source[end + closing] == u'`')
            ++closing;
        if (closing == length) {
            QString code = m_source.sliced(begin, end - begin).replace(u'\n', u' ');
            if (code.size() > 2 && code.startsWith(u' ') && code.endsWith(u' ') && !code.trimmed().isEmpty())
                code = code.sliced(1).chopped(1);
            addNode({.text = code, .styles = InlineSpan::Code});
            m_at = end + closing;
            return true;
        }
        end += closing;
    }
    if (m_growing && begin < m_source.size()) {
        QString code = m_source.sliced(begin).replace(u'\n', u' ');
        while (code.endsWith(u'`'))
            code.chop(1); // a part of what closes it
        addNode({.text = code, .styles = InlineSpan::Code});
        m_at = m_source.size();
        return true;
    }
    m_noCodeEnd.insert(length, true);
    m_text += QString(length, u'`');
    m_at = begin;
    return true;
}

bool Reader::readBracket()
{
    const bool image = at(m_at) == u'!';
    const QString mark = image ? u"!["_s : u"["_s;
    addNode({.text = mark});
    m_brackets.push_back({m_nodes.size() - 1, image});
    m_at += mark.size();
    return true;
}

// "(target "title")"; at is where the bracket is, and where what follows is afterwards.
std::optional<QString> Reader::readTarget(qsizetype &at) const
{
    qsizetype i = at + 1;
    const auto skipSpaces = [&] {
        while (i < m_source.size() && m_source[i].isSpace())
            ++i;
    };
    skipSpaces();
    QString target;
    if (this->at(i) == u'<') {
        const qsizetype end = m_source.indexOf(u'>', i);
        if (end < 0)
            return std::nullopt;
        target = m_source.sliced(i + 1, end - i - 1);
        i = end + 1;
    } else {
        for (int depth = 0; i < m_source.size() && !m_source[i].isSpace(); ++i) {
            if (m_source[i] == u'(')
                ++depth;
            else if (m_source[i] == u')' && depth-- == 0)
                break;
            if (m_source[i] == u'\\' && isEscapable(this->at(i + 1)))
                ++i;
            target += m_source[i];
        }
    }
    skipSpaces();
    if (const QChar quote = this->at(i); quote == u'"' || quote == u'\'') {
        const qsizetype end = m_source.indexOf(quote, i + 1);
        if (end < 0)
            return std::nullopt;
        i = end + 1;
        skipSpaces();
    }
    if (i >= m_source.size() || m_source[i] != u')')
        return std::nullopt;
    at = i + 1;
    return target;
}

bool Reader::readClosingBracket()
{
    if (m_brackets.empty())
        return false;
    const Bracket bracket = m_brackets.back();
    m_brackets.pop_back();
    qsizetype end = m_at + 1;
    if (at(end) != u'(')
        return false;
    const std::optional<QString> target = readTarget(end);
    if (!target)
        return false;
    flush();
    m_nodes[bracket.node].text.clear();
    bool empty = true;
    for (size_t i = bracket.node + 1; i < m_nodes.size(); ++i) {
        m_nodes[i].styles |= InlineSpan::Link;
        m_nodes[i].target = *target;
        empty = empty && m_nodes[i].text.isEmpty();
    }
    if (empty)
        addNode({.text = *target, .styles = InlineSpan::Link, .target = *target});
    if (!bracket.image)
        m_brackets.clear(); // no links within links
    m_at = end;
    return true;
}

// "<https://…>" and "<mail@…>".
bool Reader::readAutolink()
{
    const qsizetype end = m_source.indexOf(u'>', m_at);
    if (end < 0 || end - m_at > 2000)
        return false;
    const QString inner = m_source.sliced(m_at + 1, end - m_at - 1);
    const bool address =
        inner.startsWith("http://"_L1) || inner.startsWith("https://"_L1) || inner.startsWith("mailto:"_L1);
    if (!address || std::any_of(inner.begin(), inner.end(), [](QChar c) { return c.isSpace() || c == u'<'; }))
        return false;
    addNode({.text = inner, .styles = InlineSpan::Link, .target = inner});
    m_at = end + 1;
    return true;
}

// A bare address in the text.
bool Reader::readAddress()
{
    const QStringView rest = QStringView(m_source).sliced(m_at);
    if ((!rest.startsWith("http://"_L1) && !rest.startsWith("https://"_L1)) || at(m_at - 1).isLetterOrNumber())
        return false;
    qsizetype length = 0;
    int depth = 0;
    for (; length < rest.size() && !rest[length].isSpace() && !QStringView(u"<>`\"*").contains(rest[length]);
         ++length) {
        if (rest[length] == u'(')
            ++depth;
        else if (rest[length] == u')' && depth-- == 0)
            break;
        else if (rest[length] == u']' || rest[length] == u'|')
            break;
    }
    while (length > 0 && QStringView(u".,;:!?'_~").contains(rest[length - 1]))
        --length;
    if (length <= 8)
        return false;
    const QString address = rest.first(length).toString();
    // Within a link's text it is just text.
    addNode({.text = address, .styles = InlineSpan::Link, .target = address});
    m_at += length;
    return true;
}

bool Reader::readEntity()
{
    const qsizetype end =
        QStringView(m_source).sliced(m_at, std::min<qsizetype>(12, m_source.size() - m_at)).indexOf(u';');
    if (end < 2)
        return false;
    const QString name = m_source.sliced(m_at + 1, end - 1);
    QString text = entities().value(name);
    if (name.startsWith(u'#')) {
        const bool hex = name.size() > 2 && (name[1] == u'x' || name[1] == u'X');
        bool ok = false;
        const uint code = QStringView(name).sliced(hex ? 2 : 1).toUInt(&ok, hex ? 16 : 10);
        if (ok && code >= 32 && code <= 0x10ffff && !QChar::isSurrogate(code))
            text = QString::fromUcs4(reinterpret_cast<const char32_t *>(&code), 1);
    }
    if (text.isEmpty())
        return false;
    m_text += text;
    m_at += end + 1;
    return true;
}

void Reader::readDelimiters()
{
    const QChar letter = m_source[m_at];
    qsizetype length = 0;
    while (at(m_at + length) == letter)
        ++length;
    const QChar before = at(m_at - 1);
    const QChar after = at(m_at + length);
    const bool leftFlanking = !after.isSpace() && (!isPunctuation(after) || before.isSpace() || isPunctuation(before));
    const bool rightFlanking = !before.isSpace() && (!isPunctuation(before) || after.isSpace() || isPunctuation(after));
    Node node{.text = QString(length, letter), .delimiter = letter, .opens = leftFlanking, .closes = rightFlanking};
    if (letter == u'_') {
        node.opens = leftFlanking && (!rightFlanking || isPunctuation(before));
        node.closes = rightFlanking && (!leftFlanking || isPunctuation(after));
    } else if (letter == u'~' && length != 2) {
        node.delimiter = {}; // "~10" is about ten
    }
    addNode(node);
    m_at += length;
}

void Reader::style(size_t from, size_t to, InlineSpan::Style style)
{
    for (size_t i = from; i < to; ++i)
        m_nodes[i].styles |= style;
}

// Pairs what opens with what closes; the marks that are used go from their nodes, the rest stays as text.
void Reader::matchDelimiters()
{
    std::vector<size_t> openers;
    const auto pair = [this](size_t opener, size_t closer) {
        QString &left = m_nodes[opener].text;
        const bool struck = m_nodes[opener].delimiter == u'~';
        const qsizetype available =
            closer < m_nodes.size() ? std::min(left.size(), m_nodes[closer].text.size()) : left.size();
        const qsizetype used = available >= 2 ? 2 : 1;
        style(opener + 1, std::min(closer, m_nodes.size()),
              struck          ? InlineSpan::Struck
                  : used == 2 ? InlineSpan::Strong
                              : InlineSpan::Emphasis);
        left.chop(used);
        if (closer < m_nodes.size())
            m_nodes[closer].text.chop(used);
    };
    if (m_growing && !m_nodes.empty() && !m_nodes.back().delimiter.isNull()) {
        // Marks at the very end are still coming, unless they already are what was opened.
        Node &last = m_nodes.back();
        const bool complete = last.closes && std::any_of(m_nodes.begin(), m_nodes.end() - 1, [&last](const Node &node) {
                                  return node.opens && node.text == last.text;
                              });
        if (!complete)
            last = {};
    }
    for (size_t i = 0; i < m_nodes.size(); ++i) {
        if (m_nodes[i].delimiter.isNull())
            continue;
        bool usable = m_nodes[i].closes;
        while (usable && !m_nodes[i].text.isEmpty()) {
            auto found = std::find_if(openers.rbegin(), openers.rend(), [&](size_t opener) {
                const Node &a = m_nodes[opener];
                const Node &b = m_nodes[i];
                // The rule of three of CommonMark: "*a**b*" is one emphasis.
                const bool ambiguous = a.closes || b.opens;
                return a.delimiter == b.delimiter
                    && !(ambiguous && (a.text.size() + b.text.size()) % 3 == 0
                         && !(a.text.size() % 3 == 0 && b.text.size() % 3 == 0));
            });
            usable = found != openers.rend();
            if (!usable)
                break;
            const size_t opener = *found;
            openers.erase(found.base(), openers.end()); // what was opened between them stays text
            pair(opener, i);
            if (m_nodes[opener].text.isEmpty())
                openers.pop_back();
        }
        if (m_nodes[i].opens && !m_nodes[i].text.isEmpty())
            openers.push_back(i);
        // Text with thousands of stray marks must not take for ever.
        if (openers.size() > 64)
            openers.erase(openers.begin());
    }
    if (!m_growing)
        return;
    for (auto opener = openers.rbegin(); opener != openers.rend(); ++opener) {
        while (!m_nodes[*opener].text.isEmpty())
            pair(*opener, m_nodes.size());
    }
}

InlineText Reader::read()
{
    while (m_at < m_source.size()) {
        const QChar c = m_source[m_at];
        bool taken = false;
        switch (c.unicode()) {
        case u'\\':
            if (at(m_at + 1) == u'\n' || (m_at + 1 < m_source.size() && isEscapable(at(m_at + 1)))) {
                m_text += at(m_at + 1);
                m_at += 2;
                taken = true;
            }
            break;
        case u'`':
            taken = readCode();
            break;
        case u'!':
            taken = at(m_at + 1) == u'[' && readBracket();
            break;
        case u'[':
            taken = readBracket();
            break;
        case u']':
            taken = readClosingBracket();
            break;
        case u'<':
            taken = readAutolink();
            break;
        case u'h':
            taken = readAddress();
            break;
        case u'&':
            taken = readEntity();
            break;
        case u'*':
        case u'_':
        case u'~':
            readDelimiters();
            taken = true;
            break;
        default:
            break;
        }
        if (!taken) {
            m_text += c;
            ++m_at;
        }
    }
    flush();
    matchDelimiters();

    InlineText result;
    for (const Node &node : m_nodes) {
        if (node.text.isEmpty())
            continue;
        if (node.styles) {
            if (!result.spans.isEmpty() && result.spans.last().styles == node.styles
                && result.spans.last().target == node.target
                && result.spans.last().start + result.spans.last().length == result.text.size())
                result.spans.last().length += int(node.text.size());
            else
                result.spans.append({int(result.text.size()), int(node.text.size()), node.styles, node.target});
        }
        result.text += node.text;
    }
    return result;
}

} // namespace

InlineText parseInline(const QString &source, bool growing)
{
    return Reader(source, growing).read();
}

} // namespace BitNet
