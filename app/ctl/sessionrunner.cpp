// SPDX-License-Identifier: MIT
#include "app/ctl/sessionrunner.h"

#include "app/ctl/jobsession.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QCoreApplication>

namespace BitNet {

int runSession(BitNetRuntime runtime, const CommonOptions &options, const QList<JobSpec> &jobs)
{
    RuntimeSupervisor supervisor(std::move(runtime), options.settings);
    JobSession session(supervisor, options.session);
    QObject::connect(&session, &JobSession::finished, &session, &QCoreApplication::exit);
    session.start(jobs);
    return QCoreApplication::exec();
}

} // namespace BitNet
