// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/processtree.h"

#include <sys/types.h>

#include <cstdint>
#include <unordered_set>

namespace BitNet {

// SIGTERM (and SIGCONT) to the whole tree, a grace, then SIGKILL until nothing is left. All times: CLOCK_MONOTONIC, ns.
class KillLadder
{
public:
    explicit KillLadder(ProcessTree &tree);

    // Begins, or shortens the grace of what has begun. programGroup: the job's process group as long as its leader has not
    // been reaped, else 0.
    void begin(std::int64_t now, std::int64_t graceNs, pid_t programGroup);
    bool hasBegun() const { return m_stage != Stage::None; }
    bool isKilling() const { return m_stage == Stage::Killing; }

    // The program was reaped: its group number may be given to others from now on.
    void programReaped() { m_programGroup = 0; }
    // A process of the tree was reaped, killed by SIGKILL or not.
    void reaped(pid_t pid, bool bySigkill);

    // Does what is due. Call it at nextStep() and whenever processes were reaped but others remain.
    void advance(std::int64_t now);
    // When to call advance(); never: nothing is due.
    std::int64_t nextStep() const { return m_nextStep; }

    // SIGKILL was sent long ago and something is still there.
    bool isHopeless(std::int64_t now) const;

    // How many processes were signalled.
    std::uint32_t signalledCount() const { return static_cast<std::uint32_t>(m_signalled.size()); }

private:
    enum class Stage { None, Terminating, Killing };

    void terminate();
    void startKilling(std::int64_t now);
    void kill();
    void killGroupOf(pid_t pid);

    ProcessTree &m_tree;
    Stage m_stage = Stage::None;
    pid_t m_programGroup = 0;
    pid_t m_ownGroup;
    std::int64_t m_killAt = 0;
    std::int64_t m_killingSince = 0;
    std::int64_t m_nextStep;
    std::int64_t m_earliestPass = 0;
    std::int64_t m_pause = 0;
    std::unordered_set<pid_t> m_signalled;
};

} // namespace BitNet
