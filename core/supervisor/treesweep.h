// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>

#include <chrono>

namespace BitNet {

// The variable in every job's environment that says whose it is: "<instance tag>.<job id>".
inline constexpr char jobTagVariable[] = "BITNET_SUPERVISOR_JOB";

// How many processes carry this tag in their environment (an exact value, or every job of an instance when it ends with
// '.'). Zombies don't count. Reads /proc: some milliseconds.
int countTagged(const QByteArray &tag);

// Kills every process that carries the tag, again and again until none is left or the time is up; the number killed.
// Blocks: for a worker thread. For trees whose shim is gone; a living shim knows its tree better.
int sweepTagged(const QByteArray &tag, std::chrono::milliseconds limit = std::chrono::seconds(5));

} // namespace BitNet
