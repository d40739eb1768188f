// SPDX-License-Identifier: MIT
#include "core/runtime/localport.h"

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

Bound tryToBind(const QString &host, quint16 port)
{
    const QByteArray node = host == "localhost"_L1 ? QByteArrayLiteral("127.0.0.1") : host.toUtf8();
    const QByteArray service = QByteArray::number(port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
    addrinfo *first = nullptr;
    if (::getaddrinfo(node.constData(), service.constData(), &hints, &first) != 0)
        return {.error = -1};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> address(first, ::freeaddrinfo);

    const int descriptor = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return {.error = errno};
    // Connections that are still being taken down do not count.
    const int yes = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    Bound bound;
    if (::bind(descriptor, address->ai_addr, address->ai_addrlen) != 0 || ::listen(descriptor, 1) != 0) {
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

} // namespace

PortState portState(const QString &host, quint16 port)
{
    switch (tryToBind(host, port).error) {
    case 0:
        return PortState::Free;
    case EADDRINUSE:
        return PortState::Taken;
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
