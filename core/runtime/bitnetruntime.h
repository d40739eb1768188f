// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobspec.h"
#include "core/runtime/diagnostic.h"
#include "core/runtime/engine.h"
#include "core/runtime/engineflags.h"
#include "core/runtime/samplingsettings.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <memory>
#include <optional>

template<typename T>
class QFuture;

namespace BitNet {

class EngineProbe;
class GpuProbe;

// Where the engine is and what the machine offers. The probes are replaceable so that tests can fix them.
struct RuntimeOptions
{
    QString buildDir = QStringLiteral("build"); // holds bin/llama-cli and bin/llama-server; "~" is expanded
    int cpuCount = 0; // 0: asked of the machine (the processors this process may run on)
    // Memory of the smallest GPU in GiB; negative: asked of the machine (nvidia-smi), 0: none.
    double gpuMemoryGiB = -1;
};

// One prompt to one model. Defaults and rules are the contract's (engine facts, "The BitNetRuntime contract").
struct InferenceRequest
{
    QString model = {}; // "~" is expanded
    QString prompt = {}; // trimmed; of any length, but without NUL
    int nPredict = 128; // > 0, tokens
    int ctxSize = 2048; // > 0, tokens
    int batchSize = 1; // > 0, tokens
    double temperature = 0.8; // > 0, finite
    SamplingSettings sampling = {};
    // Trimmed; empty: none. For the engines whose llama-cli takes one beside the prompt (--system-prompt); with another it is
    // left out, with a warning: there only a server takes it, as the first message of a chat.
    QString systemPrompt = {};
    std::optional<int> threads = std::nullopt; // nothing: auto; more than the processors: clamped, with a warning
    std::optional<int> gpuLayers = std::nullopt; // nothing: auto
    // Adds -cnv; the job is interactive then. So it is when the extra arguments ask the engine for conversation.
    bool conversation = false;
    QStringList extraArguments = {}; // after all others, as they are; a mode flag among them is not added a second time
};

struct ServerRequest
{
    QString model = {};
    QString host = QStringLiteral("127.0.0.1"); // not empty: llama-server would listen on every address
    int port = 8080; // 1..65535
    int nPredict = 4096;
    int ctxSize = 2048; // of all slots together: each has its part of it
    std::optional<int> slotCount = std::nullopt; // > 0: requests at a time (--parallel); nothing: the engine's default
    int batchSize = 1;
    double temperature = 0.8;
    std::optional<int> threads = std::nullopt;
    std::optional<int> gpuLayers = std::nullopt;
    QStringList extraArguments = {};
};

// Something about a request, tied to the item it is about: "n_predict", "ctx_size", "batch_size", "temperature", "top_k",
// "top_p", "min_p", "repeat_penalty", "seed", "port", "host", "slots", "gpu_layers", "prompt", "system_prompt", "binary",
// "model", "threads". In this order they are checked; the first that is wrong is told.
struct ConfigurationIssue
{
    QString field;
    QString message;

    friend bool operator==(const ConfigurationIssue &, const ConfigurationIssue &) = default;
};

// A validated request turned into a job, or the reason why it can't be.
struct Invocation
{
    // command (absolute paths), kind, model, prompt, engine (the program's path), files and interactive; empty when there is
    // an error. Limits, name and the rest are the caller's.
    JobSpec job = {};
    QList<ConfigurationIssue> warnings = {}; // do not stop a run
    std::optional<ConfigurationIssue> error = std::nullopt; // the first check that failed

    bool isValid() const { return !error; }
};

// Knows one engine build: finds its programs, validates requests, builds command lines. Immutable after construction;
// every const member may be called from any thread. Copies are cheap and share what the probes have learnt. The last copy
// must not be destroyed by a continuation of EngineProbe's own futures.
class BitNetRuntime
{
public:
    explicit BitNetRuntime(RuntimeOptions options = {});
    ~BitNetRuntime();
    BitNetRuntime(const BitNetRuntime &);
    BitNetRuntime &operator=(const BitNetRuntime &);

    // The same machine, another engine build: shares the probes with this runtime, so that nothing is asked twice.
    BitNetRuntime withBuildDir(const QString &buildDir) const;

    const RuntimeOptions &options() const { return m_options; }
    int cpuCount() const { return m_options.cpuCount; }
    // The contract's table: ≤ 2 cores → all; ≤ 8 → n − 1; else min(n, max(4, n/2)).
    int automaticThreads() const;
    // No GPU or unknown memory → 0; else clamp(floor(4 × GiB of the smallest GPU), 1, 60). Does not wait: 0 for as long as
    // nvidia-smi has not answered, which it is asked at construction; the prepare… functions do wait for it.
    int automaticGpuLayers() const;

    // The path of "llama-cli" or "llama-server" in the build folder, or nothing when no candidate is an executable file.
    // tried gets the candidates in order.
    std::optional<QString> findBinary(const QString &binaryName, QStringList *tried = nullptr) const;

    // Checks the request and builds the command line for an engine that has these flags. Reads the file system (binary,
    // model magic), starts nothing. Takes well below a millisecond on a local disk.
    Invocation inference(const InferenceRequest &request, const EngineFlags &flags) const;
    Invocation server(const ServerRequest &request) const;

    // The same, with what is to be asked of the machine and the engine asked first: the GPU's memory when gpuLayers is
    // nothing, the engine's flags (once per binary, cached). Finishes in a thread of the global pool, or at once when
    // all is known or an error is found without it. Never fails with an exception; comes within 10 s.
    QFuture<Invocation> prepareInference(const InferenceRequest &request) const;
    QFuture<Invocation> prepareServer(const ServerRequest &request) const;

    // The engine, with what its programs say of themselves: flags, version, family. Asks them with --help and --version (once
    // per binary, cached). Never fails with an exception; comes within 10 s, in a thread of the global pool or at once.
    QFuture<Engine> probeEngine(const Engine &engine) const;

    // Both binaries (llama-cli is asked for its flags), the model when given, cpu count, memory, disk (of the folder, or of
    // the temporary one) and GPU. Waits for its probes, some milliseconds and 10 s at most: not for the ui thread.
    QList<Diagnostic> diagnostics(const QString &model = {}, const QString &folder = {}) const;

private:
    BitNetRuntime(RuntimeOptions options, std::shared_ptr<EngineProbe> engineProbe, std::shared_ptr<GpuProbe> gpuProbe);

    RuntimeOptions m_options; // cpuCount is resolved
    std::shared_ptr<EngineProbe> m_engineProbe;
    std::shared_ptr<GpuProbe> m_gpuProbe; // null when options name the GPU's memory
};

} // namespace BitNet
