// SPDX-License-Identifier: MIT
#include "app/ctl/recording.h"

#include "app/ctl/messages.h"
#include "core/history/instancelock.h"
#include "core/supervisor/runtimesupervisor.h"

namespace BitNet {

using namespace Qt::StringLiterals;

std::optional<Recording> Recording::begin(const RecordingOptions &options, bool quiet, QString *error)
{
    Recording recording;
    if (!options.isOn)
        return recording;
    const auto say = [quiet](const QString &sentence) {
        if (!quiet)
            complain(sentence);
    };
    InstanceLock::Attempt attempt = InstanceLock::take(options.dataFolder);
    switch (attempt.result) {
    case InstanceLock::Result::Taken:
        break;
    case InstanceLock::Result::HeldByAnother:
        say(u"not recorded: another program%1 uses the history in %2"_s.arg(
            attempt.holderPid > 0 ? u" (process %1)"_s.arg(attempt.holderPid) : QString(), options.dataFolder));
        return recording;
    case InstanceLock::Result::Failed:
        if (options.isFolderGiven) {
            *error = u"--data-dir: "_s + attempt.error;
            return std::nullopt;
        }
        say(u"not recorded: "_s + attempt.error);
        return recording;
    }
    // Old jobs are cleared away by the application, with the limits that are set there.
    const RetentionLimits none{.age = std::nullopt, .jobs = std::nullopt, .outputBytes = std::nullopt};
    recording.m_history = std::make_unique<JobHistory>(std::move(attempt.lock), HistorySettings{.retention = none});
    recording.m_opening = recording.m_history->open().result();
    if (!recording.m_opening.state.reason.isEmpty())
        say(u"not recorded for now: "_s + recording.m_opening.state.reason);
    if (!recording.m_opening.movedAsideTo.isEmpty()) {
        say(u"the history was damaged and a new one was begun; the old one is now %1"_s.arg(
            recording.m_opening.movedAsideTo));
    }
    return recording;
}

void Recording::prepare(SupervisorSettings &settings) const
{
    if (!m_history)
        return;
    settings.firstJobId = m_opening.nextJobId;
    settings.startsNeedPermission = true;
    if (settings.outputRoot.isEmpty())
        settings.outputRoot = m_history->outputRoot();
}

void Recording::connectTo(RuntimeSupervisor &supervisor)
{
    if (!m_history)
        return;
    m_history->beginSession(supervisor.instanceTag(), supervisor.outputFolder());
    QObject::connect(&supervisor, &RuntimeSupervisor::jobChanged, m_history.get(), &JobHistory::record,
                     Qt::DirectConnection);
    QObject::connect(m_history.get(), &JobHistory::recorded, &supervisor, &RuntimeSupervisor::allowStartsUpTo,
                     Qt::DirectConnection);
}

} // namespace BitNet
