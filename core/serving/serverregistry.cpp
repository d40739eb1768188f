// SPDX-License-Identifier: MIT
#include "core/serving/serverregistry.h"

#include "core/runtime/localport.h"
#include "core/runtime/modelfile.h"
#include "core/serving/serversession.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace BitNet {

// Where a free port is looked for first, so that the same server mostly has the same address.
static constexpr quint16 firstPort = 8081;
static constexpr quint16 lastPort = 8180;

ServerRegistry::ServerRegistry(RuntimeSupervisor &supervisor, QObject *parent)
    : QObject(parent)
    , m_supervisor(supervisor)
{
    qRegisterMetaType<ServerSnapshot>();
}

ServerRegistry::~ServerRegistry()
{
    qDeleteAll(m_sessions);
}

ServerCheck ServerRegistry::check(const ServerSettings &settings) const
{
    return BitNet::check(settings, m_supervisor.runtime());
}

// A port is a session's for as long as that is in the list: it may be started again.
std::optional<quint16> ServerRegistry::choosePort() const
{
    const auto isOurs = [this](quint16 port) {
        return std::any_of(m_sessions.begin(), m_sessions.end(),
                           [port](const ServerSession *session) { return session->snapshot().url.port() == port; });
    };
    for (quint16 port = firstPort; port <= lastPort; ++port) {
        if (!isOurs(port) && portState(u"127.0.0.1"_s, port) == PortState::Free)
            return port;
    }
    for (int attempt = 0; attempt < 16; ++attempt) {
        if (const auto port = freePort(); port && !isOurs(*port))
            return port;
    }
    return std::nullopt;
}

ServerSession *ServerRegistry::start(const ServerSettings &settings, ConfigurationIssue *issue)
{
    const auto refuse = [issue](const ConfigurationIssue &problem) -> ServerSession * {
        if (issue)
            *issue = problem;
        return nullptr;
    };
    if (const ServerCheck result = check(settings); result.error)
        return refuse(*result.error);
    const std::optional<quint16> port = settings.port ? settings.port : choosePort();
    if (!port)
        return refuse({.field = u"port"_s, .message = u"No port of this machine is free for a server."_s});

    // One that stopped on this very port makes room for its successor, so that the name stays unique.
    const QString name = titleOf(settings) + u" · "_s + QString::number(*port);
    if (const ServerSession *before = find(name)) {
        if (before->snapshot().isActive()) {
            return refuse(
                {.field = u"port"_s,
                 .message =
                     u"Port %1 belongs to server %2, which is being started or stopped."_s.arg(*port).arg(name)});
        }
        remove(name);
    }
    auto *session = new ServerSession(m_supervisor, name, settings, *port, this);
    m_sessions.append(session);
    connect(session, &ServerSession::changed, this, &ServerRegistry::changed);
    Q_EMIT added(session);
    session->start();
    return session;
}

ServerSession *ServerRegistry::find(const QString &name) const
{
    const auto found = std::find_if(m_sessions.begin(), m_sessions.end(),
                                    [&name](const ServerSession *session) { return session->name() == name; });
    return found == m_sessions.end() ? nullptr : *found;
}

ServerSession *ServerRegistry::findActive(const QString &model, const QString &buildDir) const
{
    const QString wanted = QFileInfo(expandHome(model)).absoluteFilePath();
    const auto buildDirOf = [this](const QString &dir) {
        return QFileInfo(expandHome(dir.isEmpty() ? m_supervisor.runtime().options().buildDir : dir))
            .absoluteFilePath();
    };
    ServerSession *best = nullptr;
    const auto load = [](const ServerSession *session) {
        return session->snapshot().busySlots + session->snapshot().waitingRequests;
    };
    for (ServerSession *session : m_sessions) {
        const ServerSnapshot &snapshot = session->snapshot();
        if (!snapshot.isActive() || snapshot.state == ServerState::Stopping
            || QFileInfo(expandHome(snapshot.model)).absoluteFilePath() != wanted
            || buildDirOf(session->settings().buildDir) != buildDirOf(buildDir))
            continue;
        if (!best || load(session) < load(best))
            best = session;
    }
    return best;
}

int ServerRegistry::activeCount() const
{
    return int(std::count_if(m_sessions.begin(), m_sessions.end(),
                             [](const ServerSession *session) { return session->snapshot().isActive(); }));
}

int ServerRegistry::keptCount() const
{
    return int(std::count_if(m_sessions.begin(), m_sessions.end(), [](const ServerSession *session) {
        return session->snapshot().isActive() && !session->settings().onDemand;
    }));
}

bool ServerRegistry::stop(const QString &name)
{
    ServerSession *session = find(name);
    if (session)
        session->stop();
    return session != nullptr;
}

void ServerRegistry::stopAll()
{
    for (ServerSession *session : QList<ServerSession *>(m_sessions))
        session->stop();
}

bool ServerRegistry::remove(const QString &name)
{
    ServerSession *session = find(name);
    if (!session || session->snapshot().isActive())
        return false;
    m_sessions.removeOne(session);
    session->disconnect(this);
    delete session;
    Q_EMIT removed(name);
    return true;
}

} // namespace BitNet
