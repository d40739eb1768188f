// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobid.h"
#include "core/jobs/jobrecord.h"
#include "core/runtime/bitnetruntime.h"
#include "core/runtime/enginefailure.h"

#include <QLatin1String>
#include <QMetaType>
#include <QString>
#include <QUrl>

#include <chrono>
#include <optional>

namespace BitNet {

// Stopped → Starting → Ready ⇄ Busy → Stopping → Stopped; Failed from Starting, Ready and Busy.
enum class ServerState {
    Stopped, // as asked
    Starting, // queued, loading its model, or waiting to be started again after a crash
    Ready, // answers, and has nothing to do
    Busy, // at least one request is being answered
    Stopping,
    Failed, // could not be started, or ended unasked; the reason is in words
};

// "stopped", "starting", …
QLatin1String name(ServerState state);

// Everything that is known of a server at one moment: a whole, immutable value.
struct ServerSnapshot
{
    QString name = {}; // "tiny-llama-chat · 8081"; unique among the sessions of a registry, and never changes
    ServerState state = ServerState::Stopped;
    // For people: why it failed (in a second line the engine's own words), or what Starting waits for.
    QString reason = {};
    std::optional<EngineFailure> failure = std::nullopt; // Failed, and the engine's words were recognised
    std::optional<ConfigurationIssue> issue =
        std::nullopt; // Failed, and the settings were wrong: the field it is about
    QList<ConfigurationIssue> warnings = {}; // of this start; they did not stop it

    QString model = {}; // absolute path
    QString engine = {}; // path of the llama-server
    QUrl url = {}; // "http://127.0.0.1:8081"; valid once a port was chosen
    QString keyFile = {}; // its API key, 0600, in the job's folder; empty before the job was started

    JobId job = {}; // the server's own job
    JobId logJob = {}; // the last one it had, whose output is the log: also while it waits for its restart
    qint64 pid = 0; // 0: no process
    std::optional<Instant> started = std::nullopt; // of its process
    std::optional<std::chrono::nanoseconds> loadTime = std::nullopt; // process started → first 200 of /health

    // From /props, once ready; nothing when it does not say.
    std::optional<int> contextSize = std::nullopt; // tokens, of one slot
    std::optional<bool> hasChatTemplate = std::nullopt; // the model's own
    QString chatTemplate = {};

    int slotCount = 1;
    int busySlots = 0; // requests being answered now, those of this application
    int waitingRequests = 0; // queued for it
    qint64 answeredRequests = 0; // finished ones since the session was made, however they ended

    bool restartOnCrash = false;
    int restarts = 0; // how often it was started again
    std::optional<std::chrono::milliseconds> restartIn = std::nullopt; // Starting: it waits this long first

    bool isRunning() const { return state == ServerState::Ready || state == ServerState::Busy; }
    // Neither stopped nor failed.
    bool isActive() const { return state != ServerState::Stopped && state != ServerState::Failed; }
};

// What /metrics says. A counter that the server does not have is absent.
struct ServerMetrics
{
    std::optional<double> promptTokens = std::nullopt; // evaluated since its start
    std::optional<double> promptSeconds = std::nullopt;
    std::optional<double> predictedTokens = std::nullopt; // generated since its start
    std::optional<double> predictedSeconds = std::nullopt;
    std::optional<double> kvCacheUsage = std::nullopt; // 0..1
    std::optional<double> requestsProcessing = std::nullopt;
    std::optional<double> requestsDeferred = std::nullopt; // wait inside the server for a slot

    // Reads the Prometheus text format; lines it does not know are passed over.
    static ServerMetrics fromText(QByteArrayView text);
    friend bool operator==(const ServerMetrics &, const ServerMetrics &) = default;
};

} // namespace BitNet

Q_DECLARE_METATYPE(BitNet::ServerSnapshot)
