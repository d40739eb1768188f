// SPDX-License-Identifier: MIT
#include "ui/jobs/outputtail.h"

#include "ui/style/theme.h"

#include <QFontDatabase>
#include <QScrollBar>

namespace BitNet {

static constexpr qint64 tailBytes = 128 * 1024;
static constexpr int tailLines = 4000;

OutputTail::OutputTail(QWidget *parent)
    : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setFrameShape(QFrame::NoFrame);
    setMaximumBlockCount(tailLines);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setAccessibleName(tr("Output of the selected job"));
    connect(&m_log, &OutputLog::grown, this, &OutputTail::read);
}

void OutputTail::setJob(const JobRecord &record)
{
    if (record.outputFolder.isEmpty())
        return clearJob();
    if (m_log.isOpen() && m_log.folder() == record.outputFolder)
        return;
    clearJob();
    if (!m_log.open(record.outputFolder))
        return;
    m_log.setFollowing(true);
    m_log.refresh();
    read();
}

void OutputTail::clearJob()
{
    m_log.setFollowing(false);
    m_nextChunk = 0;
    clear();
}

void OutputTail::read()
{
    const qint64 from = m_log.size() - tailBytes;
    if (m_nextChunk < m_log.chunkCount() && m_log.chunk(m_nextChunk).offset < from) {
        clear(); // too far behind: on with the end
        m_nextChunk = qMax<qint64>(0, m_log.chunkAt(from));
    }
    QScrollBar *bar = verticalScrollBar();
    const bool follow = bar->value() == bar->maximum();
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    for (; m_nextChunk < m_log.chunkCount(); ++m_nextChunk) {
        const OutputChunk chunk = m_log.chunk(m_nextChunk);
        if (chunk.kind == ChunkKind::Gap)
            continue;
        const qint64 start = qMax(chunk.offset, from);
        QTextCharFormat format;
        if (chunk.kind == ChunkKind::Stderr)
            format.setForeground(toneColour(Tone::Warning, palette()));
        cursor.insertText(QString::fromUtf8(m_log.read(start, chunk.offset + chunk.length - start)), format);
    }
    if (follow)
        bar->setValue(bar->maximum());
}

} // namespace BitNet
