// SPDX-License-Identifier: MIT
#include "app/replay/recordedserver.h"

#include <QElapsedTimer>
#include <QHostAddress>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace BitNet::Replay {

// A request that is answered, or waits for a slot.
struct RecordedServer::Answer
{
    QPointer<HttpConnection> connection = {};
    HttpRequest request = {};
    bool isChat = true;
    bool isStream = true;
    bool timingsPerToken = false;
    int wanted = 0; // pieces at most
    int promptTokens = 0;
    int sent = 0;
    QString text = {};
    QElapsedTimer since = {};
    qint64 firstNs = 0;
    qint64 lastNs = 0;
};

static constexpr int backlog = 16;

static QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

static int wordsOf(const QString &text)
{
    return int(text.simplified().split(u' ', Qt::SkipEmptyParts).size());
}

RecordedServer::RecordedServer(Setup setup, QObject *parent)
    : QObject(parent)
    , m_setup(std::move(setup))
{
    connect(&m_server, &QTcpServer::newConnection, this, &RecordedServer::onConnection);
}

RecordedServer::~RecordedServer() = default;

bool RecordedServer::listen()
{
    // As llama-server does it: the port may be shared, also with the connections that another one has left.
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int yes = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(m_setup.port);
    address.sin_addr.s_addr = htonl(QHostAddress(m_setup.host).toIPv4Address());
    if (::bind(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0
        || ::listen(descriptor, backlog) != 0 || !m_server.setSocketDescriptor(descriptor)) {
        ::close(descriptor);
        return false;
    }
    QTimer::singleShot(m_setup.loading, this, [this] {
        m_loaded = true;
        Q_EMIT loaded();
    });
    return true;
}

void RecordedServer::onConnection()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        auto *connection =
            new HttpConnection(socket, HttpConnection::Delivery{.pieceBytes = m_setup.faults.pieceBytes}, this);
        connect(connection, &HttpConnection::requested, this,
                [this, connection](const HttpRequest &request) { onRequest(connection, request); });
        connect(connection, &HttpConnection::closed, this, [this, connection] {
            for (const auto &answer : QList<std::shared_ptr<Answer>>(m_running + m_waiting)) {
                if (answer->connection == connection)
                    leave(answer);
            }
            connection->deleteLater();
        });
    }
}

void RecordedServer::respond(HttpConnection *connection, const HttpRequest &request, int status, const QByteArray &type,
                             const QByteArray &body)
{
    connection->respond(status, type, body);
    Q_EMIT answered(
        u"%1 %2 127.0.0.1 %3"_s.arg(QString::fromUtf8(request.method), QString::fromUtf8(request.path)).arg(status));
}

void RecordedServer::respondError(HttpConnection *connection, const HttpRequest &request, int status, const char *type,
                                  const QByteArray &message)
{
    const QJsonObject error{
        {u"code"_s, status}, {u"message"_s, QString::fromUtf8(message)}, {u"type"_s, QString::fromLatin1(type)}};
    respond(connection, request, status, "application/json; charset=utf-8", compact({{u"error"_s, error}}));
}

void RecordedServer::onRequest(HttpConnection *connection, const HttpRequest &request)
{
    const auto json = [&](const QByteArray &body) {
        respond(connection, request, 200, "application/json; charset=utf-8", body);
    };
    const bool isPublic = request.path == "/health" || request.path == "/v1/models";
    if (!m_setup.apiKey.isEmpty() && !isPublic
        && request.headers.value("authorization") != "Bearer " + m_setup.apiKey) {
        respondError(connection, request, 401, "authentication_error", "Invalid API Key");
    } else if (!m_loaded) {
        respondError(connection, request, 503, "unavailable_error", "Loading model");
    } else if (request.method == "POST" && (request.path == "/v1/chat/completions" || request.path == "/completion")) {
        onPost(connection, request);
    } else if (request.path == "/health") {
        json(R"({"status":"ok"})");
    } else if (request.path == "/props") {
        json(compact(properties()));
    } else if (request.path == "/slots" && m_setup.showsSlots) {
        json(serverSlots());
    } else if (request.path == "/metrics" && m_setup.showsMetrics) {
        respond(connection, request, 200, "text/plain; version=0.0.4", metrics());
    } else {
        respondError(connection, request, 404, "not_found_error", "File Not Found");
    }
}

void RecordedServer::onPost(HttpConnection *connection, const HttpRequest &request)
{
    if (m_setup.faults.refuse) {
        respondError(connection, request, *m_setup.faults.refuse, "server_error", m_setup.faults.refusal);
        return;
    }
    const QJsonDocument document = QJsonDocument::fromJson(request.body);
    if (!document.isObject()) {
        respondError(connection, request, 500, "server_error",
                     "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing "
                     "object key - unexpected end of input; expected string literal");
        return;
    }
    const QJsonObject body = document.object();
    const auto answer = std::make_shared<Answer>();
    answer->connection = connection;
    answer->request = request;
    answer->isChat = request.path == "/v1/chat/completions";
    answer->isStream = body.value("stream"_L1).toBool();
    answer->timingsPerToken = body.value("timings_per_token"_L1).toBool() && m_setup.dialect == Dialect::LlamaCpp;
    answer->wanted = body.value("n_predict"_L1).toInt(body.value("max_tokens"_L1).toInt(-1));
    answer->promptTokens = wordsOf(body.value("prompt"_L1).toString());
    const QJsonArray messages = body.value("messages"_L1).toArray();
    for (const QJsonValue &message : messages)
        answer->promptTokens += wordsOf(message["content"_L1].toString());
    m_waiting.append(answer);
    startWaiting();
}

