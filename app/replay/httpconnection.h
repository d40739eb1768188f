// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QHash>
#include <QObject>
#include <QTcpSocket>
#include <QTimer>

namespace BitNet::Replay {

// One request as it came.
struct HttpRequest
{
    QByteArray method = {};
    QByteArray path = {}; // without a query
    QHash<QByteArray, QByteArray> headers = {}; // names in lower case
    QByteArray body = {};
};

// One client of a small HTTP/1.1 server: reads its requests one after the other, and writes what it is given.
class HttpConnection : public QObject
{
    Q_OBJECT
public:
    // How what is written reaches the client.
    struct Delivery
    {
        int pieceBytes = 0; // in pieces of this size, each on its own; 0: as it is
    };
    HttpConnection(QTcpSocket *socket, Delivery delivery, QObject *parent);

    void respond(int status, const QByteArray &contentType, const QByteArray &body);
    // A body of unknown length, as cpp-httplib sends a stream: chunked.
    void beginStream(const QByteArray &contentType);
    void stream(const QByteArray &bytes);
    void endStream();
    // Ends it without the end that was promised.
    void breakOff();

Q_SIGNALS:
    void requested(const BitNet::Replay::HttpRequest &request);
    // The client is gone.
    void closed();

private:
    void read();
    void write(const QByteArray &bytes);
    void writePiece();

    QTcpSocket *const m_socket;
    const Delivery m_delivery;
    QByteArray m_received;
    QByteArray m_waiting; // to be written piece by piece
    QTimer m_pieceTimer;
};

} // namespace BitNet::Replay
