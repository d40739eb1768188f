// SPDX-License-Identifier: MIT
// What ChatStream measures of an answer, with a server that writes when it is told to.
#include "core/serving/chatclient.h"

#include <QSet>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QtTest>

using namespace BitNet;
using namespace Qt::StringLiterals;

static constexpr int patience = 30'000;
static constexpr int pieces = 12;

class TestChatStream : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void measuresTokensThatComeApart();
    void measuresNothingOfTokensThatComeAtOnce();

private:
    static QByteArray piece(int number)
    {
        return "data: {\"choices\":[{\"finish_reason\":null,\"index\":0,\"delta\":{\"content\":\"w"
            + QByteArray::number(number) + " \"}}]}\n\n";
    }
    static QByteArray end()
    {
        return "data: {\"choices\":[{\"finish_reason\":\"stop\",\"index\":0,\"delta\":{}}],\"usage\":"
               "{\"completion_tokens\":12,\"prompt_tokens\":3,\"total_tokens\":15}}\n\ndata: [DONE]\n\n";
    }
    // Takes the request; its socket, with the head of an answer written.
    static QTcpSocket *answerOf(QTcpServer &server)
    {
        if (!QTest::qWaitFor([&] { return server.hasPendingConnections(); }, patience))
            return nullptr;
        QTcpSocket *socket = server.nextPendingConnection();
        if (!QTest::qWaitFor([&] { return socket->peek(65536).contains("\r\n\r\n{"); }, patience))
            return nullptr;
        return socket;
    }
    static QByteArray head()
    {
        return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    }
};

void TestChatStream::measuresTokensThatComeApart()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    ChatClient client({.url = QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()))});
    ChatStream *stream = client.send(ChatRequest{.messages = {{u"user"_s, u"Hello"_s}}});
    QSignalSpy received(stream, &ChatStream::received);
    std::optional<ChatEnding> ending;
    connect(stream, &ChatStream::finished, this, [&ending](const ChatEnding &how) { ending = how; });
    QTcpSocket *socket = answerOf(server);
    QVERIFY(socket);
    socket->write(head());
    for (int i = 0; i < pieces; ++i) {
        socket->write(piece(i));
        QTRY_COMPARE_WITH_TIMEOUT(received.size(), i + 1, patience); // the next one is written when this one is here
    }
    socket->write(end());
    socket->disconnectFromHost();
    QTRY_VERIFY_WITH_TIMEOUT(ending, patience);
    QCOMPARE(ending->kind, ChatEnding::Kind::Complete);
    QCOMPARE(ending->timings.outputTokens, std::optional<qint64>(pieces));
    const auto first = received.constFirst()[1].value<Instant>().monotonic;
    const auto last = received.constLast()[1].value<Instant>().monotonic;
    const std::chrono::duration<double, std::milli> decode = last - first;
    QCOMPARE(ending->timings.decodeMs, std::optional(decode.count()));
    QCOMPARE(ending->timings.decodeTps, std::optional((pieces - 1) * 1000 / decode.count()));
}

// How fast they are read has nothing to do with how fast they were generated.
void TestChatStream::measuresNothingOfTokensThatComeAtOnce()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    ChatClient client({.url = QUrl(u"http://127.0.0.1:%1"_s.arg(server.serverPort()))});
    ChatStream *stream = client.send(ChatRequest{.messages = {{u"user"_s, u"Hello"_s}}});
    QSignalSpy received(stream, &ChatStream::received);
    std::optional<ChatEnding> ending;
    connect(stream, &ChatStream::finished, this, [&ending](const ChatEnding &how) { ending = how; });
    QTcpSocket *socket = answerOf(server);
    QVERIFY(socket);
    QByteArray all = head();
    for (int i = 0; i < pieces; ++i)
        all += piece(i);
    socket->write(all + end());
    socket->disconnectFromHost();
    QTRY_VERIFY_WITH_TIMEOUT(ending, patience);
    QCOMPARE(ending->kind, ChatEnding::Kind::Complete);
    QCOMPARE(received.size(), pieces);
    QCOMPARE(ending->timings.outputTokens, std::optional<qint64>(pieces));
    QVERIFY(ending->firstToken);
    QCOMPARE(ending->timings.decodeMs, std::optional<double>());
    QCOMPARE(ending->timings.decodeTps, std::optional<double>());
}

QTEST_GUILESS_MAIN(TestChatStream)
#include "tst_chatstream.moc"
