// SPDX-License-Identifier: MIT
#include "app/replay/httpconnection.h"

#include <utility>

namespace BitNet::Replay {

static QByteArray phraseOf(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 404:
        return "Not Found";
    case 503:
        return "Service Unavailable";
    default:
        return "Internal Server Error";
    }
}

HttpConnection::HttpConnection(QTcpSocket *socket, Delivery delivery, QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_delivery(delivery)
{
    m_socket->setParent(this);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(m_socket, &QTcpSocket::readyRead, this, &HttpConnection::read);
    connect(m_socket, &QTcpSocket::disconnected, this, &HttpConnection::closed);
    m_pieceTimer.setInterval(0);
    connect(&m_pieceTimer, &QTimer::timeout, this, &HttpConnection::writePiece);
}

void HttpConnection::read()
{
    m_received += m_socket->readAll();
    const qsizetype headEnd = m_received.indexOf("\r\n\r\n");
    if (headEnd < 0)
        return;
    HttpRequest request;
    const QList<QByteArray> lines = m_received.first(headEnd).split('\n');
    const QList<QByteArray> words = lines.constFirst().trimmed().split(' ');
    request.method = words.value(0);
    request.path = words.value(1).split('?').value(0);
    for (const QByteArray &line : lines.sliced(1)) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0)
            request.headers.insert(line.first(colon).trimmed().toLower(), line.sliced(colon + 1).trimmed());
    }
    const qsizetype length = request.headers.value("content-length").toLongLong();
    if (m_received.size() < headEnd + 4 + length)
        return;
    request.body = m_received.sliced(headEnd + 4, length);
    m_received.remove(0, headEnd + 4 + length);
    Q_EMIT requested(request);
}

void HttpConnection::respond(int status, const QByteArray &contentType, const QByteArray &body)
{
    write("HTTP/1.1 " + QByteArray::number(status) + ' ' + phraseOf(status) + "\r\nServer: llama.cpp\r\nContent-Type: "
          + contentType + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
}

void HttpConnection::beginStream(const QByteArray &contentType)
{
    write("HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nContent-Type: " + contentType
          + "\r\nTransfer-Encoding: chunked\r\n\r\n");
}

void HttpConnection::stream(const QByteArray &bytes)
{
    if (!bytes.isEmpty())
        write(QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n");
}

void HttpConnection::endStream()
{
    write("0\r\n\r\n");
}

void HttpConnection::breakOff()
{
    m_socket->flush();
    m_socket->abort();
}

void HttpConnection::write(const QByteArray &bytes)
{
    if (m_delivery.pieceBytes == 0) {
        m_socket->write(bytes);
        return;
    }
    m_waiting += bytes;
    if (!m_pieceTimer.isActive())
        m_pieceTimer.start();
}

void HttpConnection::writePiece()
{
    m_socket->write(m_waiting.first(qMin<qsizetype>(m_delivery.pieceBytes, m_waiting.size())));
    m_socket->flush();
    m_waiting.remove(0, m_delivery.pieceBytes);
    if (m_waiting.isEmpty())
        m_pieceTimer.stop();
}

} // namespace BitNet::Replay
