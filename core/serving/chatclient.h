// SPDX-License-Identifier: MIT
#pragma once

#include "core/serving/chatrequest.h"
#include "core/serving/chatstream.h"
#include "core/serving/serverendpoint.h"

#include <QNetworkAccessManager>
#include <QObject>

#include <chrono>
#include <functional>

namespace BitNet {

// Talks to one llama-server, without any proxy. Lives in one thread, which needs an event loop.
class ChatClient : public QObject
{
    Q_OBJECT
public:
    explicit ChatClient(ServerEndpoint endpoint, QObject *parent = nullptr);
    ~ChatClient() override;

    const ServerEndpoint &endpoint() const { return m_endpoint; }

    // Sends a request that validate() accepts. The stream is a child of this client; delete it when it is finished.
    ChatStream *send(const ChatRequest &request, const ChatLimits &limits = {});
    // The same for a request that is put into words already: see requestPath() and requestBody().
    ChatStream *send(const QString &path, const QByteArray &body, const ChatLimits &limits = {},
                     bool stopWordsAsked = false);

    // What a GET brought. status 0: no answer came, body is why, in words.
    struct Answer
    {
        int status = 0;
        QByteArray body = {};
    };
    using Receiver = std::function<void(const Answer &)>;
    // Asks "/health", "/props", "/slots", "/metrics", … and tells the receiver, unless it is gone by then.
    void get(const QString &path, QObject *context, const Receiver &receiver,
             std::chrono::milliseconds limit = std::chrono::seconds(10));

private:
    QNetworkRequest request(const QString &path) const;

    const ServerEndpoint m_endpoint;
    QNetworkAccessManager m_network;
};

} // namespace BitNet