void RecordedServer::startWaiting()
{
    while (!m_waiting.isEmpty() && m_running.size() < m_setup.slotCount) {
        const std::shared_ptr<Answer> answer = m_waiting.takeFirst();
        m_running.append(answer);
        answer->since.start();
        if (answer->isStream)
            answer->connection->beginStream("text/event-stream");
        sendNext(answer);
    }
}

void RecordedServer::sendNext(const std::shared_ptr<Answer> &answer)
{
    const Faults &faults = m_setup.faults;
    if (faults.stallAt == answer->sent)
        return;
    const bool isLimited = answer->wanted >= 0 && answer->sent >= answer->wanted;
    if (answer->sent >= m_setup.answer.size() || isLimited) {
        finish(answer);
        return;
    }
    const Piece &piece = m_setup.answer[answer->sent];
    QTimer::singleShot(
        std::chrono::ceil<std::chrono::milliseconds>(piece.delay), Qt::PreciseTimer, this,
        [this, answer, text = piece.text] {
            if (!m_running.contains(answer))
                return;
            const QByteArray next = frame(pieceObject(*answer, text));
            if (m_setup.faults.dieAt == answer->sent) {
                answer->connection->stream(next.first(next.size() / 2));
                Q_EMIT died();
                return;
            }
            if (m_setup.faults.errorAt == answer->sent) {
                answer->connection->stream(
                    "error: {\"code\":500,\"message\":\"the slot is lost\",\"type\":\"server_error\"}\n\n");
                answer->connection->endStream();
                leave(answer);
                return;
            }
            answer->lastNs = answer->since.nsecsElapsed();
            if (answer->sent++ == 0)
                answer->firstNs = answer->lastNs;
            answer->text += text;
            if (answer->isStream)
                answer->connection->stream(frame(pieceObject(*answer, text)));
            sendNext(answer);
        });
}

void RecordedServer::finish(const std::shared_ptr<Answer> &answer)
{
    m_promptTokens += answer->promptTokens;
    m_predictedTokens += answer->sent;
    if (answer->isStream) {
        answer->connection->stream(frame(lastObject(*answer)));
        // The older server sends it at the end of chats only.
        if (!m_setup.faults.noDone && (answer->isChat || m_setup.dialect == Dialect::LlamaCpp))
            answer->connection->stream(m_setup.faults.carriageReturns ? "data: [DONE]\r\n\r\n" : "data: [DONE]\n\n");
        answer->connection->endStream();
        Q_EMIT answered(u"POST %1 127.0.0.1 200"_s.arg(QString::fromUtf8(answer->request.path)));
    } else {
        QJsonObject whole = lastObject(*answer);
        if (answer->isChat) {
            const QJsonObject message{{u"role"_s, u"assistant"_s}, {u"content"_s, answer->text}};
            whole.insert(u"choices"_s,
                         QJsonArray{QJsonObject{{u"finish_reason"_s, whole["choices"_L1][0]["finish_reason"_L1]},
                                                {u"index"_s, 0},
                                                {u"message"_s, message}}});
        } else {
            whole.insert(u"content"_s, answer->text);
        }
        respond(answer->connection, answer->request, 200, "application/json; charset=utf-8", compact(whole));
    }
    leave(answer);
}

void RecordedServer::leave(const std::shared_ptr<Answer> &answer)
{
    m_running.removeOne(answer);
    m_waiting.removeOne(answer);
    startWaiting();
}

QByteArray RecordedServer::frame(const QJsonObject &object) const
{
    if (m_setup.faults.carriageReturns)
        return ": a comment\r\ndata: " + compact(object) + "\r\n\r\n";
    return "data: " + compact(object) + "\n\n";
}

QJsonObject RecordedServer::timingsOf(const Answer &answer) const
{
    const double promptMs = double(answer.firstNs) / 1e6;
    const double predictedMs = double(answer.lastNs - answer.firstNs) / 1e6;
    const auto rate = [](int count, double ms) { return ms > 0 ? QJsonValue(count * 1000 / ms) : QJsonValue(); };
    const auto share = [](int count, double ms) { return count > 0 ? QJsonValue(ms / count) : QJsonValue(); };
    return {{u"prompt_n"_s, answer.promptTokens},
            {u"prompt_ms"_s, promptMs},
            {u"prompt_per_token_ms"_s, share(answer.promptTokens, promptMs)},
            {u"prompt_per_second"_s, rate(answer.promptTokens, promptMs)},
            {u"predicted_n"_s, answer.sent},
            {u"predicted_ms"_s, predictedMs},
            {u"predicted_per_token_ms"_s, share(answer.sent, predictedMs)},
            {u"predicted_per_second"_s, rate(answer.sent, predictedMs)}};
}

