// SPDX-License-Identifier: MIT
#include "app/ctl/sessionrunner.h"

#include "app/ctl/jobsession.h"
#include "app/ctl/messages.h"
#include "app/ctl/recording.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QCoreApplication>

namespace BitNet {

int runSession(BitNetRuntime runtime, const CommonOptions &options, const QList<JobSpec> &jobs)
{
    QString error;
    auto recording = Recording::begin(options.recording, options.session.quiet, &error);
    if (!recording)
        return failWith(error);
    SupervisorSettings settings = options.settings;
    recording->prepare(settings);
    RuntimeSupervisor supervisor(std::move(runtime), settings);
    recording->connectTo(supervisor);
    JobSession session(supervisor, options.session);
    QObject::connect(&session, &JobSession::finished, &session, &QCoreApplication::exit);
    session.start(jobs);
    return QCoreApplication::exec();
}

} // namespace BitNet
