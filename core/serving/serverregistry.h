// SPDX-License-Identifier: MIT
#pragma once

#include "core/serving/serversettings.h"
#include "core/serving/serversnapshot.h"

#include <QList>
#include <QObject>

#include <optional>

namespace BitNet {

class RuntimeSupervisor;
class ServerSession;

// The servers of this application, by name: what the Engine page lists and the Prompt page talks to. Lives in one thread
// (the ui thread of the application). A server that stopped or failed stays in the list until it is removed.
class ServerRegistry : public QObject
{
    Q_OBJECT
public:
    // The supervisor must outlive the registry. Destroying it stops every server.
    explicit ServerRegistry(RuntimeSupervisor &supervisor, QObject *parent = nullptr);
    ~ServerRegistry() override;

    // What is wrong with the settings, for the fields of a form. Cheap enough for each keystroke that pauses.
    ServerCheck check(const ServerSettings &settings) const;

    // Makes a session and starts it. Its name is its title and its port: "tiny-llama-chat · 8081". Null when check() finds
    // an error, which issue gets when given.
    ServerSession *start(const ServerSettings &settings, ConfigurationIssue *issue = nullptr);

    // In the order they were made.
    QList<ServerSession *> sessions() const { return m_sessions; }
    ServerSession *find(const QString &name) const;
    // An active session (starting, ready or busy) of this model and build folder (empty: the runtime's), for who just
    // wants an answer from a model. With several, the one that waits least.
    ServerSession *findActive(const QString &model, const QString &buildDir = {}) const;
    int activeCount() const;
    // Active ones that somebody asked for, not those of ServerSettings::onDemand.
    int keptCount() const;

    // As ServerSession::stop(); false when there is no such server.
    bool stop(const QString &name);
    void stopAll();
    // Takes a stopped or failed server off the list; false when it is active or unknown.
    bool remove(const QString &name);

Q_SIGNALS:
    void added(BitNet::ServerSession *session);
    // ServerSession::changed() of any of them.
    void changed(const BitNet::ServerSnapshot &snapshot);
    // The session is gone when this is emitted.
    void removed(const QString &name);

private:
    std::optional<quint16> choosePort() const;

    RuntimeSupervisor &m_supervisor;
    QList<ServerSession *> m_sessions;
};

} // namespace BitNet
