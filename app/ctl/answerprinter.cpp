// SPDX-License-Identifier: MIT
#include "app/ctl/answerprinter.h"

#include "app/ctl/outputsink.h"
#include "app/ctl/terminaltext.h"

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr qint64 readAtOnce = 256 * 1024; // bytes

AnswerPrinter::AnswerPrinter(OutputSink *sink, QObject *parent)
    : QObject(parent)
    , m_sink(sink)
{
    connect(&m_log, &OutputLog::grown, this, &AnswerPrinter::read);
}

void AnswerPrinter::take(const JobRecord &record)
{
    if (!m_log.isOpen() && !record.outputFolder.isEmpty() && m_log.open(record.outputFolder)) {
        m_log.setFollowing(true);
        read();
    }
    if (!record.isFinished())
        return;
    if (m_log.isOpen()) {
        m_log.refresh();
        read();
        m_log.setFollowing(false);
    }
    // An answer without a word is one, too; a failure is none.
    const bool isAnswer = !m_text.isEmpty() || record.outcome == Outcome::Succeeded;
    if (isAnswer && !m_text.endsWith(u'\n'))
        show(u"\n"_s);
}

void AnswerPrinter::read()
{
    for (;;) {
        const QByteArray bytes = m_log.read(OutputStreams::Stdout, m_position, readAtOnce);
        if (bytes.isEmpty())
            return;
        m_position += bytes.size();
        const QString text = m_decoder(bytes);
        m_text += text;
        show(text);
    }
}

void AnswerPrinter::show(const QString &text)
{
    if (m_sink)
        m_sink->write((m_sink->isTerminal() ? harmless(text) : text).toUtf8());
}

} // namespace BitNet
