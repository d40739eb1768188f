// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/childlauncher.h"
#include "core/jobshim/clock.h"
#include "core/jobshim/commandchannel.h"
#include "core/jobshim/descriptor.h"
#include "core/jobshim/processtree.h"
#include "core/jobshim/runningjob.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>

struct epoll_event;

namespace BitNet {

// The event loop: commands in, one job at a time, statuses out.
class Shim
{
public:
    explicit Shim(mode_t jobUmask);

    // Until the application is gone. Returns the exit status.
    int run();

private:
    enum class Source : std::uint32_t { Commands, Statuses, Children, Timer, JobOutput, JobError, JobInput };

    bool open();
    bool watch(int fd, std::uint32_t events, Source source);
    void dispatch(const epoll_event &event);
    void readCommands();
    bool obey(const CommandChannel::Frame &frame);
    bool run(const CommandChannel::Frame &frame);
    RunningJob *runningJob();
    void childrenChanged();
    void timerExpired();

    void reportJob();
    void writeStatuses();
    void armTimer();
    void updateInputWatch();
    int waitMs() const;
    void refuse(const char *problem);
    void leave(int exitStatus);

    CommandChannel m_channel;
    ChildLauncher m_launcher;
    ProcessTree m_tree;
    std::optional<RunningJob> m_job;

    Descriptor m_epoll;
    Descriptor m_children; // signalfd
    Descriptor m_timer;
    std::int64_t m_timerAt = never;
    std::int64_t m_heldUntil = 0; // statuses may wait until then; 0: send them
    bool m_firstOutputSent = false;
    bool m_truncatedSent = false;
    bool m_statusesBlocked = false; // standard output is full and watched
    bool m_inputWatched = false;
    bool m_leaving = false;
    int m_exitStatus = 0;
};

} // namespace BitNet
