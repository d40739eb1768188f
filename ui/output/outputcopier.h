// SPDX-License-Identifier: MIT
#pragma once

#include "ui/output/outputtext.h"

#include <QClipboard>
#include <QFutureWatcher>
#include <QObject>

namespace BitNet {

// Puts selected output on the clipboard: what is small at once, what is larger from a worker thread, and what is so large
// that other programs would choke on it not at all.
class OutputCopier : public QObject
{
    Q_OBJECT
public:
    explicit OutputCopier(QObject *parent = nullptr);
    ~OutputCopier() override;

    // Bytes of output.log between the two places above which nothing is copied.
    static constexpr qint64 largestCopy = 64 * 1024 * 1024;

    void copy(const OutputLog &log, OutputStreams streams, const TextPlace &from, const TextPlace &to);

Q_SIGNALS:
    // What became of it, in words for people.
    void told(const QString &message);

private:
    void finish(const PlainText &text);

    QFutureWatcher<PlainText> m_watcher;
};

} // namespace BitNet
