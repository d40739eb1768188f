// SPDX-License-Identifier: MIT
#include "core/jobshim/commandchannel.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

namespace BitNet {
namespace {

constexpr std::size_t ordinaryBuffer = 16'384;
constexpr std::size_t largeBuffer = 262'144; // not kept after use

void setNonBlocking(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

bool isCommand(Wire::Type type)
{
    return type >= Wire::Type::Run && type <= Wire::Type::CloseInput;
}

} // namespace

CommandChannel::CommandChannel()
    : m_in(ordinaryBuffer)
{
    setNonBlocking(STDIN_FILENO);
    setNonBlocking(STDOUT_FILENO);
}

bool CommandChannel::read()
{
    for (;;) {
        makeRoom();
        const std::size_t room = m_in.size() - m_end;
        const ssize_t n = ::read(STDIN_FILENO, m_in.data() + m_end, room);
        if (n > 0) {
            m_end += static_cast<std::size_t>(n);
            return true;
        }
        if (n < 0 && errno == EINTR)
            continue;
        return n < 0 && errno == EAGAIN;
    }
}

void CommandChannel::makeRoom()
{
    if (m_begin == m_end)
        m_begin = m_end = 0;
    if (m_end < m_in.size())
        return;
    if (m_begin > 0) {
        std::memmove(m_in.data(), m_in.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
        return;
    }
    // Doubling, rather than believing a header: memory grows with what was really sent.
    m_in.resize(std::min(m_in.size() * 2, std::max(m_wanted, ordinaryBuffer)));
}

void CommandChannel::release()
{
    if (m_begin != m_end || m_in.size() <= largeBuffer)
        return;
    m_begin = m_end = 0;
    m_in = std::vector<char>(ordinaryBuffer);
}

CommandChannel::Next CommandChannel::next(Frame &frame)
{
    m_wanted = 0;
    const std::size_t size = m_end - m_begin;
    if (size < sizeof frame.header)
        return Next::Incomplete;
    std::memcpy(&frame.header, m_in.data() + m_begin, sizeof frame.header);
    if (frame.header.frameMagic != Wire::magic)
        m_problem = "this is not a frame (wrong magic number)";
    else if (frame.header.frameVersion != Wire::version)
        m_problem = "the frame's protocol version is not this shim's";
    else if (!isCommand(frame.header.type))
        m_problem = "the frame's type is not a command";
    else if (frame.header.length > Wire::maximumPayload)
        m_problem = "the frame is too long";
    else {
        m_wanted = sizeof frame.header + frame.header.length;
        if (size < m_wanted)
            return Next::Incomplete;
        frame.payload = std::string_view(m_in.data() + m_begin + sizeof frame.header, frame.header.length);
        m_begin += m_wanted;
        m_wanted = 0;
        return Next::Frame;
    }
    return Next::Broken;
}

bool CommandChannel::flush()
{
    std::size_t sent = 0;
    bool reachable = true;
    while (sent < m_out.size()) {
        const ssize_t n = ::write(STDOUT_FILENO, m_out.data() + sent, m_out.size() - sent);
        if (n >= 0) {
            sent += static_cast<std::size_t>(n);
        } else if (errno != EINTR) {
            reachable = errno == EAGAIN;
            break;
        }
    }
    m_out.erase(0, reachable ? sent : m_out.size());
    return reachable;
}

} // namespace BitNet
