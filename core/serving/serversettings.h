// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/bitnetruntime.h"

#include <QString>

#include <optional>

namespace BitNet {

// How a llama-server is to be run. What the application decides itself is not in it: the address is 127.0.0.1, the API key
// is made anew for each start.
struct ServerSettings
{
    // Model, context, threads, sampling defaults, extra arguments. Host and port of it are not looked at. ctxSize is the
    // context of one slot: the server is given ctxSize × slotCount, which it divides.
    ServerRequest request = {};
    // The engine's build folder; empty: that of the supervisor's runtime.
    QString buildDir = {};
    // The port it listens on; nothing: a free one from 8081 on.
    std::optional<quint16> port = std::nullopt;
    // Requests that are answered at the same time, 1..64; further ones wait in the queue.
    int slotCount = 1;
    // Whether it is started again when it ends unasked: after 1 s, then twice as long each time, 60 s at most.
    bool restartOnCrash = false;
    // Whether /slots answers, which shows the prompts of everybody who has the key. For tests.
    bool showSlots = false;
    // For people; empty: the model's file name without its quantisation's ending. The session's name adds the port.
    QString title = {};
};

// The first thing that is wrong with the settings, and what is worth a warning. Looks at the file system as
// BitNetRuntime::server() does, and at the port; starts nothing. Beside the fields of a ServerRequest: "slots", "extra" (an
// argument that would take the server off its address, its key or its job), "port" (taken: the message names a free one).
struct ServerCheck
{
    std::optional<ConfigurationIssue> error = std::nullopt;
    QList<ConfigurationIssue> warnings = {};
};
ServerCheck check(const ServerSettings &settings, const BitNetRuntime &runtime);

} // namespace BitNet
