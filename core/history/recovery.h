// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/databaseconnection.h"

namespace BitNet {

// Looks after what earlier sessions left behind when they did not end by themselves.
struct Recovery
{
    int interruptedJobs = 0;
    int waitingJobs = 0;
    int sweptProcesses = 0;
    bool wasKilled = false; // there was such a session
};

// Kills the processes that still carry the tag of such a session, records its started jobs as Interrupted, and holds its
// queued ones. A queued job whose output folder exists had been handed to a shim just before the end: it counts as started.
// One transaction, after the sweep. False on failure (see the connection's error()): nothing was changed then, and it can
// be tried again. Only before the present session has written anything.
bool recover(DatabaseConnection &connection, Recovery *recovery);

} // namespace BitNet
