// SPDX-License-Identifier: MIT
#include "core/telemetry/markup.h"

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// XML 1.0, 2.2, less what misleads. Surrogates are looked at as pairs.
bool isAllowed(QStringView text, qsizetype i)
{
    const QChar c = text[i];
    if (c.isHighSurrogate())
        return i + 1 < text.size() && text[i + 1].isLowSurrogate();
    if (c.isLowSurrogate())
        return i > 0 && text[i - 1].isHighSurrogate();
    if (c.unicode() < 0x20)
        return c == u'\t' || c == u'\n' || c == u'\r';
    // Overrides of the reading direction make "gnp.exe" look like "exe.png".
    if ((c.unicode() >= 0x202a && c.unicode() <= 0x202e) || (c.unicode() >= 0x2066 && c.unicode() <= 0x2069))
        return false;
    // DEL and the C1 controls are allowed, but nobody sees them.
    return !(c.unicode() >= 0x7f && c.unicode() <= 0x9f) && c.unicode() < 0xfffe;
}

} // namespace

QString escaped(QStringView text)
{
    QString result;
    result.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (!isAllowed(text, i))
            result += QChar::ReplacementCharacter;
        else if (c == u'&')
            result += "&amp;"_L1;
        else if (c == u'<')
            result += "&lt;"_L1;
        else if (c == u'>')
            result += "&gt;"_L1;
        else if (c == u'"')
            result += "&quot;"_L1;
        else if (c == u'\'')
            result += "&#39;"_L1;
        else
            result += c;
    }
    return result;
}

} // namespace BitNet
