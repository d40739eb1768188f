// SPDX-License-Identifier: MIT
#include "app/replay/player.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace BitNet::Replay {

namespace {

timespec toTimespec(std::chrono::nanoseconds duration)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
    return {.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

} // namespace

Player::Player(double speed)
    : m_speed(speed)
{
}

void Player::catchInterrupts()
{
    if (m_interrupts >= 0)
        return;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    // A signal that is ignored never reaches a signalfd; a shell starts its background jobs like that.
    std::signal(SIGINT, SIG_DFL);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    m_interrupts = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool Player::takeInterrupt()
{
    signalfd_siginfo info;
    return m_interrupts >= 0 && read(m_interrupts, &info, sizeof info) == sizeof info;
}

bool Player::waitUntil(Clock::time_point until)
{
    for (;;) {
        if (takeInterrupt())
            return false;
        const auto left = until - Clock::now();
        if (left <= Clock::duration::zero())
            return true;
        // poll passes over a negative descriptor.
        pollfd interrupts{.fd = m_interrupts, .events = POLLIN, .revents = 0};
        const timespec limit = toTimespec(left);
        ppoll(&interrupts, 1, &limit, nullptr);
    }
}

bool Player::wait(double recordedMs)
{
    const double ms = m_speed > 0 ? recordedMs / m_speed : 0;
    return waitUntil(Clock::now()
                     + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>(ms)));
}

Player::Played Player::play(const Events &events)
{
    // Each event is due a time after the first one's begin, so that late wake-ups don't add up.
    const Clock::time_point begin = Clock::now();
    double recordedMs = 0;
    for (const Event &event : events) {
        recordedMs += event.delayMs;
        const double ms = m_speed > 0 ? recordedMs / m_speed : 0;
        const std::chrono::duration<double, std::milli> due(ms);
        if (!waitUntil(begin + std::chrono::duration_cast<Clock::duration>(due)))
            return Played::Interrupted;
        if (event.stream != Stream::Stdin)
            write(event.stream, event.bytes);
    }
    return Played::Whole;
}

Player::Input Player::readLine(QByteArray &line)
{
    for (;;) {
        if (takeInterrupt())
            return Input::Interrupted;
        if (const qsizetype newline = m_input.indexOf('\n'); newline >= 0) {
            line = m_input.first(newline);
            m_input.remove(0, newline + 1);
            return Input::Line;
        }
        if (m_inputEnded) {
            line = std::exchange(m_input, {});
            return line.isEmpty() ? Input::End : Input::Line;
        }
        std::array<pollfd, 2> fds{pollfd{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = m_interrupts, .events = POLLIN, .revents = 0}};
        if (ppoll(fds.data(), fds.size(), nullptr, nullptr) < 0 || fds[0].revents == 0)
            continue;
        std::array<char, 4096> buffer;
        const ssize_t size = read(STDIN_FILENO, buffer.data(), buffer.size());
        if (size > 0)
            m_input.append(buffer.data(), size);
        else if (size == 0 || (errno != EINTR && errno != EAGAIN))
            m_inputEnded = true;
    }
}

void Player::write(Stream stream, const QByteArray &bytes)
{
    const int fd = stream == Stream::Stderr ? STDERR_FILENO : STDOUT_FILENO;
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t size = ::write(fd, bytes.data() + done, size_t(bytes.size() - done));
        if (size >= 0) {
            done += size;
        } else if (errno == EAGAIN) {
            pollfd output{.fd = fd, .events = POLLOUT, .revents = 0};
            poll(&output, 1, -1);
        } else if (errno != EINTR) {
            _exit(EXIT_FAILURE);
        }
    }
}

void Player::end(const Transcript &transcript)
{
    if (!transcript.signal)
        _exit(transcript.exitCode.value_or(0));
    const rlimit noCore{};
    setrlimit(RLIMIT_CORE, &noCore);
    const int number = *transcript.signal;
    std::signal(number, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
    raise(number);
    // Not a signal that ends a process: as a shell would say it.
    _exit(128 + number);
}

} // namespace BitNet::Replay
