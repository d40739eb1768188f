// SPDX-License-Identifier: MIT
#include "app/ctl/servesession.h"

#include "app/ctl/outputrelay.h"
#include "app/ctl/reports.h"
#include "core/jobs/duration.h"
#include "core/serving/serversession.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <csignal>
#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

ServeSession::ServeSession(RuntimeSupervisor &supervisor, const ServeOptions &options, QObject *parent)
    : QObject(parent)
    , m_supervisor(supervisor)
    , m_options(options)
    , m_console(options.quiet)
    , m_servers(supervisor)
{
    connect(&m_servers, &ServerRegistry::changed, this, &ServeSession::onChanged);
    connect(&m_interrupts, &Interrupts::interrupted, this, &ServeSession::onInterrupt);
    connect(&supervisor, &RuntimeSupervisor::jobChanged, this, &ServeSession::onServerJob);
    connect(&supervisor, &RuntimeSupervisor::healthChanged, this, [this](const QString &problem) {
        if (!problem.isEmpty())
            m_console.note(problem);
    });
    connect(&m_console, &Console::outputBroken, this, [this](int errorNumber) {
        m_console.complain(u"standard output can't be written to: %1. The server goes on; its address is %2"_s.arg(
            qt_error_string(errorNumber), m_last.url.toString()));
    });
    connect(&m_console, &Console::drained, this, [this] {
        if (m_log)
            m_log->continueWriting();
        finishWhenDone();
    });
}

ServeSession::~ServeSession() = default;

void ServeSession::start(const ServerSettings &settings)
{
    ConfigurationIssue issue;
    m_server = m_servers.start(settings, &issue);
    if (!m_server) {
        m_console.complain(issue.message);
        leave(OwnFailure);
    }
}

void ServeSession::onChanged(const ServerSnapshot &snapshot)
{
    const ServerSnapshot before = std::exchange(m_last, snapshot);
    if (snapshot.warnings != before.warnings) {
        for (const ConfigurationIssue &warning : snapshot.warnings)
            m_console.note(warning.message);
    }
    const bool isNews = snapshot.state != before.state || snapshot.reason != before.reason;
    switch (snapshot.state) {
    case ServerState::Starting:
        if (isNews)
            m_console.note(u"%1: %2"_s.arg(snapshot.name, snapshot.reason));
        break;
    case ServerState::Ready:
    case ServerState::Busy:
        if (!before.isRunning())
            announce(snapshot);
        break;
    case ServerState::Stopping:
        if (isNews)
            m_console.note(u"%1: Stopping."_s.arg(snapshot.name));
        break;
    case ServerState::Stopped:
        m_console.note(u"%1: Stopped."_s.arg(snapshot.name));
        leave(m_killedBy == 0 ? AllSucceeded : SignalBase + m_killedBy);
        break;
    case ServerState::Failed:
        m_console.complain(u"%1: %2"_s.arg(snapshot.name, snapshot.reason));
        leave(snapshot.issue ? OwnFailure : NotAllSucceeded);
        break;
    }
}

void ServeSession::announce(const ServerSnapshot &snapshot)
{
    const auto orNull = [](const auto &value) { return value ? QJsonValue(*value) : QJsonValue(QJsonValue::Null); };
    std::optional<double> loadMs;
    if (snapshot.loadTime)
        loadMs = std::chrono::duration<double, std::milli>(*snapshot.loadTime).count();
    if (m_options.json) {
        const QJsonObject object{{u"state"_s, QString(name(snapshot.state))},
                                 {u"name"_s, snapshot.name},
                                 {u"url"_s, snapshot.url.toString()},
                                 {u"key_file"_s, snapshot.keyFile},
                                 {u"pid"_s, snapshot.pid},
                                 {u"model"_s, snapshot.model},
                                 {u"engine"_s, snapshot.engine},
                                 {u"context_size"_s, orNull(snapshot.contextSize)},
                                 {u"slots"_s, snapshot.slotCount},
                                 {u"load_ms"_s, orNull(loadMs)},
                                 {u"restarts"_s, snapshot.restarts}};
        m_console.standardOutput().write(QJsonDocument(object).toJson(QJsonDocument::Compact).append('\n'));
    } else {
        const QString text = u"Address:  %1\nKey file: %2\n"_s.arg(snapshot.url.toString(), snapshot.keyFile);
        m_console.standardOutput().write(text.toUtf8());
    }
    QString sentence = u"%1: Ready"_s.arg(snapshot.name);
    if (snapshot.loadTime)
        sentence += u" after %1"_s.arg(formatDuration(*snapshot.loadTime));
    m_console.note(QString(sentence + u". Ctrl-C stops it."_s));
}

void ServeSession::onServerJob(const JobRecord &record)
{
    if (!m_options.showLog || !m_server || record.id != m_server->snapshot().job)
        return;
    if (record.state == JobState::Running && (!m_log || m_log->folder() != record.outputFolder)) {
        OutputSink *sink = &m_console.standardError();
        m_log = std::make_unique<OutputRelay>(record.outputFolder, OutputRelay::Sinks{sink, sink}, nullptr);
        connect(m_log.get(), &OutputRelay::done, this, [this] {
            m_log.release()->deleteLater(); // its signal is being delivered
            finishWhenDone();
        });
        m_log->start();
    } else if (record.isFinished() && m_log) {
        m_log->finish();
    }
}

void ServeSession::onInterrupt(int signalNumber, int count)
{
    if (!m_server)
        return;
    if (count == 1) {
        m_server->stop();
        return;
    }
    if (!m_exitStatus)
        m_killedBy = signalNumber;
    if (const JobId job = m_server->snapshot().job; job.isValid())
        m_supervisor.killNow(job);
    // Whoever insists does not want to wait for a reader that has stopped reading.
    if (m_log)
        m_log->discard();
    m_console.close();
    finishWhenDone();
}

void ServeSession::leave(int exitStatus)
{
    m_exitStatus = exitStatus;
    if (m_log)
        m_log->finish();
    finishWhenDone();
}

void ServeSession::finishWhenDone()
{
    if (!m_exitStatus || m_log || m_console.isBlocked() || std::exchange(m_finished, true))
        return;
    QMetaObject::invokeMethod(
        this, [this] { Q_EMIT finished(*m_exitStatus); }, Qt::QueuedConnection);
}

} // namespace BitNet
