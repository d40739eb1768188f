// SPDX-License-Identifier: MIT
#include "ui/output/outputtext.h"

#include "core/output/linereader.h"
#include "ui/output/outputpainter.h"

namespace BitNet {

PlainText plainText(const OutputLog &log, OutputStreams streams, const TextPlace &from, const TextPlace &to,
                    qsizetype maximumCharacters)
{
    PlainText result;
    readLines(log, streams, from.line, to.line, [&](const ReadLine &line) {
        const bool isLast = !(line.start < to.line);
        if (line.start.kind == LineStart::Gap) {
            result.text += u'[' + OutputPainter::gapText(log.droppedBefore(line.start.offset)) + u']';
        } else {
            LineParsing parsing;
            parsing.lookahead = line.following.size();
            parsing.folded = line.start.kind == LineStart::Folded;
            const LineText text =
                LineText::parse(QByteArrayView(line.bytes.data(), line.bytes.size() + line.following.size()), parsing);
            result.text += text.text(line.start == from.line ? from.column : 0, isLast ? to.column : text.columns());
        }
        if (!isLast && !line.goesOn)
            result.text += u'\n';
        result.cut = result.text.size() > maximumCharacters;
        return !result.cut;
    });
    result.text.truncate(maximumCharacters);
    return result;
}

} // namespace BitNet
