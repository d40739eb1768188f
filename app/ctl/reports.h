// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <chrono>

namespace BitNet {

// What bitnetctl exits with when it is not a job's own code; timeout(1) and env(1) use the same numbers.
enum CtlExit : int {
    AllSucceeded = 0,
    NotAllSucceeded = 1, // of many jobs
    LimitPassed = 124,
    OwnFailure = 125,
    NotExecutable = 126,
    NotFound = 127,
    SignalBase = 128, // plus the signal's number
};

// The exit status for one finished job.
int exitStatus(const JobRecord &record);

// One line of JSON, with its end.
QByteArray jsonLine(const JobRecord &record);

// What a person has to be told of a finished job: nothing when its exit code says it all, or when
// that person ended it.
QString noteOn(const JobRecord &record);

// "12 jobs in 3.20 s: 10 succeeded, 1 failed, 1 timed out"
QString summary(const QList<int> &countsByOutcome, std::chrono::nanoseconds elapsed);

} // namespace BitNet
