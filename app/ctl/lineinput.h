// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/lineeditor.h"

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>

#include <optional>

#include <termios.h>

namespace BitNet {

class OutputSink;

// Our standard input, a line at a time and only when one is asked for. At a terminal the line can be edited. From the first
// ask() to release() the terminal shows nothing by itself of what is typed: it waits for the next line.
class LineInput : public QObject
{
    Q_OBJECT
public:
    // echo: where prompts are written, and what is typed.
    explicit LineInput(OutputSink &echo, QObject *parent = nullptr);
    ~LineInput() override;

    // One line(), or ended(), comes from the event loop. The prompt is for people at a terminal.
    void ask(const QString &prompt);
    // No more: what was asked for does not come.
    void cancel();
    // The same, and the terminal has its usual settings again.
    void release();
    bool isTerminal() const { return m_isTerminal; }

Q_SIGNALS:
    // Without its end. The last one may have had none.
    void line(const QByteArray &bytes);
    // There are no more lines. At a terminal (Ctrl-D) the next ask() may bring one nevertheless.
    void ended();

private:
    void read();
    bool takeLine();
    bool takeEditedLine();
    bool takePlainLine();
    void beginEditing(const QString &prompt);

    OutputSink &m_echo;
    QSocketNotifier m_notifier;
    bool m_isTerminal = false;
    bool m_canEdit = false; // it is a terminal that understands how
    bool m_asked = false;
    bool m_atEnd = false;
    QByteArray m_buffer;
    qsizetype m_searched = 0; // of m_buffer, for a line's end
    LineEditor m_editor;
    bool m_pastesAreMarked = false;
    std::optional<termios> m_usual; // the terminal's settings, while others are in force
};

} // namespace BitNet
