// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>

namespace BitNet {

// Our standard input, a line at a time and only when one is asked for.
class LineInput : public QObject
{
    Q_OBJECT
public:
    explicit LineInput(QObject *parent = nullptr);

    // One line(), or ended(), comes from the event loop.
    void ask();
    // No more: what was asked for does not come.
    void cancel();
    bool isTerminal() const { return m_isTerminal; }

Q_SIGNALS:
    // Without its end. The last one may have had none.
    void line(const QByteArray &bytes);
    // There are no more lines. At a terminal (Ctrl-D) the next ask() may bring one nevertheless.
    void ended();

private:
    void read();
    bool takeLine();

    QSocketNotifier m_notifier;
    bool m_isTerminal = false;
    bool m_asked = false;
    bool m_atEnd = false;
    QByteArray m_buffer;
    qsizetype m_searched = 0; // of m_buffer, for a line's end
};

} // namespace BitNet
