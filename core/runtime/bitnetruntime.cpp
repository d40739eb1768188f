// SPDX-License-Identifier: MIT
#include "core/runtime/bitnetruntime.h"

#include "core/runtime/argumenttext.h"
#include "core/runtime/engineprobe.h"
#include "core/runtime/engineprograms.h"
#include "core/runtime/machine.h"
#include "core/runtime/requestchecks.h"

#include <QFuture>
#include <QFutureInterface>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <variant>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

constexpr auto llamaCli = "llama-cli"_L1;
constexpr auto llamaServer = "llama-server"_L1;
// Name of the private file that holds a prompt which is too long for an argument.
constexpr auto promptFileName = "prompt.txt"_L1;

constexpr std::array conversationFlags{"-cnv"_L1,          "--conversation"_L1,      "-i"_L1,
                                       "--interactive"_L1, "--interactive-first"_L1, "-if"_L1};
constexpr std::array oneShotFlags{"-no-cnv"_L1, "--no-conversation"_L1, "-st"_L1, "--single-turn"_L1};

template<size_t N>
bool containsAny(const QStringList &arguments, const std::array<QLatin1String, N> &flags)
{
    return std::any_of(flags.begin(), flags.end(), [&](QLatin1String flag) { return arguments.contains(flag); });
}

QStringList promptArguments(const QString &prompt, QList<PrivateFile> &files)
{
    const QByteArray bytes = prompt.toUtf8();
    if (bytes.size() <= maximumArgumentBytes)
        return {u"-p"_s, prompt};
    // Every engine reads -f as it is, save one newline at its end; a trimmed prompt has none there.
    files += PrivateFile{.name = promptFileName, .content = bytes};
    return {u"-f"_s, PrivateFile::placeholder(promptFileName)};
}

// What makes this engine end after one prompt. The contract's command line does for an engine without conversation mode or
// that enters it only on -cnv. Later ones enter it by themselves when the model has a chat template, and wait for ever for
// the next turn: there -no-cnv stops it, until that was replaced by -st and ignored. One that lists both may be of either
// kind, and obeys -st in any case.
QStringList oneShotArguments(const EngineFlags &flags, const QStringList &extra)
{
    if (containsAny(extra, oneShotFlags))
        return {};
    for (const QLatin1String singleTurn : {"-st"_L1, "--single-turn"_L1}) {
        if (flags.contains(QString(singleTurn)))
            return {singleTurn};
    }
    for (const QLatin1String noConversation : {"-no-cnv"_L1, "--no-conversation"_L1}) {
        if (flags.contains(QString(noConversation)))
            return {noConversation};
    }
    return {};
}

// Conversation needs --simple-io, or the engine opens the terminal. A one-shot prompt doesn't and keeps the contract's
// command line.
QStringList conversationArguments(const EngineFlags &flags, const QStringList &extra)
{
    const auto simpleIo = u"--simple-io"_s;
    return flags.contains(simpleIo) && !extra.contains(simpleIo) ? QStringList{simpleIo} : QStringList{};
}

// Of the one flag that later engines have for it; empty for the earlier ones, where -p is the system prompt of a conversation.
QStringList systemPromptArguments(const QString &systemPrompt, const EngineFlags &flags)
{
    for (const QLatin1String flag : {"--system-prompt"_L1, "-sys"_L1}) {
        if (flags.contains(QString(flag)))
            return {flag, systemPrompt};
    }
    return {};
}

QString noSystemPrompt()
{
    return u"This llama-cli takes no system prompt beside a prompt, so it is left out. Ask a server instead, which does."_s;
}

} // namespace

BitNetRuntime::BitNetRuntime(RuntimeOptions options)
    : BitNetRuntime(options, std::make_shared<EngineProbe>(),
                    options.gpuMemoryGiB < 0 ? std::make_shared<GpuProbe>() : nullptr)
{
}

BitNetRuntime::BitNetRuntime(RuntimeOptions options, std::shared_ptr<EngineProbe> engineProbe,
                             std::shared_ptr<GpuProbe> gpuProbe)
    : m_options(std::move(options))
    , m_engineProbe(std::move(engineProbe))
    , m_gpuProbe(std::move(gpuProbe))
{
    if (m_options.cpuCount <= 0)
        m_options.cpuCount = availableProcessors();
}

BitNetRuntime::~BitNetRuntime() = default;
BitNetRuntime::BitNetRuntime(const BitNetRuntime &) = default;
BitNetRuntime &BitNetRuntime::operator=(const BitNetRuntime &) = default;

BitNetRuntime BitNetRuntime::withBuildDir(const QString &buildDir) const
{
    BitNetRuntime runtime = *this;
    runtime.m_options.buildDir = buildDir;
    return runtime;
}

int BitNetRuntime::automaticThreads() const
{
    const int processors = cpuCount();
    if (processors <= 2)
        return processors;
    if (processors <= 8)
        return processors - 1;
    return std::min(processors, std::max(4, processors / 2));
}

