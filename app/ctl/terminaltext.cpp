// SPDX-License-Identifier: MIT
#include "app/ctl/terminaltext.h"

#include <algorithm>

namespace BitNet {

// Of the formatting characters only those that turn the direction: joiners belong to the scripts and emoji that use them.
static bool turnsDirection(QChar c)
{
    const char16_t code = c.unicode();
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

static bool isHarmful(QChar c)
{
    return c.category() == QChar::Other_Control || c.category() == QChar::Separator_Line
        || c.category() == QChar::Separator_Paragraph || turnsDirection(c);
}

QString harmless(QString text)
{
    const auto replaced = [](QChar c) { return isHarmful(c) && c != u'\n' && c != u'\t'; };
    std::replace_if(text.begin(), text.end(), replaced, QChar(u'?'));
    return text;
}

QString harmlessLine(QString text)
{
    std::replace_if(text.begin(), text.end(), isHarmful, QChar(u'?'));
    return text;
}

} // namespace BitNet