QJsonObject RecordedServer::pieceObject(const Answer &answer, const QString &text) const
{
    QJsonObject object;
    if (answer.isChat) {
        object = {{u"choices"_s,
                   QJsonArray{QJsonObject{{u"finish_reason"_s, QJsonValue()},
                                          {u"index"_s, 0},
                                          {u"delta"_s, QJsonObject{{u"content"_s, text}}}}}},
                  {u"model"_s, u"gpt-3.5-turbo"_s},
                  {u"object"_s, u"chat.completion.chunk"_s}};
    } else if (m_setup.dialect == Dialect::LlamaCpp) {
        object = {{u"index"_s, 0},
                  {u"content"_s, text},
                  {u"tokens"_s, QJsonArray()},
                  {u"stop"_s, false},
                  {u"id_slot"_s, -1},
                  {u"tokens_predicted"_s, answer.sent},
                  {u"tokens_evaluated"_s, answer.promptTokens}};
    } else {
        object = {
            {u"content"_s, text}, {u"stop"_s, false}, {u"id_slot"_s, 0}, {u"multimodal"_s, false}, {u"index"_s, 0}};
    }
    if (answer.timingsPerToken)
        object.insert(u"timings"_s, timingsOf(answer));
    return object;
}

QJsonObject RecordedServer::lastObject(const Answer &answer) const
{
    const bool isLimited = answer.wanted >= 0 && answer.sent >= answer.wanted;
    QJsonObject object;
    if (answer.isChat) {
        object = {{u"choices"_s,
                   QJsonArray{QJsonObject{{u"finish_reason"_s, isLimited ? u"length"_s : u"stop"_s},
                                          {u"index"_s, 0},
                                          {u"delta"_s, QJsonObject()}}}},
                  {u"model"_s, u"gpt-3.5-turbo"_s},
                  {u"object"_s, u"chat.completion.chunk"_s},
                  {u"usage"_s,
                   QJsonObject{{u"completion_tokens"_s, answer.sent},
                               {u"prompt_tokens"_s, answer.promptTokens},
                               {u"total_tokens"_s, answer.sent + answer.promptTokens}}}};
        if (m_setup.dialect == Dialect::LlamaCpp)
            object.insert(u"timings"_s, timingsOf(answer));
        return object;
    }
    object = {{u"content"_s, QString()},
              {u"id_slot"_s, 0},
              {u"stop"_s, true},
              {u"tokens_predicted"_s, answer.sent},
              {u"tokens_evaluated"_s, answer.promptTokens},
              {u"truncated"_s, false},
              {u"stopping_word"_s, QString()},
              {u"timings"_s, timingsOf(answer)}};
    if (m_setup.dialect == Dialect::LlamaCpp) {
        object.insert(u"stop_type"_s, isLimited ? u"limit"_s : u"eos"_s);
    } else {
        object.insert(u"stopped_eos"_s, !isLimited);
        object.insert(u"stopped_word"_s, false);
        object.insert(u"stopped_limit"_s, isLimited);
    }
    return object;
}

QJsonObject RecordedServer::properties() const
{
    // The template of the recorded model, as the older server sends it with a NUL.
    QString chatTemplate =
        u"{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + "
        "'<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ "
        "'<|im_start|>assistant\\n' }}{% endif %}"_s;
    if (m_setup.dialect == Dialect::Bitnet)
        chatTemplate += u'\0';
    return {{u"default_generation_settings"_s,
             QJsonObject{{u"n_ctx"_s, m_setup.contextSize / m_setup.slotCount}, {u"temperature"_s, 0.8}}},
            {u"total_slots"_s, m_setup.slotCount},
            {u"model_path"_s, m_setup.model},
            {u"chat_template"_s, chatTemplate}};
}

QByteArray RecordedServer::serverSlots() const
{
    QJsonArray all;
    for (int id = 0; id < m_setup.slotCount; ++id) {
        const bool isBusy = id < m_running.size();
        QJsonObject slot{{u"id"_s, id}, {u"n_ctx"_s, m_setup.contextSize / m_setup.slotCount}};
        if (m_setup.dialect == Dialect::LlamaCpp)
            slot.insert(u"is_processing"_s, isBusy);
        else
            slot.insert(u"state"_s, isBusy ? 1 : 0);
        all.append(slot);
    }
    return QJsonDocument(all).toJson(QJsonDocument::Compact);
}

QByteArray RecordedServer::metrics() const
{
    const auto line = [](const char *name, const char *kind, qint64 value) -> QByteArray {
        return QByteArray("# TYPE llamacpp:") + name + ' ' + kind + "\nllamacpp:" + name + ' '
            + QByteArray::number(value) + '\n';
    };
    return line("prompt_tokens_total", "counter", m_promptTokens)
        + line("tokens_predicted_total", "counter", m_predictedTokens)
        + line("requests_processing", "gauge", m_running.size()) + line("requests_deferred", "gauge", m_waiting.size());
}

} // namespace BitNet::Replay