int BitNetRuntime::automaticGpuLayers() const
{
    double gibibytes = m_options.gpuMemoryGiB;
    if (m_gpuProbe)
        gibibytes = m_gpuProbe->known().value_or(GpuInfo()).smallestGiB;
    // Written so that a NaN counts as unknown.
    if (!(gibibytes > 0))
        return 0;
    return int(std::clamp(std::floor(4 * gibibytes), 1.0, 60.0));
}

std::optional<QString> BitNetRuntime::findBinary(const QString &binaryName, QStringList *tried) const
{
    const EngineProgram program = locateEngineProgram(m_options.buildDir, binaryName);
    if (tried)
        *tried = program.tried;
    return program.problem.isEmpty() ? std::optional(program.path) : std::nullopt;
}

Invocation BitNetRuntime::inference(const InferenceRequest &request, const EngineFlags &flags) const
{
    RequestChecks checks;
    checks.positive("n_predict"_L1, request.nPredict);
    checks.positive("ctx_size"_L1, request.ctxSize);
    checks.positive("batch_size"_L1, request.batchSize);
    checks.temperature(request.temperature);
    checks.sampling(request.sampling);
    checks.gpuLayers(request.gpuLayers);
    const QString prompt = checks.prompt(request.prompt);
    const QString systemPrompt = checks.systemPrompt(request.systemPrompt);
    const QString binary = checks.binary(m_options.buildDir, llamaCli);
    const QString model = checks.model(request.model);
    const int threads = checks.threads(request.threads, automaticThreads(), cpuCount());
    if (checks.error())
        return {.warnings = {}, .error = checks.error()};

    const bool conversation = request.conversation || containsAny(request.extraArguments, conversationFlags);
    Invocation invocation{.job = {.kind = JobKind::Inference,
                                  .interactive = conversation,
                                  .model = model,
                                  .prompt = prompt,
                                  .engine = binary},
                          .warnings = checks.warnings()};
    QStringList command{
        binary, u"-m"_s, model, u"-n"_s, QString::number(request.nPredict), u"-t"_s, QString::number(threads)};
    command += promptArguments(prompt, invocation.job.files);
    command += {u"-c"_s,     QString::number(request.ctxSize),
                u"--temp"_s, argumentText(request.temperature),
                u"-b"_s,     QString::number(request.batchSize),
                u"-ngl"_s,   QString::number(request.gpuLayers.value_or(automaticGpuLayers()))};
    command += request.sampling.arguments();
    if (!systemPrompt.isEmpty()) {
        if (const QStringList arguments = systemPromptArguments(systemPrompt, flags); !arguments.isEmpty())
            command += arguments;
        else
            invocation.warnings += ConfigurationIssue{.field = u"system_prompt"_s, .message = noSystemPrompt()};
    }
    if (conversation) {
        if (!containsAny(request.extraArguments, conversationFlags))
            command += u"-cnv"_s;
        command += conversationArguments(flags, request.extraArguments);
    } else {
        command += oneShotArguments(flags, request.extraArguments);
    }
    command += request.extraArguments;
    invocation.job.command = command;
    return invocation;
}

Invocation BitNetRuntime::server(const ServerRequest &request) const
{
    RequestChecks checks;
    checks.positive("n_predict"_L1, request.nPredict);
    checks.positive("ctx_size"_L1, request.ctxSize);
    checks.positive("batch_size"_L1, request.batchSize);
    checks.temperature(request.temperature);
    checks.port(request.port);
    const QString host = checks.host(request.host);
    if (request.slotCount)
        checks.positive("slots"_L1, *request.slotCount);
    checks.gpuLayers(request.gpuLayers);
    const QString binary = checks.binary(m_options.buildDir, llamaServer);
    const QString model = checks.model(request.model);
    const int threads = checks.threads(request.threads, automaticThreads(), cpuCount());
    if (checks.error())
        return {.warnings = {}, .error = checks.error()};

    QStringList command{binary,
                        u"-m"_s,
                        model,
                        u"-c"_s,
                        QString::number(request.ctxSize),
                        u"-t"_s,
                        QString::number(threads),
                        u"-n"_s,
                        QString::number(request.nPredict),
                        u"--temp"_s,
                        argumentText(request.temperature),
                        u"--host"_s,
                        host,
                        u"--port"_s,
                        QString::number(request.port),
                        u"-cb"_s,
                        u"-b"_s,
                        QString::number(request.batchSize),
                        u"-ngl"_s,
                        QString::number(request.gpuLayers.value_or(automaticGpuLayers()))};
    if (request.slotCount)
        command += {u"--parallel"_s, QString::number(*request.slotCount)};
    return {
        .job = {.command = command + request.extraArguments, .kind = JobKind::Server, .model = model, .engine = binary},
        .warnings = checks.warnings()};
}

} // namespace BitNet
