// SPDX-License-Identifier: MIT
#include "core/runtime/localport.h"

#include <QTest>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace BitNet;
using namespace Qt::StringLiterals;

namespace {

// Listens on a port as llama-server does: others of the same user may listen there, too, if they ask for it.
class Listener
{
public:
    Listener()
        : m_descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        const int yes = 1;
        ::setsockopt(m_descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(m_descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address);
        ::listen(m_descriptor, 1);
        socklen_t length = sizeof address;
        ::getsockname(m_descriptor, reinterpret_cast<sockaddr *>(&address), &length);
        port = ntohs(address.sin_port);
    }
    ~Listener() { ::close(m_descriptor); }
    Listener(const Listener &) = delete;
    Listener &operator=(const Listener &) = delete;

    // A client's connection, accepted and closed by the listener first.
    void serveOne()
    {
        const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::connect(client, reinterpret_cast<const sockaddr *>(&address), sizeof address);
        ::close(::accept4(m_descriptor, nullptr, nullptr, SOCK_CLOEXEC));
        ::close(client);
    }

    quint16 port = 0;

private:
    int m_descriptor;
};

} // namespace

class TestLocalPort : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void tellsTakenFromFree();
    void connectionsLeftByALlamaServerDoNotCount();
    void freePortIsFree();
    void badHosts_data();
    void badHosts();
};

void TestLocalPort::tellsTakenFromFree()
{
    quint16 port = 0;
    {
        const Listener listener;
        port = listener.port;
        QVERIFY(port != 0);
        QCOMPARE(portState(u"127.0.0.1"_s, port), PortState::Taken);
        QCOMPARE(portState(u"localhost"_s, port), PortState::Taken);
        QCOMPARE(portState(u"0.0.0.0"_s, port), PortState::Taken);
        QVERIFY(freePort() != port);
    }
    QCOMPARE(portState(u"127.0.0.1"_s, port), PortState::Free);
}

void TestLocalPort::connectionsLeftByALlamaServerDoNotCount()
{
    quint16 port = 0;
    {
        Listener listener;
        port = listener.port;
        listener.serveOne();
        QCOMPARE(portState(u"127.0.0.1"_s, port), PortState::Taken);
    }
    QCOMPARE(portState(u"127.0.0.1"_s, port), PortState::Free);
}

void TestLocalPort::freePortIsFree()
{
    const auto port = freePort();
    QVERIFY(port);
    QCOMPARE(portState(u"127.0.0.1"_s, *port), PortState::Free);
    // It was let go again.
    QCOMPARE(portState(u"127.0.0.1"_s, *port), PortState::Free);
}

void TestLocalPort::badHosts_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<PortState>("expected");

    QTest::newRow("another machine's") << u"203.0.113.7"_s << PortState::NoSuchAddress;
    QTest::newRow("a name is not looked up") << u"example.org"_s << PortState::Unknown;
    QTest::newRow("no address") << u"1.2.3"_s << PortState::NoSuchAddress; // read as 1.2.0.3
    QTest::newRow("words") << u"not an address"_s << PortState::Unknown;
}

void TestLocalPort::badHosts()
{
    QFETCH(QString, host);
    QTEST(portState(host, 8123), "expected");
    QVERIFY(!freePort(host));
}

QTEST_GUILESS_MAIN(TestLocalPort)
#include "tst_localport.moc"
