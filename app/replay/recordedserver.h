// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/httpconnection.h"

#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QStringList>
#include <QTcpServer>

#include <chrono>
#include <memory>
#include <optional>

namespace BitNet::Replay {

// Answers as a recorded llama-server: its addresses, its words, the form of its frames. The text of an answer is a recorded
// one, in its recorded time; the counts beside it are those of what is sent here (words of the prompt, pieces of the answer).
class RecordedServer : public QObject
{
    Q_OBJECT
public:
    enum class Dialect {
        Bitnet, // no timings in a chat, "stopped_eos", one slot state a number
        LlamaCpp,
    };
    struct Piece
    {
        std::chrono::microseconds delay = {}; // after the one before it
        QString text = {};
    };
    // What a server of the tests does wrong. None by default.
    struct Faults
    {
        std::optional<int> dieAt = std::nullopt; // after so many pieces, in the middle of a frame
        std::optional<int> stallAt = std::nullopt; // says nothing more after so many pieces
        std::optional<int> errorAt = std::nullopt; // an "error:" frame after so many pieces
        std::optional<int> refuse = std::nullopt; // every answer is this status
        QByteArray refusal = {}; // with this message
        bool noDone = false; // the stream ends without [DONE]
        bool carriageReturns = false; // CRLF ends lines, and comments come between frames
        int pieceBytes = 0; // what is sent is cut into pieces of this size
    };
    struct Setup
    {
        Dialect dialect = Dialect::LlamaCpp;
        QString host = QStringLiteral("127.0.0.1");
        quint16 port = 8080;
        QByteArray apiKey = {};
        QString model = {};
        int contextSize = 2048;
        int slotCount = 1;
        bool showsSlots = false;
        bool showsMetrics = false;
        QList<Piece> answer = {};
        std::chrono::milliseconds loading = {};
        Faults faults = {};
    };
    explicit RecordedServer(Setup setup, QObject *parent = nullptr);
    ~RecordedServer() override;

    // False when the address (of IPv4) can't be listened on.
    bool listen();
    quint16 port() const { return m_server.serverPort(); }
    bool isListening() const { return m_server.isListening(); }

Q_SIGNALS:
    void loaded();
    // A request was answered, for the log: "GET /health 127.0.0.1 200".
    void answered(const QString &line);
    // A fault that ends the process.
    void died();

private:
    struct Answer;

    void onConnection();
    void onRequest(HttpConnection *connection, const HttpRequest &request);
    void respond(HttpConnection *connection, const HttpRequest &request, int status, const QByteArray &type,
                 const QByteArray &body);
    void respondError(HttpConnection *connection, const HttpRequest &request, int status, const char *type,
                      const QByteArray &message);
    void onPost(HttpConnection *connection, const HttpRequest &request);
    void startWaiting();
    void sendNext(const std::shared_ptr<Answer> &answer);
    void finish(const std::shared_ptr<Answer> &answer);
    void leave(const std::shared_ptr<Answer> &answer);
    QByteArray frame(const QJsonObject &object) const;
    QJsonObject pieceObject(const Answer &answer, const QString &text) const;
    QJsonObject lastObject(const Answer &answer) const;
    QJsonObject timingsOf(const Answer &answer) const;
    QJsonObject properties() const;
    QByteArray serverSlots() const;
    QByteArray metrics() const;

    const Setup m_setup;
    QTcpServer m_server;
    bool m_loaded = false;
    QList<std::shared_ptr<Answer>> m_running;
    QList<std::shared_ptr<Answer>> m_waiting;
    qint64 m_promptTokens = 0;
    qint64 m_predictedTokens = 0;
};

} // namespace BitNet::Replay
