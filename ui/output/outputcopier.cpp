// SPDX-License-Identifier: MIT
#include "ui/output/outputcopier.h"

#include "ui/style/wording.h"

#include <QGuiApplication>
#include <QLocale>
#include <QtConcurrentRun>

namespace BitNet {

// Read in the GUI thread: some milliseconds.
static constexpr qint64 copiedAtOnce = 256 * 1024;

OutputCopier::OutputCopier(QObject *parent)
    : QObject(parent)
{
    connect(&m_watcher, &QFutureWatcher<PlainText>::finished, this, [this] {
        if (!m_watcher.isCanceled() && m_watcher.future().resultCount() > 0)
            finish(m_watcher.result());
    });
}

OutputCopier::~OutputCopier()
{
    m_watcher.cancel();
}

void OutputCopier::copy(const OutputLog &log, OutputStreams streams, const TextPlace &from, const TextPlace &to)
{
    const qint64 size = to.line.offset - from.line.offset;
    if (size > largestCopy) {
        Q_EMIT told(
            tr("The selection is too large for the clipboard (%1, at most %2). Save the output to a file instead.")
                .arg(Wording::bytes(size), Wording::bytes(largestCopy)));
        return;
    }
    if (size <= copiedAtOnce) {
        finish(plainText(log, streams, from, to, largestCopy));
        return;
    }
    Q_EMIT told(tr("Copying %1…").arg(Wording::bytes(size)));
    m_watcher.setFuture(QtConcurrent::run([folder = log.folder(), streams, from, to] {
        OutputLog reader;
        return reader.open(folder) ? plainText(reader, streams, from, to, largestCopy) : PlainText();
    }));
}

void OutputCopier::finish(const PlainText &text)
{
    if (text.text.isEmpty())
        return;
    QGuiApplication::clipboard()->setText(text.text);
    const qsizetype lines = text.text.count(u'\n') + (text.text.endsWith(u'\n') ? 0 : 1);
    const QString count = QLocale().toString(lines);
    if (text.cut)
        Q_EMIT told(tr("Copied the first %1 lines; the rest is too large for the clipboard.").arg(count));
    else
        Q_EMIT told(lines == 1 ? tr("Copied one line.") : tr("Copied %1 lines.").arg(count));
}

} // namespace BitNet
