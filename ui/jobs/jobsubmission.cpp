// SPDX-License-Identifier: MIT
#include "ui/jobs/jobsubmission.h"

#include "core/supervisor/runtimesupervisor.h"
#include "ui/jobs/jobtablemodel.h"

namespace BitNet {

JobSubmission::JobSubmission(RuntimeSupervisor &supervisor, JobTableModel &jobs, QObject *parent)
    : QObject(parent)
    , m_supervisor(supervisor)
    , m_jobs(jobs)
{
    connect(&jobs, &JobTableModel::applied, this, &JobSubmission::lookForFirst);
}

void JobSubmission::submit(const QList<JobSpec> &specs)
{
    JobId first;
    int count = 0;
    QString error;
    for (const JobSpec &spec : specs) {
        const JobId id = m_supervisor.submit(spec, &error);
        if (!id.isValid())
            break;
        first = first.isValid() ? first : id;
        ++count;
    }
    if (count > 0) {
        m_first = first;
        m_count = count;
        Q_EMIT begun();
    }
    if (count < specs.size())
        Q_EMIT message(error);
    else if (count > 0)
        Q_EMIT message(tr("%n job(s) submitted.", nullptr, count));
}

void JobSubmission::lookForFirst()
{
    if (m_first.isValid() && m_jobs.find(m_first))
        Q_EMIT arrived(std::exchange(m_first, JobId()), m_count);
}

} // namespace BitNet
