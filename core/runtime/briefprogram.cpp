// SPDX-License-Identifier: MIT
#include "core/runtime/briefprogram.h"

#include <QCoreApplication>
#include <QObject>
#include <QProcess>
#include <QTimer>

#include <algorithm>
#include <csignal>
#include <utility>

#include <sys/prctl.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

// One program. Lives in the runner's thread and deletes itself when it has told its result.
class BriefProgram : public QObject
{
public:
    BriefProgram(BriefProgramRunner::Limits limits, BriefProgramRunner::Done done, QObject *parent)
        : QObject(parent)
        , m_limits(limits)
        , m_done(std::move(done))
    {
        m_process.setStandardInputFile(QProcess::nullDevice());
        m_process.setChildProcessModifier([] {
            // Its own group, so that what it starts can be killed with it; and it must not outlive us.
            setpgid(0, 0);
            prctl(PR_SET_PDEATHSIG, SIGKILL);
        });
        connect(&m_process, &QProcess::readyReadStandardOutput, this, [this] { readAll(); });
        connect(&m_process, &QProcess::readyReadStandardError, this, [this] { readAll(); });
        connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart)
                settle(u"It could not be started: %1."_s.arg(m_process.errorString()));
        });
        connect(&m_process, &QProcess::finished, this, [this](int exitCode, QProcess::ExitStatus status) {
            readAll();
            m_result.exitCode = exitCode;
            // A crash by no signal: SIGCHLD is ignored in this process, and how the program ended is lost.
            settle(status == QProcess::CrashExit && exitCode != 0 ? u"It ended by signal %1."_s.arg(exitCode)
                                                                  : QString());
        });
        m_timeout.setSingleShot(true);
        m_timeout.setTimerType(Qt::PreciseTimer);
        connect(&m_timeout, &QTimer::timeout, this, [this] {
            kill();
            settle(u"It did not end within %1 s."_s.arg(double(m_limits.timeout.count()) / 1000));
        });
    }

    ~BriefProgram() override
    {
        settle(u"It was stopped."_s);
        m_process.disconnect(this);
        if (m_process.state() != QProcess::NotRunning) {
            kill();
            m_process.waitForFinished(1000);
        }
    }

    void start(const QString &program, const QStringList &arguments)
    {
        m_timeout.start(m_limits.timeout);
        m_process.start(program, arguments, QIODevice::ReadOnly);
    }

private:
    void readAll()
    {
        take(m_process.readAllStandardOutput(), m_result.standardOutput);
        take(m_process.readAllStandardError(), m_result.standardError);
    }

    void take(const QByteArray &bytes, QByteArray &into)
    {
        const qint64 room = m_limits.outputCap - into.size();
        into += bytes.first(std::min<qint64>(room, bytes.size()));
        if (bytes.size() <= room)
            return;
        kill();
        settle(u"It printed more than %1 bytes."_s.arg(m_limits.outputCap));
    }

    void kill()
    {
        if (const qint64 pid = m_process.processId(); pid > 0)
            ::kill(pid_t(-pid), SIGKILL);
        m_process.kill(); // in case the group does not exist yet
    }

    void settle(const QString &problem)
    {
        if (std::exchange(m_settled, true))
            return;
        m_timeout.stop();
        m_result.problem = problem;
        m_done(std::move(m_result));
        deleteLater();
    }

    const BriefProgramRunner::Limits m_limits;
    const BriefProgramRunner::Done m_done;
    BriefResult m_result;
    bool m_settled = false;
    QTimer m_timeout;
    QProcess m_process;
};

} // namespace

BriefProgramRunner::BriefProgramRunner()
    : m_context(new QObject)
{
    m_thread.setObjectName(u"brief programs"_s);
    m_context->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::finished, m_context, &QObject::deleteLater);
}

BriefProgramRunner::~BriefProgramRunner()
{
    if (!m_thread.isRunning()) {
        delete m_context;
        return;
    }
    // In line behind the programs that were asked for and not started yet: their Done is due as well.
    QMetaObject::invokeMethod(
        m_context, [this] { m_thread.quit(); }, Qt::QueuedConnection);
    m_thread.wait();
}

void BriefProgramRunner::run(const QString &program, const QStringList &arguments, Limits limits, Done done)
{
    if (!QCoreApplication::instance()) {
        // No thread has an event loop then.
        done({.problem = u"This process has no QCoreApplication."_s});
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        if (!m_thread.isRunning())
            m_thread.start();
    }
    QMetaObject::invokeMethod(
        m_context,
        [context = m_context, program, arguments, limits, done = std::move(done)]() mutable {
            (new BriefProgram(limits, std::move(done), context))->start(program, arguments);
        },
        Qt::QueuedConnection);
}

} // namespace BitNet
