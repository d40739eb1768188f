// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QMetaType>
#include <QString>
#include <QStringList>

namespace BitNet {

// Whether what happens is being recorded.
struct HistoryState
{
    enum class Kind {
        Opening, // not known yet
        Saving, // all is well
        Retrying, // another program holds the database: tried again several times a second
        NotSaving, // the disk is full, say: tried again every second; jobs go on, nothing of them is forgotten
        ReadOnly, // written by a later version of this program: can be read, and nothing is recorded
    };

    Kind kind = Kind::Opening;
    // A sentence for people; empty while Opening and Saving.
    QString reason = {};
    // Jobs with news that is not in the file yet; counted in Retrying and NotSaving only.
    qsizetype unsavedJobs = 0;

    friend bool operator==(const HistoryState &, const HistoryState &) = default;
};

// What was found when the history was opened.
struct HistoryOpening
{
    HistoryState state = {};
    // For SupervisorSettings::firstJobId. Higher than any id ever given out; taken from the clock when the file could not
    // be read.
    quint64 nextJobId = 1;

    // What an application that did not end by itself left behind:
    int interruptedJobs = 0; // had been started; they are recorded as Interrupted now
    int waitingJobs = 0; // had not been started; see JobHistory::waitingJobs()
    int sweptProcesses = 0; // still ran

    // Where a damaged history was moved to, and what was wrong with it; both empty when it was sound.
    QString movedAsideTo = {};
    QString movedAsideWhy = {};
};

// A job that was queued when an earlier run of the application ended, and was never started.
struct WaitingJob
{
    JobId id = {};
    JobSpec spec = {};
    WallTime submitted = {};
    // Environment variables, arguments and private files that were not recorded because they are secret: see
    // problemOfSecrets().
    QStringList withheldSecrets = {};
};

} // namespace BitNet

Q_DECLARE_METATYPE(BitNet::HistoryState)
Q_DECLARE_METATYPE(BitNet::HistoryOpening)
