// SPDX-License-Identifier: MIT
#pragma once

#include "core/supervisor/runtimesupervisor.h"
#include "core/supervisor/treesweep.h"

#include <QHash>
#include <QObject>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace BitNet::Testing {

inline QString binaryPath(const QString &name)
{
    return QStringLiteral(BITNET_BIN_DIR "/") + name;
}

// The bundled child program whose behaviour its arguments choose.
inline QStringList testChild(const QStringList &arguments)
{
    return QStringList{binaryPath(QStringLiteral("bitnet-testchild"))} + arguments;
}

// Sanitizers and a loaded machine make everything slower; waits are generous, assertions are not.
inline constexpr int patience = 30'000;

// A supervisor with its own folder, and every record it ever emitted.
class SupervisorFixture : public QObject
{
    Q_OBJECT
public:
    explicit SupervisorFixture(int concurrency = 2, SupervisorSettings settings = {})
    {
        settings.concurrency = concurrency;
        if (settings.shimPath.isEmpty())
            settings.shimPath = binaryPath(QStringLiteral("bitnet-jobshim"));
        if (settings.outputRoot.isEmpty())
            settings.outputRoot = m_folder.path();
        m_supervisor = std::make_unique<RuntimeSupervisor>(BitNetRuntime(), settings);
        connect(m_supervisor.get(), &RuntimeSupervisor::jobChanged, this, [this](const JobRecord &record) {
            m_latest.insert(record.id, record);
            m_history[record.id].append(record);
        });
    }

    RuntimeSupervisor &supervisor() { return *m_supervisor; }
    void destroySupervisor() { m_supervisor.reset(); }
    QString folder() const { return m_folder.path(); }

    JobRecord latest(JobId id) const { return m_latest.value(id); }
    QList<JobRecord> history(JobId id) const { return m_history.value(id); }
    bool isFinished(JobId id) const { return latest(id).isFinished(); }
    bool isRunning(JobId id) const { return latest(id).state == JobState::Running; }
    int finishedCount() const
    {
        return static_cast<int>(
            std::count_if(m_latest.cbegin(), m_latest.cend(), [](const JobRecord &r) { return r.isFinished(); }));
    }

    // Submits and waits for the end; fails the test when it does not come.
    JobRecord runToEnd(const JobSpec &spec, int limitMs = patience)
    {
        QString error;
        const JobId id = m_supervisor->submit(spec, &error);
        if (!id.isValid()) {
            QTest::qFail(qPrintable(error), __FILE__, __LINE__);
            return {};
        }
        waitUntilFinished(id, limitMs);
        return latest(id);
    }

    void waitUntilFinished(JobId id, int limitMs = patience)
    {
        if (!QTest::qWaitFor([&] { return isFinished(id); }, limitMs))
            QTest::qFail("the job did not finish", __FILE__, __LINE__);
    }

    QByteArray tag(JobId id) const
    {
        return m_supervisor->instanceTag().toLatin1() + '.' + QByteArray::number(id.value);
    }
    // Nothing of the job may be left half a second after its last event.
    bool nothingLeft(JobId id) const
    {
        const QByteArray jobTag = tag(id);
        return QTest::qWaitFor([&] { return countTagged(jobTag) == 0; }, 500);
    }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<RuntimeSupervisor> m_supervisor;
    QHash<JobId, JobRecord> m_latest;
    QHash<JobId, QList<JobRecord>> m_history;
};

} // namespace BitNet::Testing
