// SPDX-License-Identifier: MIT
#include "app/ctl/lineinput.h"

#include <cerrno>
#include <utility>

#include <unistd.h>

namespace BitNet {

static constexpr qsizetype blockBytes = 64 * 1024;

LineInput::LineInput(QObject *parent)
    : QObject(parent)
    , m_notifier(STDIN_FILENO, QSocketNotifier::Read)
    , m_isTerminal(::isatty(STDIN_FILENO) == 1)
{
    m_notifier.setEnabled(false);
    connect(&m_notifier, &QSocketNotifier::activated, this, &LineInput::read);
}

void LineInput::ask()
{
    m_asked = true;
    // From the event loop, as a line that has yet to come.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_asked && !takeLine())
                m_notifier.setEnabled(true);
        },
        Qt::QueuedConnection);
}

void LineInput::cancel()
{
    m_asked = false;
    m_notifier.setEnabled(false);
}

// False when there is no whole one yet.
bool LineInput::takeLine()
{
    const qsizetype end = m_buffer.indexOf('\n', m_searched);
    m_searched = m_buffer.size();
    if (end < 0 && !m_atEnd)
        return false;
    cancel();
    m_searched = 0;
    if (end < 0 && m_buffer.isEmpty()) {
        Q_EMIT ended();
        return true;
    }
    QByteArray bytes = end < 0 ? std::exchange(m_buffer, {}) : m_buffer.first(end);
    if (end >= 0)
        m_buffer.remove(0, end + 1);
    if (bytes.endsWith('\r'))
        bytes.chop(1);
    Q_EMIT line(bytes);
    return true;
}

void LineInput::read()
{
    QByteArray bytes(blockBytes, Qt::Uninitialized);
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), size_t(bytes.size()));
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count > 0)
        m_buffer += bytes.first(count);
    else
        m_atEnd = true; // or a terminal that is gone
    takeLine();
    if (count == 0 && m_isTerminal)
        m_atEnd = false;
}

} // namespace BitNet
