// SPDX-License-Identifier: MIT
#pragma once

#include "core/supervisor/jobrunner.h"

#include <functional>

namespace BitNet {

// How a request ended, and what was measured of it.
struct RequestEnding
{
    Outcome outcome = Outcome::Succeeded;
    QString reason = {};
    Instant at = {};
    bool isShortage =
        false; // it could not be sent for want of descriptors or the like: to be tried again, reason says of what
    // Nobody listens there, or hung up in mid-answer: what waits for this server would fail, too.
    bool isServerGone = false;
    // The server has seen nothing of it, and its folder is removed: it may be sent again.
    bool isUnsent = false;
    EngineTimings timings = {};
    std::optional<Instant> firstToken = std::nullopt;
    QString stopReason = {};
    qint64 stdoutBytes = 0;
    qint64 stderrBytes = 0;
    qint64 droppedBytes = 0;
};

// A slot of a server: sends one request at a time and writes the answer into the job's folder as its output.
//
// A job given to run() ends with exactly one answered(); the runner is idle then. Limits are the runner's to keep.
class RequestRunner : public JobRunner
{
    Q_OBJECT
public:
    using JobRunner::JobRunner;
    ~RequestRunner() override;

    // Ends the job as failed, with this reason: its server is gone. Ignored when idle.
    virtual void fail(const QString &reason) = 0;

Q_SIGNALS:
    void answered(BitNet::JobId id, const BitNet::RequestEnding &ending);
};

// Makes a runner with this parent; called in the supervisor thread.
using RequestRunnerFactory = std::function<RequestRunner *(QObject *parent)>;

} // namespace BitNet
