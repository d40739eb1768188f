// SPDX-License-Identifier: MIT
#include "core/jobshim/killladder.h"

#include "core/jobshim/clock.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

namespace BitNet {
namespace {

constexpr std::int64_t hopelessAfter = 5 * nsPerSecond;
// Between two passes of SIGKILL over what is left: at first short, to catch what forks away, then long, to leave the
// processor to those that are dying.
constexpr std::int64_t shortestPause = nsPerMs / 2;
constexpr std::int64_t longestPause = 20 * nsPerMs;

} // namespace

KillLadder::KillLadder(ProcessTree &tree)
    : m_tree(tree)
    , m_ownGroup(getpgrp())
    , m_nextStep(never)
{
}

void KillLadder::begin(std::int64_t now, std::int64_t graceNs, pid_t programGroup)
{
    if (m_stage == Stage::Killing)
        return;
    m_programGroup = programGroup;
    const std::int64_t killAt = laterBy(now, std::max<std::int64_t>(graceNs, 0));
    if (graceNs <= 0) {
        startKilling(now);
        return;
    }
    if (m_stage == Stage::None) {
        m_stage = Stage::Terminating;
        m_killAt = killAt;
        terminate();
    }
    m_killAt = std::min(m_killAt, killAt);
    m_nextStep = m_killAt;
}

// Each process gets SIGTERM exactly once: many programs take a second one as "now, without cleaning up".
void KillLadder::terminate()
{
    for (const pid_t pid : m_tree.walk()) {
        m_signalled.insert(pid);
        if (m_programGroup == 0 || getpgid(pid) != m_programGroup) {
            ::kill(pid, SIGTERM);
            ::kill(pid, SIGCONT);
        }
    }
    if (m_programGroup != 0) {
        m_signalled.insert(m_programGroup);
        ::kill(-m_programGroup, SIGTERM);
        ::kill(-m_programGroup, SIGCONT);
    }
}

void KillLadder::startKilling(std::int64_t now)
{
    m_stage = Stage::Killing;
    m_killingSince = now;
    m_pause = shortestPause;
    if (m_programGroup == 0) {
        kill();
    } else {
        // In most trees this is everybody. Who is left is looked for when these are reaped.
        m_signalled.insert(m_programGroup);
        ::kill(-m_programGroup, SIGKILL);
    }
    m_nextStep = now + m_pause;
}

void KillLadder::kill()
{
    if (m_programGroup != 0)
        ::kill(-m_programGroup, SIGKILL);
    m_tree.walk([this](pid_t pid) {
        ::kill(pid, SIGKILL);
        m_signalled.insert(pid);
        killGroupOf(pid);
    });
}

// One call for all of a group: nobody in it can fork between being seen and being killed. A group of this tree is in a
// session of this tree (the program began one), so there are no strangers in it.
void KillLadder::killGroupOf(pid_t pid)
{
    const pid_t group = getpgid(pid);
    if (group > 1 && group != m_ownGroup && group != m_programGroup)
        ::kill(-group, SIGKILL);
}

void KillLadder::reaped(pid_t pid, bool bySigkill)
{
    if (m_stage == Stage::Killing && bySigkill)
        m_signalled.insert(pid);
}

void KillLadder::advance(std::int64_t now)
{
    if (m_stage == Stage::Terminating && now >= m_killAt) {
        startKilling(now);
        return;
    }
    if (m_stage != Stage::Killing || now < m_earliestPass)
        return;
    kill();
    // However often children die, passes take a third of the time at most.
    const std::int64_t after = monotonicNow();
    m_earliestPass = after + 2 * (after - now);
    m_nextStep = std::max(after + m_pause, m_earliestPass);
    m_pause = std::min(m_pause * 2, longestPause);
}

bool KillLadder::isHopeless(std::int64_t now) const
{
    return m_stage == Stage::Killing && now - m_killingSince >= hopelessAfter;
}

} // namespace BitNet
