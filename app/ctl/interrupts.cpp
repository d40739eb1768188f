// SPDX-License-Identifier: MIT
#include "app/ctl/interrupts.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace BitNet {

namespace {

constexpr std::array watchedSignals = {SIGINT, SIGTERM, SIGHUP};
constexpr int patience = 3;

// A signal handler has no object: the pipe that it writes to, which stays open for the handler's sake, and how often it ran.
std::array<int, 2> wakePipe = {-1, -1};
bool isWatched = false;
std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free);

void onSignal(int number)
{
    const int errorNumber = errno;
    if (++received >= patience)
        _exit(128 + number);
    const char byte = char(number);
    // A full pipe holds plenty of news already.
    [[maybe_unused]] const ssize_t written = ::write(wakePipe[1], &byte, 1);
    errno = errorNumber;
}

void forgetEarlierSignals()
{
    received = 0;
    std::array<char, 64> stale{};
    while (::read(wakePipe[0], stale.data(), stale.size()) > 0) { }
}

} // namespace

Interrupts::Interrupts(QObject *parent)
    : QObject(parent)
{
    Q_ASSERT(!isWatched);
    if (wakePipe[0] < 0 && ::pipe2(wakePipe.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        return; // the signals then end the process at once, which ends the jobs
    isWatched = true;
    forgetEarlierSignals();
    m_notifier = std::make_unique<QSocketNotifier>(wakePipe[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &Interrupts::read);

    for (const int number : watchedSignals) {
        struct sigaction current = {};
        ::sigaction(number, nullptr, &current);
        if (current.sa_handler == SIG_IGN)
            continue;
        struct sigaction action = {};
        action.sa_handler = onSignal;
        action.sa_flags = SA_RESTART;
        ::sigaction(number, &action, nullptr);
    }
}

// The handler stays: what comes after this object, a supervisor that ends its shims or a history that is written, is not
// to be cut short.
Interrupts::~Interrupts()
{
    if (m_notifier)
        isWatched = false;
}

void Interrupts::startAnew()
{
    received = 0;
    m_count = 0;
}

void Interrupts::read()
{
    char number = 0;
    while (::read(wakePipe[0], &number, 1) == 1)
        Q_EMIT interrupted(number, ++m_count);
}

} // namespace BitNet
