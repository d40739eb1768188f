// SPDX-License-Identifier: MIT
#include "app/ctl/chatserver.h"

#include "core/jobs/duration.h"
#include "core/serving/serversession.h"

#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

ChatServer::~ChatServer() = default;

OwnChatServer::OwnChatServer(RuntimeSupervisor &supervisor, const ServerSettings &settings, QObject *parent)
    : ChatServer(parent)
    , m_supervisor(supervisor)
    , m_settings(settings)
    , m_servers(supervisor)
{
    connect(&m_servers, &ServerRegistry::changed, this, &OwnChatServer::onChanged);
}

void OwnChatServer::start()
{
    ConfigurationIssue issue;
    m_session = m_servers.start(m_settings, &issue);
    if (!m_session)
        Q_EMIT failed(issue.message, true);
}

void OwnChatServer::onChanged(const ServerSnapshot &snapshot)
{
    const ServerSnapshot before = std::exchange(m_last, snapshot);
    if (snapshot.warnings != before.warnings) {
        for (const ConfigurationIssue &warning : snapshot.warnings)
            Q_EMIT told(warning.message);
    }
    switch (snapshot.state) {
    case ServerState::Starting:
        if (snapshot.reason != before.reason)
            Q_EMIT told(u"%1: %2"_s.arg(snapshot.name, snapshot.reason));
        break;
    case ServerState::Ready:
    case ServerState::Busy:
        if (!before.isRunning()) {
            Q_EMIT told(u"%1: Ready after %2."_s.arg(
                snapshot.name, formatDuration(snapshot.loadTime.value_or(std::chrono::nanoseconds(0)))));
            Q_EMIT ready();
        }
        break;
    case ServerState::Stopping:
        break;
    case ServerState::Stopped:
        tellThatItIsGone();
        break;
    case ServerState::Failed:
        if (m_stopping)
            tellThatItIsGone();
        else
            Q_EMIT failed(u"%1: %2"_s.arg(snapshot.name, snapshot.reason), snapshot.issue.has_value());
        break;
    }
}

JobId OwnChatServer::ask(const ChatRequest &request, const JobSpec &about, QString *error)
{
    return m_session->submitChat(request, about, error);
}

void OwnChatServer::stop()
{
    m_stopping = true;
    if (m_session && m_session->snapshot().isActive())
        m_session->stop();
    else
        tellThatItIsGone();
}

void OwnChatServer::kill()
{
    if (m_last.job.isValid())
        m_supervisor.killNow(m_last.job);
}

void OwnChatServer::tellThatItIsGone()
{
    QMetaObject::invokeMethod(this, &ChatServer::gone, Qt::QueuedConnection);
}

QString OwnChatServer::description() const
{
    QString text = u"server   %1\nmodel    %2\nengine   %3\n"_s.arg(m_last.name, m_last.model, m_last.engine);
    if (m_last.contextSize)
        text += u"context  %1 tokens\n"_s.arg(*m_last.contextSize);
    return text;
}

RemoteChatServer::RemoteChatServer(RuntimeSupervisor &supervisor, const ServerEndpoint &endpoint, QObject *parent)
    : ChatServer(parent)
    , m_server(supervisor, endpoint)
{
    connect(&m_server, &RemoteServer::loading, this,
            [this] { Q_EMIT told(u"%1: The server is loading its model."_s.arg(m_server.name())); });
    connect(&m_server, &RemoteServer::ready, this, &ChatServer::ready);
    connect(&m_server, &RemoteServer::failed, this, [this](const QString &reason) { Q_EMIT failed(reason, false); });
}

void RemoteChatServer::start()
{
    m_server.check();
}

JobId RemoteChatServer::ask(const ChatRequest &request, const JobSpec &about, QString *error)
{
    return m_server.submitChat(request, about, error);
}

// It is somebody else's, and goes on.
void RemoteChatServer::stop()
{
    QMetaObject::invokeMethod(this, &ChatServer::gone, Qt::QueuedConnection);
}

QString RemoteChatServer::description() const
{
    return u"server   %1\n"_s.arg(m_server.name());
}

} // namespace BitNet
