// SPDX-License-Identifier: MIT
#include "app/ctl/outputsink.h"

#include <algorithm>
#include <cerrno>
#include <climits>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace BitNet {

OutputSink::OutputSink(int descriptor, QObject *parent)
    : QObject(parent)
    , m_descriptor(descriptor)
{
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0)
        m_closed = true; // it was closed when we were started
    m_isFile = S_ISREG(status.st_mode);
    m_isSocket = S_ISSOCK(status.st_mode);
    m_isTerminal = ::isatty(descriptor) == 1;
}

OutputSink::~OutputSink() = default;

bool OutputSink::hasColours() const
{
    return m_isTerminal && qEnvironmentVariableIsEmpty("NO_COLOR") && qgetenv("TERM") != "dumb";
}

void OutputSink::write(QByteArrayView bytes)
{
    if (m_closed)
        return;
    if (!isBlocked())
        bytes = bytes.sliced(writeSome(bytes));
    if (bytes.isEmpty() || m_closed)
        return;
    m_kept.append(bytes);
    if (!m_notifier) {
        m_notifier = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Write);
        connect(m_notifier.get(), &QSocketNotifier::activated, this, &OutputSink::writeKept);
    }
    m_notifier->setEnabled(true);
}

void OutputSink::close()
{
    m_closed = true;
    m_kept.clear();
    if (m_notifier)
        m_notifier->setEnabled(false);
}

qsizetype OutputSink::writeSome(QByteArrayView bytes)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const char *data = bytes.data() + done;
        auto size = size_t(bytes.size() - done);
        ssize_t written = 0;
        if (m_isSocket) {
            written = ::send(m_descriptor, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        } else {
            // A pipe that is ready takes PIPE_BUF bytes without blocking; a file is always ready.
            pollfd ready = {.fd = m_descriptor, .events = POLLOUT, .revents = 0};
            if (!m_isFile && ::poll(&ready, 1, 0) == 0)
                break;
            written = ::write(m_descriptor, data, m_isFile ? size : std::min<size_t>(size, PIPE_BUF));
        }
        if (written >= 0) {
            done += written;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (errno != EINTR) {
            breakOff(errno);
            break;
        }
    }
    return done;
}

void OutputSink::writeKept()
{
    m_kept.remove(0, writeSome(m_kept));
    if (isBlocked())
        return;
    m_notifier->setEnabled(false);
    if (!m_closed)
        Q_EMIT drained();
}

void OutputSink::breakOff(int errorNumber)
{
    m_closed = true;
    QMetaObject::invokeMethod(
        this,
        [this, errorNumber] {
            close();
            Q_EMIT broken(errorNumber);
        },
        Qt::QueuedConnection);
}

} // namespace BitNet
