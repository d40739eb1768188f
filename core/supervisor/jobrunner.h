// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QByteArray>
#include <QObject>

#include <chrono>
#include <memory>
#include <optional>

namespace BitNet {

// What a runner is told of the job it has to run.
struct RunOrder
{
    JobId id = {};
    std::shared_ptr<const JobSpec> spec = {};
    QString outputFolder = {}; // to be created; its parent exists
    std::optional<MonotonicTime> deadlineAt = std::nullopt; // the total limit, as an instant
    QByteArray tag = {}; // for the environment of processes
};

// What runs one job at a time: a process under a shim (JobProcess) or a request to a server (RequestRunner). Decides nothing.
// Lives in the supervisor thread. How a job ended is told by a signal of the subclass: each measures other things.
class JobRunner : public QObject
{
    Q_OBJECT
public:
    explicit JobRunner(QObject *parent = nullptr);
    ~JobRunner() override;

    // Only when idle. May end the job at once, from within.
    virtual void run(const RunOrder &order) = 0;
    bool isIdle() const { return !m_job.isValid(); }
    JobId job() const { return m_job; }

    // Ends the job; zero grace: by force. Ignored when idle, as all below; what a kind of job does not have, it ignores too.
    virtual void stop(std::chrono::nanoseconds grace) = 0;
    virtual bool canPause() const { return false; }
    virtual void pause() { }
    virtual void resume() { }
    virtual void sendSignal(int number, bool wholeTree);
    virtual void writeInput(const QByteArray &bytes);
    virtual void closeInput() { }

Q_SIGNALS:
    // pid is 0 for a job without a process.
    void started(BitNet::JobId id, const BitNet::Instant &at, qint64 pid);
    void firstOutput(BitNet::JobId id, const BitNet::Instant &at);
    void outputTruncated(BitNet::JobId id);
    // All that was given to writeInput() has been written to the job, or it has closed its standard input.
    void inputTaken(BitNet::JobId id);

protected:
    JobId m_job; // invalid: idle
};

} // namespace BitNet
