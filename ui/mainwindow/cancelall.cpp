// SPDX-License-Identifier: MIT
#include "ui/mainwindow/cancelall.h"

#include "core/supervisor/runtimesupervisor.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/style/question.h"

#include <QCoreApplication>

namespace BitNet {

namespace {

struct CancelAll
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::CancelAll)
};

// Those that wait first: a place that comes free must not start one of them.
void cancelAll(RuntimeSupervisor &supervisor, const JobTableModel &jobs)
{
    for (const bool isQueued : {true, false}) {
        for (int row = 0; row < jobs.rowCount(); ++row) {
            const JobRecord &record = jobs.record(row);
            if (!record.isFinished() && record.spec->kind != JobKind::Server
                && (record.state == JobState::Queued) == isQueued)
                supervisor.cancel(record.id);
        }
    }
}

} // namespace

void askBeforeCancellingAll(QWidget *window, RuntimeSupervisor &supervisor, const JobTableModel &jobs)
{
    const QString kept = CancelAll::tr("What they printed so far is kept.");
    ask(window,
        {.title = CancelAll::tr("Cancel all jobs"),
         .text = CancelAll::tr("Cancel every queued and running job?"),
         .explanation = jobs.counts().runningServers() > 0 ? CancelAll::tr("%1 Servers go on.").arg(kept) : kept,
         .yes = CancelAll::tr("Cancel Jobs"),
         .no = CancelAll::tr("Let Them Run")},
        [&supervisor, &jobs](bool) { cancelAll(supervisor, jobs); });
}

} // namespace BitNet
