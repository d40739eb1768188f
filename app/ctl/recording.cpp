// SPDX-License-Identifier: MIT
#include "app/ctl/recording.h"

#include "app/ctl/messages.h"
#include "core/history/historypreferences.h"
#include "core/history/instancelock.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// Between two rounds of retention, as far as commands end before JobHistory begins one by itself.
constexpr int hoursBetweenRounds = 6;

// Made anew at the end of each round that came to its end.
QString roundMarkPath(const QString &dataFolder)
{
    return dataFolder + u"/retention.mark"_s;
}

bool isRoundDue(const QString &dataFolder)
{
    const QDateTime last = QFileInfo(roundMarkPath(dataFolder)).lastModified();
    const QDateTime now = QDateTime::currentDateTime();
    return !last.isValid() || last > now || last.addSecs(hoursBetweenRounds * 3600) < now;
}

void markRound(const QString &dataFolder)
{
    QFile mark(roundMarkPath(dataFolder));
    if (mark.open(QIODevice::WriteOnly | QIODevice::Truncate, QFileDevice::ReadOwner | QFileDevice::WriteOwner))
        mark.write("The old jobs were cleared away when this was written.\n");
}

} // namespace

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
    const HistoryPreferences preferences =
        readHistoryPreferences(settingsFilePath(options.isFolderGiven ? options.dataFolder : QString()));
    QStringList furtherRoots;
    if (!preferences.outputFolder.isEmpty())
        furtherRoots.append(QDir(preferences.outputFolder).absolutePath());
    recording.m_history = std::make_unique<JobHistory>(
        std::move(attempt.lock),
        HistorySettings{.furtherOutputRoots = furtherRoots, .retention = preferences.limits()});
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
    if (isRoundDue(m_history->dataFolder()))
        clearAwayOnceAJobRuns(supervisor);
}

// Then nothing waits for it: not the start of a job, and at our end it stops after the folder that it is at.
void Recording::clearAwayOnceAJobRuns(RuntimeSupervisor &supervisor)
{
    auto connection = std::make_shared<QMetaObject::Connection>();
    // Direct: all changes come from one thread, so that the first one that counts is the only one.
    *connection = QObject::connect(
        &supervisor, &RuntimeSupervisor::jobChanged, m_history.get(),
        [connection, history = m_history.get()](const JobRecord &record) {
            if (record.state != JobState::Running && !record.isFinished())
                return;
            QObject::disconnect(*connection);
            history->applyRetention().then([folder = history->dataFolder()](const RemovalReport &report) {
                if (report.isComplete)
                    markRound(folder);
            });
        },
        Qt::DirectConnection);
}

} // namespace BitNet
