// SPDX-License-Identifier: MIT
#pragma once

#include "core/serving/remoteserver.h"
#include "core/serving/serverregistry.h"

#include <QObject>

namespace BitNet {

class ServerSession;

// Whom a chat talks to: a server of its own, or one that somebody else runs.
class ChatServer : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    ~ChatServer() override;

    // ready() or failed() follows, told() before it.
    virtual void start() = 0;
    // As ServerSession::submitChat().
    virtual JobId ask(const ChatRequest &request, const JobSpec &about, QString *error) = 0;
    // gone() follows, from the event loop; also when it had failed.
    virtual void stop() = 0;
    // While it stops: without its grace.
    virtual void kill() { }
    // Its name and what else a person may want to know of it.
    virtual QString description() const = 0;

Q_SIGNALS:
    // A state that is worth a note.
    void told(const QString &sentence);
    void ready();
    // It could not be reached or started, or ended unasked. isSettings: for what it was told.
    void failed(const QString &reason, bool isSettings);
    void gone();
};

class OwnChatServer : public ChatServer
{
    Q_OBJECT
public:
    OwnChatServer(RuntimeSupervisor &supervisor, const ServerSettings &settings, QObject *parent = nullptr);

    void start() override;
    JobId ask(const ChatRequest &request, const JobSpec &about, QString *error) override;
    void stop() override;
    void kill() override;
    QString description() const override;

private:
    void onChanged(const ServerSnapshot &snapshot);
    void tellThatItIsGone();

    RuntimeSupervisor &m_supervisor;
    const ServerSettings m_settings;
    ServerRegistry m_servers;
    ServerSession *m_session = nullptr; // the registry's
    ServerSnapshot m_last;
    bool m_stopping = false;
};

class RemoteChatServer : public ChatServer
{
    Q_OBJECT
public:
    RemoteChatServer(RuntimeSupervisor &supervisor, const ServerEndpoint &endpoint, QObject *parent = nullptr);

    void start() override;
    JobId ask(const ChatRequest &request, const JobSpec &about, QString *error) override;
    void stop() override;
    QString description() const override;

private:
    RemoteServer m_server;
};

} // namespace BitNet
