// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QObject>

namespace BitNet {

class JobTableModel;
class RuntimeSupervisor;

// Jobs on their way from a person to the table. The supervisor takes them at once; the table hears of them a moment later.
class JobSubmission : public QObject
{
    Q_OBJECT
public:
    JobSubmission(RuntimeSupervisor &supervisor, JobTableModel &jobs, QObject *parent = nullptr);

    // Up to the first that is refused.
    void submit(const QList<JobSpec> &specs);

Q_SIGNALS:
    // What to tell: how many were submitted, or why one was not.
    void message(const QString &text);
    // At least one was taken.
    void begun();
    // The first of them is in the table; once for each submit() that began. Another submit() in between supersedes it.
    void arrived(BitNet::JobId first, int count);

private:
    void lookForFirst();

    RuntimeSupervisor &m_supervisor;
    JobTableModel &m_jobs;
    JobId m_first; // until it has arrived
    int m_count = 0;
};

} // namespace BitNet
