// SPDX-License-Identifier: MIT
#include "app/ctl/turnreader.h"

#include <QRegularExpression>

#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr auto quotes = "\"\"\""_L1;

TurnReader::Turn TurnReader::take(const QString &line)
{
    return m_quoting ? takeQuoted(line) : takeFirst(line);
}

TurnReader::Turn TurnReader::takeFirst(const QString &line)
{
    // A path is no command: it has a second "/" right behind its first word.
    static const QRegularExpression command(u"^/([a-z?]+(?: .*)?)$"_s);

    if (!m_continuing) {
        if (const QString text = line.trimmed(); text.startsWith(quotes)) {
            m_quoting = true;
            return takeQuoted(text.sliced(quotes.size()));
        }
        if (const auto match = command.match(line.trimmed()); m_interactive && match.hasMatch())
            return {.kind = Kind::Command, .text = match.captured(1)};
    }
    m_continuing = m_interactive && line.endsWith(u'\\');
    m_text += m_continuing ? QString(line.chopped(1) + u'\n') : line;
    return m_continuing ? Turn{.kind = Kind::More} : finish();
}

TurnReader::Turn TurnReader::takeQuoted(const QString &line)
{
    QString text = line;
    while (!text.isEmpty() && text.back().isSpace())
        text.chop(1);
    if (!text.endsWith(quotes)) {
        if (!m_text.isEmpty() || !line.isEmpty())
            m_text += line + u'\n';
        return {.kind = Kind::More};
    }
    m_text += text.chopped(quotes.size());
    return finish();
}

TurnReader::Turn TurnReader::takeRest()
{
    return finish();
}

TurnReader::Turn TurnReader::finish()
{
    QString text = std::exchange(m_text, {});
    clear();
    if (text.trimmed().isEmpty())
        return {};
    return {.kind = Kind::Prompt, .text = text.endsWith(u'\n') ? text.chopped(1) : text};
}

void TurnReader::clear()
{
    m_quoting = false;
    m_continuing = false;
    m_text.clear();
}

} // namespace BitNet
