// SPDX-License-Identifier: MIT
#include "core/supervisor/jobresult.h"

#include "core/output/outputlog.h"

#include <utility>

namespace BitNet {

static QByteArray readStream(const JobRecord &record, OutputStreams streams, qint64 maximumBytes)
{
    OutputLog log;
    if (record.outputFolder.isEmpty() || !log.open(record.outputFolder))
        return {};
    return log.readAll(streams, maximumBytes);
}

JobResult::JobResult(JobRecord record)
    : m_record(std::move(record))
{
}

int JobResult::exitCode() const
{
    if (m_record.exitCode)
        return *m_record.exitCode;
    return m_record.signal ? 128 + *m_record.signal : -1;
}

QByteArray JobResult::standardOutput(qint64 maximumBytes) const
{
    return readStream(m_record, OutputStreams::Stdout, maximumBytes);
}

QByteArray JobResult::standardError(qint64 maximumBytes) const
{
    return readStream(m_record, OutputStreams::Stderr, maximumBytes);
}

std::chrono::nanoseconds JobResult::latency() const
{
    return m_record.latency().value_or(std::chrono::nanoseconds(0));
}

RuntimeLaunchError::RuntimeLaunchError(JobResult result)
    : RuntimeError(result.record().reason)
    , m_result(std::move(result))
{
}

RuntimeTimeoutError::RuntimeTimeoutError(JobResult result)
    : RuntimeError(result.record().reason)
    , m_result(std::move(result))
{
}

} // namespace BitNet
