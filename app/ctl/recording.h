// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/commonoptions.h"
#include "core/history/jobhistory.h"

#include <memory>

namespace BitNet {

class RuntimeSupervisor;

// The history of a session's jobs: recorded as the application does it, in the same folder, unless somebody else uses that.
class Recording
{
public:
    // Takes the folder's lock and opens its history (some milliseconds, for which this blocks). What stands in the way is
    // said on standard error, and then nothing is recorded. Nothing when the folder was named and can't be used at all; error
    // says why.
    static std::optional<Recording> begin(const RecordingOptions &options, bool quiet, QString *error);

    // What the supervisor has to be made with, for its jobs to be recorded.
    void prepare(SupervisorSettings &settings) const;
    // The supervisor's jobs are recorded from now on. It must be gone before this object.
    void connectTo(RuntimeSupervisor &supervisor);
    bool isOn() const { return m_history != nullptr; }

private:
    void clearAwayOnceAJobRuns(RuntimeSupervisor &supervisor);

    std::unique_ptr<JobHistory> m_history; // null: nothing is recorded
    HistoryOpening m_opening;
};

} // namespace BitNet
