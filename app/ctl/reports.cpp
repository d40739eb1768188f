// SPDX-License-Identifier: MIT
#include "app/ctl/reports.h"

#include "core/jobs/duration.h"
#include "core/telemetry/recordexport.h"

#include <QJsonDocument>

#include <numeric>

namespace BitNet {

using namespace Qt::StringLiterals;

int exitStatus(const JobRecord &record)
{
    switch (record.outcome.value_or(Outcome::Lost)) {
    case Outcome::Succeeded:
    case Outcome::Failed:
        return record.exitCode.value_or(OwnFailure);
    case Outcome::Crashed:
        return SignalBase + record.signal.value_or(0);
    case Outcome::TimedOut:
    case Outcome::Expired:
        return LimitPassed;
    case Outcome::FailedToStart:
        switch (record.startFailure.value_or(StartFailure::Surroundings)) {
        case StartFailure::NotFound:
            return NotFound;
        case StartFailure::NotExecutable:
            return NotExecutable;
        case StartFailure::Surroundings:
            return OwnFailure;
        }
        break;
    case Outcome::Cancelled:
    case Outcome::Interrupted:
    case Outcome::Lost:
        break;
    }
    return OwnFailure;
}

QByteArray jsonLine(const JobRecord &record)
{
    return QJsonDocument(recordToJson(record)).toJson(QJsonDocument::Compact).append('\n');
}

QString noteOn(const JobRecord &record)
{
    switch (record.outcome.value_or(Outcome::Lost)) {
    case Outcome::Succeeded:
    case Outcome::Failed:
        return record.leftoverProcesses > 0 || record.unkillable ? record.reason : QString();
    case Outcome::Cancelled:
        return record.unkillable ? record.reason : QString();
    case Outcome::Crashed:
    case Outcome::TimedOut:
    case Outcome::Expired:
    case Outcome::FailedToStart:
    case Outcome::Interrupted:
    case Outcome::Lost:
        break;
    }
    return record.reason;
}

QString summary(const QList<int> &countsByOutcome, std::chrono::nanoseconds elapsed)
{
    QStringList parts;
    for (int i = 0; i < countsByOutcome.size(); ++i) {
        if (countsByOutcome[i] > 0) {
            QString word = name(Outcome(i));
            parts.append(QString::number(countsByOutcome[i]) + u' ' + word.replace(u'_', u' '));
        }
    }
    const int total = std::accumulate(countsByOutcome.cbegin(), countsByOutcome.cend(), 0);
    QString text = total == 1 ? u"1 job"_s : u"%1 jobs"_s.arg(total);
    if (total > 0)
        text += u" in %1: %2"_s.arg(formatDuration(elapsed), parts.join(", "_L1));
    return text;
}

} // namespace BitNet
