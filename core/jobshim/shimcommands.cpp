// SPDX-License-Identifier: MIT
// The half of Shim that obeys the application.
#include "core/jobshim/shim.h"

#include <sys/epoll.h>

namespace BitNet {
namespace {

// A job that ends within this time is reported with one message instead of two, which spares the application a wake-up.
constexpr std::int64_t heldBack = 2 * nsPerMs;
constexpr std::uint32_t highestSignal = 64;

} // namespace

void Shim::readCommands()
{
    if (!m_channel.read()) {
        leave(0);
        return;
    }
    CommandChannel::Frame frame;
    for (;;) {
        switch (m_channel.next(frame)) {
        case CommandChannel::Next::Incomplete:
            return;
        case CommandChannel::Next::Broken:
            refuse(m_channel.problem());
            return;
        case CommandChannel::Next::Frame:
            if (!obey(frame))
                return;
        }
    }
}

bool Shim::obey(const CommandChannel::Frame &frame)
{
    const auto broken = [this](const char *problem) {
        refuse(problem);
        return false;
    };
    if (frame.header.type == Wire::Type::Run)
        return run(frame);

    RunningJob *job = runningJob();
    if (job && job->number() != frame.header.job)
        job = nullptr;
    const bool empty = frame.payload.empty();
    switch (frame.header.type) {
    case Wire::Type::Stop: {
        Wire::StopCommand command;
        if (!Wire::decode(frame.payload, command))
            return broken("the payload is not a Stop command");
        if (job)
            job->stop(command.graceNs);
        return true;
    }
    case Wire::Type::Signal: {
        Wire::SignalCommand command;
        if (!Wire::decode(frame.payload, command) || command.number < 1 || command.number > highestSignal)
            return broken("the payload is not a Signal command");
        if (job)
            job->signal(static_cast<int>(command.number), command.wholeTree);
        return true;
    }
    case Wire::Type::Pause:
        if (!empty)
            return broken("a Pause command has no payload");
        if (job)
            job->pause();
        return true;
    case Wire::Type::Resume:
        if (!empty)
            return broken("a Resume command has no payload");
        if (job)
            job->resume();
        return true;
    case Wire::Type::Input:
        if (job)
            job->input().add(frame.payload);
        return true;
    case Wire::Type::CloseInput:
        if (!empty)
            return broken("a CloseInput command has no payload");
        if (job)
            job->input().closeWhenWritten();
        return true;
    default:
        return broken("the frame's type is not a command");
    }
}

bool Shim::run(const CommandChannel::Frame &frame)
{
    reportJob(); // the last one may have ended within this round of events
    if (m_job) {
        refuse("a Run command came while a job was running");
        return false;
    }
    Wire::RunCommand command;
    if (!Wire::decode(frame.payload, command)) {
        refuse("the payload is not a Run command");
        return false;
    }
    m_channel.release();
    m_firstOutputSent = m_truncatedSent = m_inputWatched = false;
    m_job.emplace(frame.header.job, std::move(command), m_tree);
    if (!m_job->start(m_launcher))
        return true;
    watch(m_job->output().readEnd(OutputPump::Output), EPOLLIN, Source::JobOutput);
    watch(m_job->output().readEnd(OutputPump::Error), EPOLLIN, Source::JobError);
    if (!m_channel.hasUnsent())
        m_heldUntil = m_job->started().at.monotonicNs + heldBack;
    m_channel.send(Wire::Type::Started, m_job->number(), m_job->started());
    return true;
}

} // namespace BitNet
