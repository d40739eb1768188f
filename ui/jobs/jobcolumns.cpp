// SPDX-License-Identifier: MIT
#include "ui/jobs/jobcolumns.h"

#include "core/jobs/secrets.h"
#include "ui/jobs/jobcategory.h"
#include "ui/style/wording.h"

#include <QFileInfo>

#include <cmath>
#include <limits>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr double absent = std::numeric_limits<double>::quiet_NaN();

template<typename T>
double number(const std::optional<T> &value)
{
    return value ? static_cast<double>(*value) : absent;
}

double nanoseconds(std::optional<std::chrono::nanoseconds> value)
{
    return value ? static_cast<double>(value->count()) : absent;
}

// Running jobs first, then the queue in the order in which it will be started, then the ended ones by category.
double stateKey(const JobRecord &record)
{
    constexpr double far = 1e18;
    if (record.state == JobState::Queued)
        return static_cast<double>(record.queuePosition) - 1e10 * record.priority;
    if (!record.isFinished())
        return -far + (record.paused ? 1e6 : 0);
    return far + 1e6 * static_cast<int>(categoryOf(record)) + 1e3 * static_cast<int>(*record.outcome);
}

double wallMicroseconds(const std::optional<Instant> &instant)
{
    return instant ? static_cast<double>(instant->wall.time_since_epoch().count()) : absent;
}

} // namespace

QString JobColumns::title(Column column)
{
    switch (column) {
    case State:
        return tr("State");
    case Id:
        return tr("Id");
    case Name:
        return tr("Name");
    case Detail:
        return tr("Result");
    case QueueWait:
        return tr("Queue wait");
    case RunTime:
        return tr("Run time");
    case FirstToken:
        return tr("TTFT");
    case TokensPerSecond:
        return tr("Tokens/s");
    case Exit:
        return tr("Exit");
    case Submitted:
        return tr("Submitted");
    case Kind:
        return tr("Kind");
    case Command:
        return tr("Command");
    case Model:
        return tr("Model");
    case Group:
        return tr("Group");
    case Priority:
        return tr("Priority");
    case Started:
        return tr("Started");
    case Completed:
        return tr("Completed");
    case Latency:
        return tr("E2E");
    case Attempts:
        return tr("Attempts");
    case PeakMemory:
        return tr("Peak memory");
    case CpuTime:
        return tr("CPU time");
    case Output:
        return tr("Output");
    }
    return {};
}

QString JobColumns::explanation(Column column)
{
    switch (column) {
    case Detail:
        return tr("Why it ended so, or why it still waits");
    case QueueWait:
        return tr("Submitted until started");
    case RunTime:
        return tr("Started until completed; the bar shows how much of its limit has passed");
    case FirstToken:
        return tr("Time to first token: submitted until the first generated output");
    case TokensPerSecond:
        return tr("Decode throughput: generated tokens per second, as the engine says");
    case Exit:
        return tr("Exit code, or the signal that ended it");
    case Latency:
        return tr("End-to-end latency: submitted until completed");
    case Attempts:
        return tr("How often a start was tried");
    case PeakMemory:
        return tr("Largest single process of its tree");
    case CpuTime:
        return tr("Processor time of its whole tree, user and system");
    case Output:
        return tr("Bytes printed, on both streams");
    case State:
    case Id:
    case Name:
    case Submitted:
    case Kind:
    case Command:
    case Model:
    case Group:
    case Priority:
    case Started:
    case Completed:
        return {};
    }
    return {};
}

std::optional<std::chrono::nanoseconds> JobColumns::runTimeSoFar(const JobRecord &record, MonotonicTime now)
{
    if (!record.started)
        return std::nullopt;
    const auto run = record.runTime().value_or(now - record.started->monotonic);
    return std::max(run, std::chrono::nanoseconds(0));
}

std::optional<std::chrono::nanoseconds> JobColumns::queueWaitSoFar(const JobRecord &record, MonotonicTime now)
{
    if (record.started || record.isFinished())
        return record.queueWait();
    return std::max(now - record.submitted.monotonic, std::chrono::nanoseconds(0));
}

std::optional<double> JobColumns::limitUsed(const JobRecord &record, MonotonicTime now)
{
    if (record.isFinished() || !record.spec)
        return std::nullopt;
    const JobLimits &limits = record.spec->limits;
    std::optional<double> used;
    const auto consider = [&used](std::chrono::nanoseconds passed, std::chrono::nanoseconds limit) {
        if (limit.count() > 0)
            used = std::clamp(static_cast<double>(passed.count()) / static_cast<double>(limit.count()),
                              used.value_or(0.0), 1.0);
    };
    if (limits.timeout && record.started)
        consider(now - record.started->monotonic - record.pausedTime, *limits.timeout);
    if (limits.deadline)
        consider(now - record.submitted.monotonic, *limits.deadline);
    return used;
}

