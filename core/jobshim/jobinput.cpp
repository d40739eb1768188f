// SPDX-License-Identifier: MIT
#include "core/jobshim/jobinput.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace BitNet {

int JobInput::open(bool interactive)
{
    if (!interactive) {
        m_readEnd = Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        return m_readEnd ? 0 : errno;
    }
    int ends[2] = {};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    m_readEnd = Descriptor(ends[0]);
    m_writeEnd = Descriptor(ends[1]);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    return 0;
}

void JobInput::add(std::string_view bytes)
{
    m_pending.append(bytes);
    ++m_additions;
    write();
}

void JobInput::closeWhenWritten()
{
    m_closeWhenWritten = true;
    write();
}

void JobInput::write()
{
    while (m_writeEnd && m_written < m_pending.size()) {
        const ssize_t n = ::write(m_writeEnd.get(), m_pending.data() + m_written, m_pending.size() - m_written);
        if (n >= 0)
            m_written += static_cast<std::size_t>(n);
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR)
            m_writeEnd.reset(); // EPIPE: the job reads no more, which is its right
    }
    m_pending = {};
    m_written = 0;
    m_done += std::exchange(m_additions, 0);
    if (m_closeWhenWritten)
        m_writeEnd.reset();
}

void JobInput::close()
{
    m_writeEnd.reset();
    write();
}

std::uint32_t JobInput::takeDone()
{
    return std::exchange(m_done, 0);
}

} // namespace BitNet
