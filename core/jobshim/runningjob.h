// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/childlauncher.h"
#include "core/jobshim/clock.h"
#include "core/jobshim/jobinput.h"
#include "core/jobshim/killladder.h"
#include "core/jobshim/outputpump.h"
#include "core/jobshim/processtree.h"
#include "core/jobshim/wire.h"

#include <sys/types.h>

#include <cstdint>

struct rusage;

namespace BitNet {

// One job from its start until nothing of it is left: its program, its tree, its streams, its limits. Tells nobody; the shim
// looks at it after each event.
class RunningJob
{
public:
    RunningJob(std::uint32_t number, Wire::RunCommand &&command, ProcessTree &tree);

    // False: it did not start and has already ended.
    bool start(ChildLauncher &launcher);

    std::uint32_t number() const { return m_number; }
    const Wire::StartedStatus &started() const { return m_started; }
    bool hasEnded() const { return m_ended; }
    // Once it has ended.
    const Wire::EndedStatus &result() const { return m_result; }

    OutputPump &output() { return m_output; }
    JobInput &input() { return m_input; }

    void stop(std::int64_t graceNs);
    // Nobody waits for it any more: SIGKILL at once.
    void abandon();
    void signal(int number, bool wholeTree);
    void pause();
    void resume();

    // Children have changed state: reaps them.
    void reap();
    // Does what is due at the time.
    void advance();
    // When to call advance() next.
    std::int64_t nextStep() const;

private:
    FailedStart prepare(ChildLauncher &launcher);
    void programEnded(int status);
    void account(const rusage &usage);
    void end(Wire::EndCause cause, std::int64_t graceNs);
    void cleanUp(std::int64_t graceNs);
    void takeOutput();
    void endPause();
    void finish();
    bool programRuns() const { return m_program > 0; }
    std::int64_t timeoutAt() const;
    std::int64_t deadlineAt() const;

    std::uint32_t m_number;
    Wire::RunCommand m_command;
    ProcessTree &m_tree;
    KillLadder m_ladder;
    OutputPump m_output;
    JobInput m_input;
    Wire::StartedStatus m_started;
    Wire::EndedStatus m_result;
    pid_t m_program = -1; // -1 when reaped
    std::uint64_t m_sentSignals = 0; // by SignalCommand, bit number - 1
    std::int64_t m_pausedSince = 0; // 0: not paused
    std::int64_t m_cleanUpAt = never; // the program has ended, others of its tree have not
    bool m_causeKnown = false;
    bool m_ended = false;
};

} // namespace BitNet
