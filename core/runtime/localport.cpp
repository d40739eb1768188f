// SPDX-License-Identifier: MIT
#include "core/runtime/localport.h"

#include <QByteArray>
#include <QFile>
#include <QList>

#include <cerrno>
#include <memory>

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

struct Bound
{
    int error = 0; // errno; -1 when the host is no address
    quint16 port = 0;
};

using Address = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

// Null when the host is no address.
Address addressOf(const QString &host, quint16 port)
{
    const QByteArray node = host == "localhost"_L1 ? QByteArrayLiteral("127.0.0.1") : host.toUtf8();
    const QByteArray service = QByteArray::number(port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    addrinfo *first = nullptr;
    if (::getaddrinfo(node.constData(), service.constData(), &hints, &first) != 0)
        return {nullptr, ::freeaddrinfo};
    return {first, ::freeaddrinfo};
}

enum class Sharing {
    None,
    AsLlamaServer, // SO_REUSEPORT
};

Bound tryToBind(const QString &host, quint16 port, Sharing sharing = Sharing::None)
{
    const Address address = addressOf(host, port);
    if (!address)
        return {.error = -1};
    const int descriptor = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return {.error = errno};
    // Connections that are still being taken down do not count.
    const int yes = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (sharing == Sharing::AsLlamaServer)
        ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
    Bound bound;
    // Sharing the port for the moment, it must not be given a connection.
    if (::bind(descriptor, address->ai_addr, address->ai_addrlen) != 0
        || (sharing == Sharing::None && ::listen(descriptor, 1) != 0)) {
        bound.error = errno;
    } else {
        sockaddr_storage chosen{};
        socklen_t length = sizeof chosen;
        ::getsockname(descriptor, reinterpret_cast<sockaddr *>(&chosen), &length);
        bound.port = ntohs(chosen.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6 *>(&chosen)->sin6_port
                                                        : reinterpret_cast<const sockaddr_in *>(&chosen)->sin_port);
    }
    ::close(descriptor);
    return bound;
}

// By anybody, on any address of this machine. Asking by a connection would not be answered at once.
bool isListenedOn(quint16 port)
{
    const QByteArray local = ':' + QByteArray::number(port, 16).rightJustified(4, '0').toUpper();
    for (const char *table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        QFile file(QString::fromLatin1(table));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        // "  sl  local_address rem_address   st ...": 0A is LISTEN, see proc(5).
        const QList<QByteArray> lines = file.readAll().split('\n');
        for (const QByteArray &line : lines) {
            const QList<QByteArray> fields = line.simplified().split(' ');
            if (fields.size() > 3 && fields[1].endsWith(local) && fields[3] == "0A")
                return true;
        }
    }
    return false;
}

// Connections of a llama-server that has gone keep its port for a minute from all but another llama-server: as it was, so are
// they marked as shared and not as reusable.
bool isLeftByLlamaServer(const QString &host, quint16 port)
{
    return tryToBind(host, port, Sharing::AsLlamaServer).error == 0 && !isListenedOn(port);
}

} // namespace

PortState portState(const QString &host, quint16 port)
{
    switch (tryToBind(host, port).error) {
    case 0:
        return PortState::Free;
    case EADDRINUSE:
        return isLeftByLlamaServer(host, port) ? PortState::Free : PortState::Taken;
    case EADDRNOTAVAIL:
        return PortState::NoSuchAddress;
    case EACCES:
        return PortState::NotPermitted;
    default:
        return PortState::Unknown;
    }
}

std::optional<quint16> freePort(const QString &host)
{
    const Bound bound = tryToBind(host, 0);
    return bound.error == 0 && bound.port != 0 ? std::optional(bound.port) : std::nullopt;
}

} // namespace BitNet
