// SPDX-License-Identifier: MIT
#include "core/serving/chatclient.h"

#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>

#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

ChatClient::ChatClient(ServerEndpoint endpoint, QObject *parent)
    : QObject(parent)
    , m_endpoint(std::move(endpoint))
{
    m_network.setProxy(QNetworkProxy::NoProxy);
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
    m_network.setAutoDeleteReplies(false);
}

// Streams go before the network that their replies belong to.
ChatClient::~ChatClient()
{
    qDeleteAll(findChildren<ChatStream *>(QString(), Qt::FindDirectChildrenOnly));
}

QNetworkRequest ChatClient::request(const QString &path) const
{
    QUrl url = m_endpoint.url;
    QString base = url.path();
    while (base.endsWith(u'/'))
        base.chop(1);
    url.setPath(base + path);
    QNetworkRequest request(url);
    if (!m_endpoint.apiKey.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + m_endpoint.apiKey);
    // A compressed stream would come in blocks.
    request.setRawHeader("Accept-Encoding", "identity");
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    return request;
}

ChatStream *ChatClient::send(const ChatRequest &chat, const ChatLimits &limits)
{
    return send(requestPath(chat), requestBody(chat), limits, !chat.stopWords.isEmpty());
}

ChatStream *ChatClient::send(const QString &path, const QByteArray &body, const ChatLimits &limits, bool stopWordsAsked)
{
    QNetworkRequest post = request(path);
    post.setHeader(QNetworkRequest::ContentTypeHeader, "application/json"_ba);
    post.setRawHeader("Accept", "text/event-stream");
    return new ChatStream(m_network.post(post, body), limits, stopWordsAsked, this);
}

void ChatClient::get(const QString &path, QObject *context, const Receiver &receiver, std::chrono::milliseconds limit)
{
    QNetworkRequest question = request(path);
    question.setTransferTimeout(int(limit.count()));
    QNetworkReply *reply = m_network.get(question);
    connect(reply, &QNetworkReply::finished, reply, &QObject::deleteLater);
    connect(reply, &QNetworkReply::finished, context, [reply, receiver] {
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        receiver({.status = status, .body = status == 0 ? reply->errorString().toUtf8() : reply->readAll()});
    });
}

} // namespace BitNet
