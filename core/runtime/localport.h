// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <optional>

namespace BitNet {

// Whether a llama-server could listen on a port of an address of this machine now and would be alone there.
enum class PortState {
    Free,
    Taken,
    NoSuchAddress, // the host is no address of this machine
    NotPermitted, // a port that this user may not use, mostly one below 1024
    Unknown, // the host is not a numeric address or "localhost", or the system has another objection
};

// Tries it: binds and lets go again. Two llama-servers of one user can listen on the same port without complaint (they set
// SO_REUSEPORT) and then get each other's requests: ask this before a server is started. host is an address in numbers or
// "localhost". Any thread; does not block.
PortState portState(const QString &host, quint16 port);

// A port on which nobody listens now, chosen by the system. Nothing when the address is of no use.
std::optional<quint16> freePort(const QString &host = QStringLiteral("127.0.0.1"));

} // namespace BitNet
