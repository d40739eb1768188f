// SPDX-License-Identifier: MIT
#include "ui/jobs/commandline.h"

#include <QCoreApplication>

namespace BitNet {

using namespace Qt::StringLiterals;

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
        if (c == u'\'' || c == u'"') {
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
