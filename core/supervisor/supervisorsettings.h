// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace BitNet {

// How a supervisor works. Read once, at its construction.
struct SupervisorSettings
{
    // Jobs at a time, 1..4096; 0: the number of processors this process may run on.
    int concurrency = 0;
    // Where jobs get their private folders (created 0700). Empty: a temporary folder that goes with the supervisor.
    QString outputRoot = {};
    // The bitnet-jobshim program. Empty: beside the application, or in its libexec folder.
    QString shimPath = {};
    // The id of the first job; a history continues its numbering with this.
    quint64 firstJobId = 1;
    // Whether a job is only started once RuntimeSupervisor::allowStartsUpTo() has named it: so that no process ever runs that
    // a history does not know of.
    bool startsNeedPermission = false;
};

} // namespace BitNet
