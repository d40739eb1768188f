// SPDX-License-Identifier: MIT
#pragma once

#include "core/serving/chatclient.h"
#include "core/serving/chatrequest.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QObject>
#include <QTimer>

namespace BitNet {

class JobRelay;

// A llama-server that somebody else runs: whether it answers, and requests to it, which are jobs in a lane of its own, one at
// a time. Lives in the thread that made it, which needs an event loop.
class RemoteServer : public QObject
{
    Q_OBJECT
public:
    // The supervisor must outlive it, and has no other server at this address.
    RemoteServer(RuntimeSupervisor &supervisor, const ServerEndpoint &endpoint, QObject *parent = nullptr);
    // Requests that are being answered, or wait, fail.
    ~RemoteServer() override;

    // "127.0.0.1:8081": that of the lane.
    QString name() const { return m_name; }

    // Asks whether it is there and takes the key; ready() or failed() follows. While it loads its model it is asked again.
    void check();

    // As ServerSession::submitChat(). When nobody listens the request is sent a few times more, and then fails.
    JobId submitChat(const ChatRequest &request, const JobSpec &about, QString *error = nullptr);

Q_SIGNALS:
    // It is there and loads its model. At most once a check().
    void loading();
    void ready();
    // Why it is of no use, in a sentence.
    void failed(const QString &reason);

private:
    void askHealth();
    void askProperties();
    bool refusesKey(const ChatClient::Answer &answer);

    RuntimeSupervisor &m_supervisor;
    const QString m_name;
    ChatClient m_client;
    JobRelay *m_relay = nullptr; // a child
    QTimer m_healthTimer;
    bool m_toldLoading = false;
};

} // namespace BitNet
