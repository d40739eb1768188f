// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QUrl>

namespace BitNet {

// Where a llama-server answers, and what it wants to see.
struct ServerEndpoint
{
    QUrl url = {}; // "http://127.0.0.1:8081"; a path in it comes before that of each request
    QByteArray apiKey = {}; // sent as a bearer token; empty: none

    friend bool operator==(const ServerEndpoint &, const ServerEndpoint &) = default;
};

} // namespace BitNet
