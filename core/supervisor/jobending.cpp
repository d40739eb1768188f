// SPDX-License-Identifier: MIT
#include "core/supervisor/jobending.h"

#include "core/jobs/duration.h"
#include "core/supervisor/launchfailure.h"

using namespace Qt::StringLiterals;

namespace BitNet {

Instant fromWire(const Wire::Instant &at)
{
    return {.wall = WallTime(std::chrono::microseconds(at.wallUs)),
            .monotonic = MonotonicTime(std::chrono::nanoseconds(at.monotonicNs))};
}

void takeMeasurements(JobRecord &record, const Wire::EndedStatus &status)
{
    record.stdoutBytes = static_cast<qint64>(status.stdoutBytes);
    record.stderrBytes = static_cast<qint64>(status.stderrBytes);
    record.droppedBytes = static_cast<qint64>(status.droppedBytes);
    record.truncated = status.droppedBytes > 0;
    if (status.firstOutputSeen != 0)
        record.firstOutput = fromWire(status.firstOutput);
    if (status.cause == Wire::EndCause::NotStarted)
        record.startFailure = startFailureOf(status);
    if (status.cause == Wire::EndCause::NotStarted || status.cause == Wire::EndCause::Expired)
        return;
    if (status.signalled != 0)
        record.signal = static_cast<int>(status.status);
    else if (status.unkillable == 0)
        record.exitCode = static_cast<int>(status.status);
    record.leftoverProcesses = static_cast<int>(status.leftovers);
    record.unkillable = status.unkillable != 0;
    record.pausedTime = std::chrono::nanoseconds(status.pausedNs);
    record.peakRssBytes = status.peakRssBytes;
    record.cpuTime = std::chrono::microseconds(status.cpuUs);
}

Outcome outcomeOf(const Wire::EndedStatus &status)
{
    switch (status.cause) {
    case Wire::EndCause::Itself:
        if (status.signalled != 0)
            return Outcome::Crashed;
        return status.status == 0 ? Outcome::Succeeded : Outcome::Failed;
    case Wire::EndCause::Timeout:
    case Wire::EndCause::Deadline:
        return Outcome::TimedOut;
    case Wire::EndCause::Stop:
    case Wire::EndCause::SignalCommand:
        return Outcome::Cancelled;
    case Wire::EndCause::NotStarted:
        return Outcome::FailedToStart;
    case Wire::EndCause::Expired:
        return Outcome::Expired;
    }
    return Outcome::Lost;
}

static QString processCount(std::uint32_t count)
{
    return count == 1 ? u"1 process"_s : u"%1 processes"_s.arg(count);
}

static QString mainReason(const Wire::EndedStatus &status, const JobSpec &spec)
{
    const auto limit = [](const std::optional<std::chrono::nanoseconds> &duration) {
        return formatDuration(duration.value_or(std::chrono::nanoseconds(0)));
    };
    switch (status.cause) {
    case Wire::EndCause::Itself:
        if (status.signalled != 0)
            return u"Ended by %1"_s.arg(signalText(static_cast<int>(status.status)));
        return status.status == 0 ? QString() : u"Exit code %1"_s.arg(status.status);
    case Wire::EndCause::Timeout:
        return u"Timed out after %1; %2 ended"_s.arg(limit(spec.limits.timeout), processCount(status.treeKilled));
    case Wire::EndCause::Deadline:
        return u"Its deadline of %1 passed while it ran; %2 ended"_s.arg(limit(spec.limits.deadline),
                                                                         processCount(status.treeKilled));
    case Wire::EndCause::Stop:
        return u"Cancelled; %1 ended"_s.arg(processCount(status.treeKilled));
    case Wire::EndCause::SignalCommand:
        return u"Ended by %1, which it was sent"_s.arg(signalText(static_cast<int>(status.status)));
    case Wire::EndCause::NotStarted:
    case Wire::EndCause::Expired:
        break;
    }
    return {};
}

QString reasonOf(const Wire::EndedStatus &status, const JobSpec &spec)
{
    if (status.cause == Wire::EndCause::NotStarted)
        return launchFailure(status, spec);
    if (status.cause == Wire::EndCause::Expired) {
        return u"Its deadline of %1 passed before it could be started."_s.arg(
            formatDuration(spec.limits.deadline.value_or(std::chrono::nanoseconds(0))));
    }
    QStringList clauses;
    if (const QString main = mainReason(status, spec); !main.isEmpty())
        clauses.append(main);
    if (status.leftovers > 0 && status.cause == Wire::EndCause::Itself)
        clauses.append(u"%1 it left behind ended"_s.arg(processCount(status.leftovers)));
    if (status.unkillable != 0)
        clauses.append(u"a part of it can't be killed and is still there"_s);
    return clauses.isEmpty() ? QString() : QString(clauses.join(u"; "_s) + u'.');
}

} // namespace BitNet
