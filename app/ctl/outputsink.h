// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace BitNet {

// One of our own output streams. Writing never blocks: what a slow reader does not take at once is kept, and isBlocked()
// asks to write no more until drained(). The descriptor's flags are left alone, for it is shared with whoever started us.
class OutputSink : public QObject
{
    Q_OBJECT
public:
    explicit OutputSink(int descriptor, QObject *parent = nullptr);
    ~OutputSink() override;

    void write(QByteArrayView bytes);
    bool isBlocked() const { return !m_kept.isEmpty(); }
    bool isTerminal() const { return m_isTerminal; }
    // A terminal whose person has nothing against colours (NO_COLOR, TERM=dumb).
    bool hasColours() const;
    // Forgets what is kept and takes nothing more.
    void close();

Q_SIGNALS:
    // It was blocked, and all that was kept is written now.
    void drained();
    // It can't be written to any more, e.g. EPIPE because the reader is gone. What was kept is dropped, later writes are
    // ignored. Emitted once, from the event loop.
    void broken(int errorNumber);

private:
    qsizetype writeSome(QByteArrayView bytes);
    void writeKept();
    void breakOff(int errorNumber);

    const int m_descriptor;
    bool m_isTerminal = false;
    bool m_isSocket = false;
    bool m_isFile = false;
    bool m_closed = false;
    QByteArray m_kept;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace BitNet
