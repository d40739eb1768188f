// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobspec.h"
#include "core/runtime/engineflags.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

template<typename T>
class QFuture;

namespace BitNet {

class EngineProbe;

// Where the engine is and what the machine offers. The probes are replaceable so that tests can fix them.
struct RuntimeOptions
{
    QString buildDir = QStringLiteral("build"); // holds bin/llama-cli and bin/llama-server
    int cpuCount = 0; // 0: asked of the machine (the processors this process may run on)
    // Memory of the smallest GPU in GiB; negative: asked of the machine (nvidia-smi), 0: none.
    double gpuMemoryGiB = -1;
};

// One prompt to one model. Defaults and rules are the contract's (engine facts, "The BitNetRuntime contract").
struct InferenceRequest
{
    QString model = {};
    QString prompt = {};
    int nPredict = 128; // > 0, tokens
    int ctxSize = 2048; // > 0, tokens
    int batchSize = 1; // > 0, tokens
    double temperature = 0.8; // > 0
    std::optional<int> threads = std::nullopt; // nothing: auto
    std::optional<int> gpuLayers = std::nullopt; // nothing: auto
    bool conversation = false; // adds -cnv; the job is interactive then
    QStringList extraArguments = {};
};

struct ServerRequest
{
    QString model = {};
    QString host = QStringLiteral("127.0.0.1");
    int port = 8080; // 1..65535
    int nPredict = 4096;
    int ctxSize = 2048;
    int batchSize = 1;
    double temperature = 0.8;
    std::optional<int> threads = std::nullopt;
    std::optional<int> gpuLayers = std::nullopt;
    QStringList extraArguments = {};
};

// Something about a request, tied to the item it is about: "n_predict", "ctx_size", "batch_size", "temperature", "port",
// "gpu_layers", "prompt", "binary", "model", "threads".
struct ConfigurationIssue
{
    QString field;
    QString message;

    friend bool operator==(const ConfigurationIssue &, const ConfigurationIssue &) = default;
};

// A validated request turned into a job, or the reason why it can't be.
struct Invocation
{
    JobSpec job = {}; // command, kind, model, prompt and files; limits and name are the caller's
    QList<ConfigurationIssue> warnings = {}; // do not stop a run
    std::optional<ConfigurationIssue> error = std::nullopt; // the first check that failed

    bool isValid() const { return !error; }
};

// What a user wants to know about the machine and the engine, each with whether it is as it should be.
struct Diagnostic
{
    enum class Level { Good, Warning, Problem };
    QString name; // snake_case, stable: "llama_cli", "llama_server", "model", "cpu_count", "memory", "disk", "gpu"
    Level level = Level::Good;
    QString value; // short: a path, a count, "12.3 GiB free"
    QString advice; // what to do about it; empty when Good
};

// Knows one engine build: finds its programs, validates requests, builds command lines. Immutable after construction;
// every const member may be called from any thread.
class BitNetRuntime
{
public:
    explicit BitNetRuntime(RuntimeOptions options = {});
    ~BitNetRuntime();
    BitNetRuntime(const BitNetRuntime &);
    BitNetRuntime &operator=(const BitNetRuntime &);

    const RuntimeOptions &options() const;
    int cpuCount() const;
    // The contract's table: ≤ 2 cores → all; ≤ 8 → n − 1; else min(n, max(4, n/2)).
    int automaticThreads() const;
    // No GPU or unknown memory → 0; else clamp(floor(4 × GiB of the smallest GPU), 1, 60).
    int automaticGpuLayers() const;

    // The path of "llama-cli" or "llama-server" in the build folder, or nothing; tried gets the candidates in order.
    std::optional<QString> findBinary(const QString &binaryName, QStringList *tried = nullptr) const;

    // Checks the request and builds the command line for an engine that has these flags. Reads the file system (binary,
    // model magic), starts nothing. Takes well below a millisecond on a local disk.
    Invocation inference(const InferenceRequest &request, const EngineFlags &flags) const;
    Invocation server(const ServerRequest &request) const;

    // The same, with the engine's flags probed first (once per binary, cached). Finishes in a thread of the global pool,
    // or at once when the flags are known or an error is found without them. Never fails with an exception.
    QFuture<Invocation> prepareInference(const InferenceRequest &request) const;

    // Binaries, model (when given), cpu count, memory, disk and GPU. May take some milliseconds; not for the ui thread.
    QList<Diagnostic> diagnostics(const QString &model = {}) const;

private:
    RuntimeOptions m_options;
    std::shared_ptr<EngineProbe> m_probe;
};

} // namespace BitNet
