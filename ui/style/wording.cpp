// SPDX-License-Identifier: MIT
#include "ui/style/wording.h"

#include "core/jobs/datasize.h"
#include "core/jobs/duration.h"

#include <QDateTime>
#include <QLocale>

#include <csignal>
#include <cstring>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

QString Wording::state(const JobRecord &record)
{
    switch (record.state) {
    case JobState::Queued:
        return record.paused ? tr("Held") : tr("Queued");
    case JobState::Starting:
        return tr("Starting");
    case JobState::Running:
        return record.paused ? tr("Paused") : tr("Running");
    case JobState::Finished:
        return record.outcome ? outcome(*record.outcome) : QString();
    }
    return {};
}

QString Wording::outcome(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Succeeded:
        return tr("Succeeded");
    case Outcome::Failed:
        return tr("Failed");
    case Outcome::Crashed:
        return tr("Crashed");
    case Outcome::TimedOut:
        return tr("Timed out");
    case Outcome::Expired:
        return tr("Expired");
    case Outcome::Cancelled:
        return tr("Cancelled");
    case Outcome::FailedToStart:
        return tr("Not started");
    case Outcome::Interrupted:
        return tr("Interrupted");
    case Outcome::Lost:
        return tr("Lost");
    }
    return {};
}

QString Wording::kind(JobKind kind)
{
    switch (kind) {
    case JobKind::Inference:
        return tr("Prompt");
    case JobKind::Server:
        return tr("Server");
    case JobKind::Custom:
        return tr("Command");
    }
    return {};
}

QString Wording::pending(PendingReason reason)
{
    switch (reason) {
    case PendingReason::None:
        return {};
    case PendingReason::WaitingForSlot:
        return tr("waiting for a free slot");
    case PendingReason::Held:
        return tr("held back");
    case PendingReason::WaitingForJob:
        return tr("waiting for another job");
    case PendingReason::WaitingForResource:
        return tr("waiting for memory, processes or descriptors");
    case PendingReason::Delayed:
        return tr("delayed");
    case PendingReason::WaitingForServer:
        return tr("waiting for its server");
    }
    return {};
}

QString Wording::detail(const JobRecord &record)
{
    if (!record.reason.isEmpty())
        return record.reason;
    switch (record.state) {
    case JobState::Queued:
        return pending(record.pendingReason);
    case JobState::Starting:
        return {};
    case JobState::Running:
        return record.paused ? tr("stopped; continue with Resume") : QString();
    case JobState::Finished:
        break;
    }
    if (record.outcome == Outcome::Failed && record.exitCode)
        return tr("exit code %1").arg(*record.exitCode);
    if (record.outcome == Outcome::Crashed && record.signal)
        return tr("ended by %1").arg(signal(*record.signal));
    return {};
}

Tone Wording::tone(const JobRecord &record)
{
    switch (record.state) {
    case JobState::Queued:
        return Tone::Muted;
    case JobState::Starting:
        return Tone::Active;
    case JobState::Running:
        return record.paused ? Tone::Warning : Tone::Active;
    case JobState::Finished:
        break;
    }
    switch (record.outcome.value_or(Outcome::Lost)) {
    case Outcome::Succeeded:
        return Tone::Good;
    case Outcome::TimedOut:
    case Outcome::Expired:
    case Outcome::Interrupted:
        return Tone::Warning;
    case Outcome::Cancelled:
        return Tone::Muted;
    case Outcome::Failed:
    case Outcome::Crashed:
    case Outcome::FailedToStart:
    case Outcome::Lost:
        return Tone::Bad;
    }
    return Tone::Plain;
}

QString Wording::icon(const JobRecord &record)
{
    switch (record.state) {
    case JobState::Queued:
        return record.paused ? u"state-paused"_s : u"state-queued"_s;
    case JobState::Starting:
        return u"state-starting"_s;
    case JobState::Running:
        return record.paused ? u"state-paused"_s : u"state-running"_s;
    case JobState::Finished:
        break;
    }
    switch (record.outcome.value_or(Outcome::Lost)) {
    case Outcome::Succeeded:
        return u"state-succeeded"_s;
    case Outcome::Failed:
    case Outcome::FailedToStart:
        return u"state-failed"_s;
    case Outcome::Crashed:
        return u"state-crashed"_s;
    case Outcome::TimedOut:
    case Outcome::Expired:
        return u"state-timed-out"_s;
    case Outcome::Cancelled:
        return u"state-cancelled"_s;
    case Outcome::Interrupted:
    case Outcome::Lost:
        return u"state-lost"_s;
    }
    return {};
}

QString Wording::nothing()
{
    return u"\u2014"_s;
}

QString Wording::duration(std::optional<std::chrono::nanoseconds> duration)
{
    return duration ? formatDuration(*duration) : nothing();
}

QString Wording::tickingDuration(std::chrono::nanoseconds duration)
{
    if (duration < 10s)
        return tr("%1 s").arg(QLocale().toString(std::chrono::duration<double>(duration).count(), 'f', 1));
    return formatDuration(std::chrono::floor<std::chrono::seconds>(duration));
}

QString Wording::exactDuration(std::optional<std::chrono::nanoseconds> duration)
{
    if (!duration)
        return nothing();
    const double ms = std::chrono::duration<double, std::milli>(*duration).count();
    return tr("%1 ms").arg(QLocale().toString(ms, 'f', 3));
}

QString Wording::time(const std::optional<Instant> &instant)
{
    if (!instant)
        return nothing();
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(instant->wall).time_since_epoch().count();
    const QDateTime local = QDateTime::fromMSecsSinceEpoch(ms);
    return local.date() == QDate::currentDate() ? local.toString(u"HH:mm:ss"_s) : local.toString(u"d MMM HH:mm"_s);
}

QString Wording::exactTime(const std::optional<Instant> &instant)
{
    if (!instant)
        return nothing();
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(instant->wall).time_since_epoch().count();
    const auto us = instant->wall.time_since_epoch().count() % 1000;
    return QDateTime::fromMSecsSinceEpoch(ms).toString(u"yyyy-MM-dd HH:mm:ss.zzz"_s)
        + u"%1"_s.arg(us < 0 ? us + 1000 : us, 3, 10, QLatin1Char('0'));
}

QString Wording::bytes(std::optional<qint64> bytes)
{
    return bytes ? formatSize(*bytes, QLocale()) : nothing();
}

QString Wording::number(std::optional<qint64> number)
{
    return number ? QLocale().toString(*number) : nothing();
}

QString Wording::rate(std::optional<double> perSecond)
{
    return perSecond ? QLocale().toString(*perSecond, 'f', *perSecond < 100 ? 1 : 0) : nothing();
}

QString Wording::signal(int number)
{
    const char *abbreviation = sigabbrev_np(number);
    return abbreviation ? u"SIG%1 (%2)"_s.arg(QLatin1String(abbreviation)).arg(number) : tr("signal %1").arg(number);
}

} // namespace BitNet
