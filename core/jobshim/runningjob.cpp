// SPDX-License-Identifier: MIT
#include "core/jobshim/runningjob.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <unordered_set>

namespace BitNet {
namespace {

// A tree that forks while it is being stopped is gone through again, this often at most.
constexpr int stopRounds = 50;
// What ends within this time after the program ended with it: a pipeline, or a tree that got a signal as a whole.
constexpr std::int64_t endingTogether = 10 * nsPerMs;

} // namespace

RunningJob::RunningJob(std::uint32_t number, Wire::RunCommand &&command, ProcessTree &tree)
    : m_number(number)
    , m_command(std::move(command))
    , m_tree(tree)
    , m_ladder(tree)
{
}

bool RunningJob::start(ChildLauncher &launcher)
{
    if (monotonicNow() >= deadlineAt()) {
        m_result.cause = Wire::EndCause::Expired;
        m_result.at = instantNow();
        m_ended = true;
        return false;
    }
    if (FailedStart failure = prepare(launcher)) {
        m_result.cause = Wire::EndCause::NotStarted;
        m_result.failedStep = failure.step;
        m_result.errorNumber = failure.error;
        m_result.path = failure.path;
        m_result.at = instantNow();
        m_ended = true;
        return false;
    }
    m_command.arguments = {};
    m_command.environment = {};
    return true;
}

FailedStart RunningJob::prepare(ChildLauncher &launcher)
{
    JobFolder folder;
    if (FailedStart failure = folder.create(m_command.folder, m_command.files))
        return failure;
    m_command.files = {};
    m_output.openFiles(folder.takeLog(), folder.takeIndex(), m_command.outputCap);

    int error = m_output.openPipes();
    if (error == 0)
        error = m_input.open(m_command.interactive);
    if (error != 0) {
        folder.remove();
        return {Wire::StartStep::Pipes, error, {}};
    }
    const ChildLauncher::Streams streams = {m_input.readEnd(), m_output.writeEnd(OutputPump::Output),
                                            m_output.writeEnd(OutputPump::Error)};
    ChildLauncher::Launched launched = launcher.launch(m_command, streams);
    if (launched.failure) {
        folder.remove();
        return launched.failure;
    }
    m_input.closeReadEnd();
    m_output.started(launched.startedAt);
    m_program = launched.pid;
    m_started.pid = launched.pid;
    m_started.at = launched.startedAt;
    return {};
}

void RunningJob::stop(std::int64_t graceNs)
{
    takeOutput();
    reap(); // a program that has ended by itself was not stopped
    if (m_ended)
        return;
    if (programRuns())
        end(Wire::EndCause::Stop, graceNs);
    else
        cleanUp(graceNs);
}

void RunningJob::abandon()
{
    stop(0);
}

void RunningJob::end(Wire::EndCause cause, std::int64_t graceNs)
{
    endPause();
    if (programRuns() && !m_causeKnown) {
        m_causeKnown = true;
        m_result.cause = cause;
    }
    m_ladder.begin(monotonicNow(), graceNs, programRuns() ? m_program : 0);
}

void RunningJob::signal(int number, bool wholeTree)
{
    if (programRuns()) {
        m_sentSignals |= std::uint64_t(1) << (number - 1);
        ::kill(m_program, number);
    }
    if (wholeTree) {
        for (const pid_t pid : m_tree.walk()) {
            if (pid != m_program)
                ::kill(pid, number);
        }
    }
}

void RunningJob::pause()
{
    if (m_pausedSince != 0 || m_ladder.hasBegun())
        return;
    std::unordered_set<pid_t> stopped;
    bool grown = true;
    for (int round = 0; grown && round < stopRounds; ++round) {
        grown = false;
        m_tree.walk([&](pid_t pid) {
            if (stopped.insert(pid).second) {
                ::kill(pid, SIGSTOP);
                grown = true;
            }
        });
    }
    m_pausedSince = monotonicNow();
}

void RunningJob::resume()
{
    if (m_pausedSince == 0)
        return;
    endPause();
    for (const pid_t pid : m_tree.walk())
        ::kill(pid, SIGCONT);
}

// Before a look for ended children: what a program printed is not later than its end.
void RunningJob::takeOutput()
{
    m_output.pump(OutputPump::Output);
    m_output.pump(OutputPump::Error);
}

void RunningJob::endPause()
{
    if (m_pausedSince != 0)
        m_result.pausedNs += monotonicNow() - m_pausedSince;
    m_pausedSince = 0;
}

void RunningJob::reap()
{
    bool reapedAny = false;
    for (;;) {
        int status = 0;
        rusage usage = {};
        const pid_t pid = wait4(-1, &status, WNOHANG | __WALL, &usage);
        if (pid < 0 && errno == EINTR)
            continue;
        if (pid < 0) {
            if (!m_ended)
                finish();
            return;
        }
        if (pid == 0)
            break;
        reapedAny = true;
        account(usage);
        m_ladder.reaped(pid, WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        if (pid == m_program)
            programEnded(status);
    }
    if (m_ended)
        return;
    if (reapedAny && m_ladder.isKilling()) {
        m_ladder.advance(monotonicNow());
    } else if (!programRuns() && !m_ladder.hasBegun() && m_cleanUpAt == never) {
        m_cleanUpAt = laterBy(monotonicNow(), std::min(m_command.killGraceNs, endingTogether));
        advance();
    }
}

// The program has ended and left others behind: they go the same way.
void RunningJob::cleanUp(std::int64_t graceNs)
{
    if (!m_ladder.hasBegun()) {
        for (const pid_t pid : m_tree.walk())
            m_result.leftovers += ProcessTree::isAlive(pid) ? 1 : 0;
    }
    end(Wire::EndCause::Itself, graceNs);
}

void RunningJob::programEnded(int status)
{
    m_program = -1;
    m_ladder.programReaped();
    m_result.at = instantNow();
    m_result.signalled = WIFSIGNALED(status) ? 1 : 0;
    m_result.status = static_cast<std::uint32_t>(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    if (!m_causeKnown) {
        m_causeKnown = true;
        const bool asked = m_result.signalled && (m_sentSignals >> (m_result.status - 1) & 1) != 0;
        m_result.cause = asked ? Wire::EndCause::SignalCommand : Wire::EndCause::Itself;
    }
}

void RunningJob::account(const rusage &usage)
{
    const auto us = [](const timeval &t) { return t.tv_sec * 1'000'000 + t.tv_usec; };
    m_result.peakRssBytes = std::max<std::int64_t>(m_result.peakRssBytes, usage.ru_maxrss * 1024);
    m_result.cpuUs += us(usage.ru_utime) + us(usage.ru_stime);
}

void RunningJob::finish()
{
    m_output.finish();
    m_input.close();
    endPause();
    if (programRuns()) {
        // It does not die, or a debugger keeps it from being reaped; its end is assumed.
        m_result.at = instantNow();
        m_result.signalled = 1;
        m_result.status = SIGKILL;
    }
    m_result.treeKilled = m_ladder.signalledCount();
    m_result.stdoutBytes = m_output.bytes(OutputPump::Output);
    m_result.stderrBytes = m_output.bytes(OutputPump::Error);
    m_result.droppedBytes = m_output.dropped();
    m_result.outputErrorNumber = m_output.errorNumber();
    m_result.firstOutputSeen = m_output.hasOutput() ? 1 : 0;
    m_result.firstOutput = m_output.firstOutput();
    m_ended = true;
}

std::int64_t RunningJob::timeoutAt() const
{
    if (m_command.timeoutNs == 0 || m_pausedSince != 0)
        return never;
    return laterBy(laterBy(m_started.at.monotonicNs, m_command.timeoutNs), m_result.pausedNs);
}

std::int64_t RunningJob::deadlineAt() const
{
    return m_command.deadlineNs == 0 ? never : m_command.deadlineNs;
}

std::int64_t RunningJob::nextStep() const
{
    if (m_ladder.hasBegun())
        return m_ladder.nextStep();
    if (!programRuns())
        return m_cleanUpAt;
    return std::min(timeoutAt(), deadlineAt());
}

void RunningJob::advance()
{
    const std::int64_t now = monotonicNow();
    if (now < nextStep())
        return;
    takeOutput();
    reap();
    if (m_ended)
        return;
    if (m_ladder.hasBegun()) {
        m_ladder.advance(now);
        if (m_ladder.isHopeless(now)) {
            m_result.unkillable = 1;
            finish();
        }
        return;
    }
    if (!programRuns()) {
        if (now >= m_cleanUpAt)
            cleanUp(m_command.killGraceNs);
        return;
    }
    const bool timeout = timeoutAt() <= deadlineAt();
    end(timeout ? Wire::EndCause::Timeout : Wire::EndCause::Deadline, m_command.killGraceNs);
}

} // namespace BitNet
