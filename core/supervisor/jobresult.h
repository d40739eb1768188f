// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/runtime/runtimeerror.h"

#include <QByteArray>
#include <QMetaType>

namespace BitNet {

// A finished job: its last record, and its output read on demand from its folder.
class JobResult
{
public:
    JobResult() = default;
    explicit JobResult(JobRecord record);

    const JobRecord &record() const { return m_record; }
    bool succeeded() const { return m_record.outcome == Outcome::Succeeded; }
    // The exit code, 128 + signal when a signal ended it, -1 when it never ran to an end.
    int exitCode() const;

    // Read from the job's folder at each call, at most maximumBytes from the beginning; empty when the folder is gone.
    QByteArray standardOutput(qint64 maximumBytes = 64 * 1024 * 1024) const;
    QByteArray standardError(qint64 maximumBytes = 64 * 1024 * 1024) const;

    // submitted → completed, in nanoseconds of CLOCK_MONOTONIC.
    std::chrono::nanoseconds latency() const;

private:
    JobRecord m_record;
};

// The program could not be started. message() tells not found, not executable, a folder, … apart.
class RuntimeLaunchError : public RuntimeError
{
public:
    explicit RuntimeLaunchError(JobResult result);

    const JobResult &result() const { return m_result; }
    void raise() const override { throw *this; }
    RuntimeLaunchError *clone() const override { return new RuntimeLaunchError(*this); }

private:
    JobResult m_result;
};

// A limit passed: the tree is gone when this is raised (or the job was never started: Outcome::Expired). What the job
// printed until then is in result().
class RuntimeTimeoutError : public RuntimeError
{
public:
    explicit RuntimeTimeoutError(JobResult result);

    const JobResult &result() const { return m_result; }
    void raise() const override { throw *this; }
    RuntimeTimeoutError *clone() const override { return new RuntimeTimeoutError(*this); }

private:
    JobResult m_result;
};

} // namespace BitNet

Q_DECLARE_METATYPE(BitNet::JobResult)
