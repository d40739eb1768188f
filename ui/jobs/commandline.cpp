// SPDX-License-Identifier: MIT
#include "ui/jobs/commandline.h"

#include <QCoreApplication>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

QString unclosedQuote(qsizetype position)
{
    return QCoreApplication::translate("BitNet::CommandLine", "The quote at character %1 is not closed.")
        .arg(position + 1);
}

// Reads $'…' from behind its opening quote; the position of the closing one, or the end of the line. Octal escapes are
// bytes of UTF-8.
qsizetype parseEscaped(QStringView line, qsizetype from, QString &word)
{
    QByteArray bytes;
    qsizetype i = from;
    for (; i < line.size() && line[i] != u'\''; ++i) {
        if (line[i] != u'\\' || i + 1 >= line.size()) {
            const bool pair = line[i].isHighSurrogate() && i + 1 < line.size();
            bytes += line.sliced(i, pair ? 2 : 1).toUtf8();
            i += pair ? 1 : 0;
            continue;
        }
        const char16_t escaped = line[++i].unicode();
        const auto isOctal = [&line](qsizetype at) { return at < line.size() && line[at] >= u'0' && line[at] <= u'7'; };
        if (isOctal(i)) {
            int value = 0;
            for (int digit = 0; digit < 3 && isOctal(i); ++digit, ++i)
                value = value * 8 + (line[i].unicode() - u'0');
            --i;
            bytes += static_cast<char>(value);
        } else if (escaped == u'n') {
            bytes += '\n';
        } else if (escaped == u'r') {
            bytes += '\r';
        } else if (escaped == u't') {
            bytes += '\t';
        } else {
            bytes += QString(QChar(escaped)).toUtf8();
        }
    }
    word += QString::fromUtf8(bytes);
    return i;
}

} // namespace

CommandLine CommandLine::parse(QStringView line)
{
    CommandLine result;
    QString word;
    bool inWord = false;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        if (c == u' ' || c == u'\t' || c == u'\n' || c == u'\r') {
            if (inWord)
                result.arguments.append(word);
            word.clear();
            inWord = false;
            continue;
        }
        inWord = true;
        if (c == u'$' && i + 1 < line.size() && line[i + 1] == u'\'') {
            const qsizetype opened = i;
            i = parseEscaped(line, i + 2, word);
            if (i >= line.size()) {
                result.error = unclosedQuote(opened);
                return result;
            }
        } else if (c == u'\'' || c == u'"') {
            const qsizetype opened = i;
            for (++i; i < line.size() && line[i] != c; ++i) {
                if (c == u'"' && line[i] == u'\\' && i + 1 < line.size()
                    && QStringView(u"\"\\$`\n").contains(line[i + 1])) {
                    if (line[++i] != u'\n')
                        word += line[i];
                    continue;
                }
                word += line[i];
            }
            if (i >= line.size()) {
                result.error =
                    QCoreApplication::translate("BitNet::CommandLine", "The quote at character %1 is not closed.")
                        .arg(opened + 1);
                return result;
            }
        } else if (c == u'\\') {
            if (i + 1 >= line.size()) {
                result.error = QCoreApplication::translate("BitNet::CommandLine",
                                                           "The line ends with a backslash that has nothing after it.");
                return result;
            }
            if (line[++i] != u'\n')
                word += line[i];
        } else {
            if (QStringView(u"|<>&;*?$`~(){}").contains(c))
                result.looksLikeShell = true;
            word += c;
        }
    }
    if (inWord)
        result.arguments.append(word);
    return result;
}

} // namespace BitNet
