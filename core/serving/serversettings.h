// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/bitnetruntime.h"
#include "core/serving/chatstream.h"

#include <QString>

#include <optional>

namespace BitNet {

// How a llama-server is to be run. What the application decides itself is not in it: the address is 127.0.0.1, the API key
// is made anew for each start.
struct ServerSettings
{
    // Model, context, slots (nothing: 1), threads, extra arguments. Host and port of it are not looked at.
    ServerRequest request = {};
    // The engine's build folder; empty: that of the supervisor's runtime.
    QString buildDir = {};
    // The port it listens on; nothing: a free one from 8081 on.
    std::optional<quint16> port = std::nullopt;
    // Whether it is started again when it ends unasked: after 1 s, then twice as long each time, 60 s at most.
    bool restartOnCrash = false;
    // Whether /slots answers, which shows the prompts of everybody who has the key. For tests.
    bool showSlots = false;
    // A prompt needed it; nobody asked for a server. An application that ends may stop it without a question while it has
    // nothing to do.
    bool onDemand = false;
    // A request fails when its answer has begun and then nothing comes for so long.
    std::chrono::milliseconds stall = ChatLimits().stall;
    // For people; empty: the model's file name without its quantisation's ending. The session's name adds the port.
    QString title = {};
};

// What is wrong with the settings: the first error, and what is worth a warning.
struct ServerCheck
{
    // Beside the fields of a ServerRequest: "extra", an argument that would take the server off its address, its key or its
    // model; "port", taken: the message names a free one.
    std::optional<ConfigurationIssue> error = std::nullopt;
    QList<ConfigurationIssue> warnings = {};
};

// Looks at the file system as BitNetRuntime::server() does, and at the port; starts nothing.
ServerCheck check(const ServerSettings &settings, const BitNetRuntime &runtime);

// The same for the extra arguments alone, in all spellings that llama-server knows; nothing when they may stay.
std::optional<ConfigurationIssue> checkServerArguments(const QStringList &extraArguments);

// The title, or the name of the model's file without its quantisation: "tiny-llama-chat-f16.gguf" is "tiny-llama-chat".
QString titleOf(const ServerSettings &settings);

} // namespace BitNet