QString JobColumns::text(Column column, const JobRecord &record, MonotonicTime now)
{
    const JobSpec &spec = *record.spec;
    switch (column) {
    case State:
        return Wording::state(record);
    case Id:
        return QString::number(record.id.value);
    case Name:
        return displayName(spec);
    case Detail:
        return Wording::detail(record);
    case QueueWait:
        return record.state == JobState::Queued ? Wording::tickingDuration(*queueWaitSoFar(record, now))
                                                : Wording::duration(record.queueWait());
    case RunTime:
        if (record.started && !record.isFinished())
            return Wording::tickingDuration(*runTimeSoFar(record, now));
        return Wording::duration(record.runTime());
    case FirstToken:
        return Wording::duration(record.ttft);
    case TokensPerSecond:
        return Wording::rate(record.timings.decodeTps);
    case Exit:
        if (record.exitCode)
            return QString::number(*record.exitCode);
        return record.signal ? Wording::signal(*record.signal) : Wording::nothing();
    case Submitted:
        return Wording::time(record.submitted);
    case Kind:
        return Wording::kind(spec.kind);
    case Command:
        return displayCommand(commandWithoutSecrets(spec));
    case Model:
        return spec.model.isEmpty() ? Wording::nothing() : QFileInfo(spec.model).fileName();
    case Group:
        return spec.group.isEmpty() ? Wording::nothing() : spec.group;
    case Priority:
        return QString::number(record.priority);
    case Started:
        return Wording::time(record.started);
    case Completed:
        return Wording::time(record.completed);
    case Latency:
        return Wording::duration(record.latency());
    case Attempts:
        return QString::number(record.attempts);
    case PeakMemory:
        return Wording::bytes(record.peakRssBytes);
    case CpuTime:
        return Wording::duration(record.cpuTime);
    case Output:
        return Wording::bytes(record.stdoutBytes + record.stderrBytes);
    }
    return {};
}

QString JobColumns::exactText(Column column, const JobRecord &record, MonotonicTime now)
{
    switch (column) {
    case QueueWait:
        return Wording::exactDuration(queueWaitSoFar(record, now));
    case RunTime:
        return Wording::exactDuration(runTimeSoFar(record, now));
    case FirstToken:
        return Wording::exactDuration(record.ttft);
    case Latency:
        return Wording::exactDuration(record.latency());
    case CpuTime:
        return Wording::exactDuration(record.cpuTime);
    case Submitted:
        return Wording::exactTime(record.submitted);
    case Started:
        return Wording::exactTime(record.started);
    case Completed:
        return Wording::exactTime(record.completed);
    case PeakMemory:
        return record.peakRssBytes ? tr("%L1 bytes").arg(*record.peakRssBytes) : QString();
    case Output:
        return tr("stdout %L1 bytes, stderr %L2 bytes").arg(record.stdoutBytes).arg(record.stderrBytes);
    case Model:
        return record.spec->model;
    case Command:
        return displayCommand(commandWithoutSecrets(*record.spec));
    case State: {
        const QString detail = Wording::detail(record);
        return detail.isEmpty() ? Wording::state(record) : tr("%1: %2").arg(Wording::state(record), detail);
    }
    case Detail:
        return Wording::detail(record);
    case Name:
        return displayName(*record.spec);
    case Id:
    case TokensPerSecond:
    case Exit:
    case Kind:
    case Group:
    case Priority:
    case Attempts:
        return {};
    }
    return {};
}

bool JobColumns::isNumeric(Column column)
{
    switch (column) {
    case Id:
    case QueueWait:
    case RunTime:
    case FirstToken:
    case TokensPerSecond:
    case Exit:
    case Priority:
    case Latency:
    case Attempts:
    case PeakMemory:
    case CpuTime:
    case Output:
        return true;
    case State:
    case Name:
    case Detail:
    case Submitted:
    case Kind:
    case Command:
    case Model:
    case Group:
    case Started:
    case Completed:
        return false;
    }
    return false;
}

bool JobColumns::isText(Column column)
{
    switch (column) {
    case Name:
    case Detail:
    case Command:
    case Model:
    case Group:
        return true;
    default:
        return false;
    }
}

bool JobColumns::isShownAtFirst(Column column)
{
    return column <= TokensPerSecond;
}

int JobColumns::widthInCharacters(Column column)
{
    switch (column) {
    case Id:
        return 8; // the title, and the arrow beside it
    case Name:
        return 26;
    case Detail:
    case Command:
    case Model:
        return 32;
    case State:
        return 17; // the longest, "Interrupted", beside its icon
    case Exit:
        return 13;
    case FirstToken:
        return 8;
    case QueueWait:
    case RunTime:
        return 11; // the title, and the arrow of the sort order beside it
    case TokensPerSecond:
        return 9;
    case Priority:
    case Attempts:
        return 10;
    case Kind:
        return 10;
    case Group:
        return 16;
    default:
        return 12;
    }
}

double JobColumns::numberKey(Column column, const JobRecord &record, MonotonicTime now)
{
    switch (column) {
    case State:
        return stateKey(record);
    case Id:
        return static_cast<double>(record.id.value);
    case QueueWait:
        return nanoseconds(queueWaitSoFar(record, now));
    case RunTime:
        return nanoseconds(runTimeSoFar(record, now));
    case FirstToken:
        return nanoseconds(record.ttft);
    case TokensPerSecond:
        return number(record.timings.decodeTps);
    case Exit:
        return record.signal ? 1000.0 + *record.signal : number(record.exitCode);
    case Submitted:
        return wallMicroseconds(record.submitted);
    case Kind:
        return static_cast<double>(record.spec->kind);
    case Priority:
        return record.priority;
    case Started:
        return wallMicroseconds(record.started);
    case Completed:
        return wallMicroseconds(record.completed);
    case Latency:
        return nanoseconds(record.latency());
    case Attempts:
        return record.attempts;
    case PeakMemory:
        return number(record.peakRssBytes);
    case CpuTime:
        return nanoseconds(record.cpuTime);
    case Output:
        return static_cast<double>(record.stdoutBytes + record.stderrBytes);
    case Name:
    case Detail:
    case Command:
    case Model:
    case Group:
        break;
    }
    return absent;
}

QString JobColumns::textKey(Column column, const JobRecord &record)
{
    switch (column) {
    case Name:
        return displayName(*record.spec);
    case Detail:
        return Wording::detail(record);
    case Command:
        return record.spec->command.join(u' '); // what is shown has quotes around some
    case Model:
        return QFileInfo(record.spec->model).fileName();
    case Group:
        return record.spec->group;
    default:
        return {};
    }
}

} // namespace BitNet
