// SPDX-License-Identifier: MIT
#include "core/jobshim/shim.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace BitNet {
namespace {

constexpr int eventsAtOnce = 16;
constexpr int exitProtocolError = 3;
constexpr int exitNoResources = 4;

} // namespace

Shim::Shim(mode_t jobUmask)
    : m_launcher(jobUmask)
{
}

bool Shim::watch(int fd, std::uint32_t events, Source source)
{
    epoll_event event = {};
    event.events = events;
    event.data.u32 = static_cast<std::uint32_t>(source);
    return epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Shim::open()
{
    sigset_t childSignal;
    sigemptyset(&childSignal);
    sigaddset(&childSignal, SIGCHLD);
    m_epoll = Descriptor(epoll_create1(EPOLL_CLOEXEC));
    m_children = Descriptor(signalfd(-1, &childSignal, SFD_CLOEXEC | SFD_NONBLOCK));
    m_timer = Descriptor(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    return m_epoll && m_children && m_timer && watch(STDIN_FILENO, EPOLLIN, Source::Commands)
        && watch(m_children.get(), EPOLLIN, Source::Children) && watch(m_timer.get(), EPOLLIN, Source::Timer);
}

int Shim::run()
{
    if (!open()) {
        perror("bitnet-jobshim: cannot set up its event loop");
        return exitNoResources;
    }
    Wire::HelloStatus hello;
    hello.pid = getpid();
    m_channel.send(Wire::Type::Hello, 0, hello);

    for (;;) {
        reportJob();
        // Before the look at whether to go: it finds out that nobody reads any more, and then no event would ever come.
        writeStatuses();
        if (m_leaving && !m_job)
            break;
        updateInputWatch();
        armTimer();

        epoll_event events[eventsAtOnce];
        const int count = epoll_wait(m_epoll.get(), events, eventsAtOnce, waitMs());
        if (count < 0 && errno != EINTR)
            leave(exitNoResources);
        // Ended children last: what they printed came before.
        bool children = false;
        for (int i = 0; i < count; ++i) {
            if (events[i].data.u32 == static_cast<std::uint32_t>(Source::Children))
                children = true;
            else
                dispatch(events[i]);
        }
        if (children)
            childrenChanged();
        if (RunningJob *job = runningJob())
            job->output().flushIndex();
    }
    m_channel.flush();
    return m_exitStatus;
}

void Shim::dispatch(const epoll_event &event)
{
    RunningJob *job = runningJob();
    switch (static_cast<Source>(event.data.u32)) {
    case Source::Commands:
        readCommands();
        break;
    case Source::Statuses: // what there is to send is sent before the next wait
    case Source::Children: // looked at after all others
        break;
    case Source::Timer:
        timerExpired();
        break;
    case Source::JobOutput:
        if (job)
            job->output().pump(OutputPump::Output);
        break;
    case Source::JobError:
        if (job)
            job->output().pump(OutputPump::Error);
        break;
    case Source::JobInput:
        if (job && (event.events & (EPOLLERR | EPOLLHUP)) != 0)
            job->input().close();
        else if (job)
            job->input().write();
        break;
    }
}

// Not one that has ended and is only waiting to be reported.
RunningJob *Shim::runningJob()
{
    return m_job && !m_job->hasEnded() ? &*m_job : nullptr;
}

void Shim::childrenChanged()
{
    signalfd_siginfo ignored[4];
    while (read(m_children.get(), ignored, sizeof ignored) == sizeof ignored) { }
    if (RunningJob *job = runningJob()) {
        job->reap();
        return;
    }
    // Late ones of a tree that did not die in time.
    while (waitpid(-1, nullptr, WNOHANG | __WALL) > 0) { }
}

void Shim::timerExpired()
{
    std::uint64_t times = 0;
    [[maybe_unused]] const ssize_t n = read(m_timer.get(), &times, sizeof times);
    m_timerAt = never;
    if (RunningJob *job = runningJob())
        job->advance();
}

// Turns what has happened to the job into statuses.
void Shim::reportJob()
{
    if (!m_job)
        return;
    RunningJob &job = *m_job;
    const bool ran = job.started().pid > 0;
    if (ran && !m_firstOutputSent && job.output().hasOutput()) {
        m_firstOutputSent = true;
        m_channel.send(Wire::Type::FirstOutput, job.number(), Wire::InstantStatus{job.output().firstOutput()});
    }
    if (ran && !m_truncatedSent && job.output().hasLost()) {
        m_truncatedSent = true;
        m_channel.send(Wire::Type::Truncated, job.number());
    }
    for (std::uint32_t i = job.input().takeDone(); i > 0; --i) {
        m_channel.send(Wire::Type::InputTaken, job.number());
        m_heldUntil = 0;
    }
    if (job.hasEnded()) {
        m_channel.send(Wire::Type::Ended, job.number(), job.result());
        m_heldUntil = 0;
        m_job.reset();
    }
}

void Shim::writeStatuses()
{
    if (m_heldUntil != 0 && monotonicNow() >= m_heldUntil)
        m_heldUntil = 0;
    if (m_heldUntil != 0 || !m_channel.hasUnsent())
        return;
    if (!m_channel.flush())
        leave(0);
    const bool blocked = m_channel.hasUnsent();
    if (blocked == m_statusesBlocked)
        return;
    m_statusesBlocked = blocked;
    if (blocked)
        watch(STDOUT_FILENO, EPOLLOUT, Source::Statuses);
    else
        epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, STDOUT_FILENO, nullptr);
}

// An empty pipe is always writable: it is watched only while bytes wait.
void Shim::updateInputWatch()
{
    const bool wanted = m_job && m_job->input().isWaiting();
    if (wanted == m_inputWatched || !m_job)
        return;
    m_inputWatched = wanted;
    if (wanted)
        watch(m_job->input().writeEnd(), EPOLLOUT, Source::JobInput);
    else if (m_job->input().writeEnd() >= 0)
        epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, m_job->input().writeEnd(), nullptr);
}

// A timer that rings too early is harmless and costs less than setting it anew for every short job.
void Shim::armTimer()
{
    const std::int64_t next = m_job ? m_job->nextStep() : never;
    if (next >= m_timerAt)
        return;
    itimerspec when = {};
    const std::int64_t at = std::max<std::int64_t>(next, 1);
    when.it_value.tv_sec = at / nsPerSecond;
    when.it_value.tv_nsec = at % nsPerSecond;
    timerfd_settime(m_timer.get(), TFD_TIMER_ABSTIME, &when, nullptr);
    m_timerAt = next;
}

int Shim::waitMs() const
{
    if (m_heldUntil == 0)
        return -1;
    const std::int64_t left = m_heldUntil - monotonicNow();
    return static_cast<int>(std::max<std::int64_t>(left + nsPerMs - 1, 0) / nsPerMs);
}

void Shim::refuse(const char *problem)
{
    m_channel.send(Wire::Type::ProtocolError, m_job ? m_job->number() : 0, Wire::ProtocolErrorStatus{problem});
    leave(exitProtocolError);
}

// Goes when the tree is gone. What comes on standard input from here on is not looked at.
void Shim::leave(int exitStatus)
{
    if (m_leaving)
        return;
    m_leaving = true;
    m_exitStatus = exitStatus;
    m_heldUntil = 0;
    epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, STDIN_FILENO, nullptr);
    if (RunningJob *job = runningJob())
        job->abandon();
}

} // namespace BitNet
