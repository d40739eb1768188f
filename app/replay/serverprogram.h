// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/recordedserver.h"

#include <QStringList>

#include <optional>

namespace BitNet::Replay {

// A llama-server's command line, as far as a server without a model needs it. Flags that it does not know take the words
// that follow them, so that all of llama-server's are understood.
struct ServerArguments
{
    RecordedServer::Setup setup = {};
    bool asksForHelp = false;
    bool asksForVersion = false;
    QStringList unknown = {}; // in pairs, flag and what followed it ("" when nothing did)

    // Nothing, and a sentence in error, when the key file can't be read.
    static std::optional<ServerArguments> parse(const QStringList &arguments, QString *error);
};

// Serves until SIGINT or SIGTERM, saying on standard error what a llama-server says. Returns the exit code: 1 when the
// model is none, or the address is taken.
int serve(const RecordedServer::Setup &setup, int &argc, char **argv);

} // namespace BitNet::Replay
