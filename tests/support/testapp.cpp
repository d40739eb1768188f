// SPDX-License-Identifier: MIT
// bitnet-testapp: an application that runs jobs and records them, to be killed. Prints a line at each step.
//   supervise FOLDER   submits jobs without end. "opened INTERRUPTED WAITING NEXT", "tag TAG"
//   queue FOLDER N     submits N jobs to a paused queue and waits. "opened …", "tag TAG", "queued"
//   migrate FILE       takes the file two versions further, which lasts for ever. "migrating"
// With the folder in use by another: "held PID", exit code 3.
#include "core/history/historyschema.h"
#include "core/history/instancelock.h"
#include "core/history/jobhistory.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QCoreApplication>
#include <QFutureWatcher>

#include <cstdio>
#include <memory>

using namespace BitNet;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

void say(const QString &line)
{
    std::printf("%s\n", qPrintable(line));
    std::fflush(stdout);
}

class TestApp : public QObject
{
public:
    TestApp(std::unique_ptr<InstanceLock> lock, int queuedJobs)
        : m_ranFile(lock->dataFolder() + u"/ran"_s)
        , m_queuedJobs(queuedJobs)
        , m_history(std::move(lock))
    {
        connect(&m_opening, &QFutureWatcherBase::finished, this, [this] { begin(m_opening.result()); });
        m_opening.setFuture(m_history.open());
    }

private:
    void begin(const HistoryOpening &opening)
    {
        say(u"opened %1 %2 %3"_s.arg(opening.interruptedJobs).arg(opening.waitingJobs).arg(opening.nextJobId));
        m_supervisor = std::make_unique<RuntimeSupervisor>(
            BitNetRuntime(),
            SupervisorSettings{.concurrency = 4,
                               .outputRoot = m_history.outputRoot(),
                               .shimPath = QCoreApplication::applicationDirPath() + u"/bitnet-jobshim"_s,
                               .firstJobId = opening.nextJobId,
                               .startsNeedPermission = true});
        m_history.beginSession(m_supervisor->instanceTag(), m_supervisor->outputFolder());
        connect(m_supervisor.get(), &RuntimeSupervisor::jobChanged, &m_history, &JobHistory::record,
                Qt::DirectConnection);
        connect(&m_history, &JobHistory::recorded, m_supervisor.get(), &RuntimeSupervisor::allowStartsUpTo,
                Qt::DirectConnection);
        say(u"tag "_s + m_supervisor->instanceTag());
        if (m_queuedJobs > 0) {
            m_supervisor->pauseQueue();
            for (int i = 0; i < m_queuedJobs; ++i)
                submit();
            connect(&m_saving, &QFutureWatcherBase::finished, this, [] { say(u"queued"_s); });
            // Behind the records: they were handed over in the supervisor's thread by the time it has drained its inbox.
            connect(m_supervisor.get(), &RuntimeSupervisor::concurrencyChanged, this,
                    [this] { m_saving.setFuture(m_history.saved()); });
            m_supervisor->setConcurrency(1);
            return;
        }
        connect(m_supervisor.get(), &RuntimeSupervisor::jobChanged, this, [this](const JobRecord &record) {
            if (record.isFinished())
                submit();
        });
        for (int i = 0; i < 8; ++i)
            submit();
    }

    void submit()
    {
        // The tag, which ends with the job's id, says that it ran.
        const QString note = u"echo \"$BITNET_SUPERVISOR_JOB\" >> '%1'; "_s.arg(m_ranFile);
        static const QStringList scripts = {
            u"exit 0"_s,
            u"sleep 300 & setsid sleep 300 & sleep 300"_s,
            u"head -c 100000 /dev/zero; exit 3"_s,
            u"(setsid sh -c 'sleep 300 & exec sleep 300' &) ; sleep 300"_s,
            u"echo out; echo err >&2; sleep 0.05"_s,
            u"trap '' TERM; sleep 300; sleep 300"_s,
        };
        const QString script = scripts[m_submitted++ % scripts.size()];
        m_supervisor->submit({.command = {u"/bin/sh"_s, u"-c"_s, note + script},
                              .group = u"test"_s,
                              .limits = {.timeout = 150ms, .killGrace = 20ms}});
    }

    const QString m_ranFile;
    const int m_queuedJobs;
    qsizetype m_submitted = 0;
    JobHistory m_history;
    QFutureWatcher<HistoryOpening> m_opening;
    QFutureWatcher<void> m_saving;
    std::unique_ptr<RuntimeSupervisor> m_supervisor; // goes first: its last records are for the history
};

int migrateForEver(const QString &path)
{
    QList<Migration> steps = historyMigrations();
    steps.append({.version = historySchemaVersion + 1,
                  .statements = {u"ALTER TABLE jobs ADD COLUMN note TEXT"_s, u"UPDATE jobs SET note = name"_s}});
    steps.append(
        {.version = historySchemaVersion + 2,
         .statements = {u"DROP TABLE texts"_s,
                        u"CREATE TABLE numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                        u"SELECT i, randomblob(100) FROM n"_s}});
    DatabaseConnection connection;
    if (!connection.open(path, DatabaseConnection::Access::ReadWrite, 1s))
        return 1;
    say(u"migrating"_s);
    return migrate(connection, steps) ? 0 : 1;
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const QString mode = arguments.value(1);
    if (mode == "migrate"_L1)
        return migrateForEver(arguments.value(2));
    InstanceLock::Attempt attempt = InstanceLock::take(arguments.value(2));
    if (attempt.result != InstanceLock::Result::Taken) {
        say(attempt.result == InstanceLock::Result::HeldByAnother ? u"held %1"_s.arg(attempt.holderPid)
                                                                  : attempt.error);
        return 3;
    }
    TestApp testApp(std::move(attempt.lock), mode == "queue"_L1 ? arguments.value(3).toInt() : 0);
    return QCoreApplication::exec();
}
