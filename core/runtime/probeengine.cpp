// SPDX-License-Identifier: MIT
// BitNetRuntime::probeEngine.
#include "core/runtime/bitnetruntime.h"

#include "core/runtime/engineprobe.h"

#include <QFuture>
#include <QPromise>

#include <memory>
#include <mutex>
#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

// llama-quantize lists the types that this build knows; I2_S is bitnet.cpp's own.
EngineFamily familyOf(const BriefResult &quantizeHelp)
{
    if (!quantizeHelp.problem.isEmpty())
        return EngineFamily::Unknown;
    const QByteArray help = quantizeHelp.standardOutput + quantizeHelp.standardError;
    if (help.contains("I2_S"))
        return EngineFamily::BitNetCpp;
    return help.contains("Q4_0") ? EngineFamily::LlamaCpp : EngineFamily::Unknown;
}

// Takes answers in whichever order they come; keeps its promise when nobody has one to give any more.
class PendingEngine
{
public:
    explicit PendingEngine(Engine engine)
        : m_engine(std::move(engine))
    {
        m_promise.start();
    }
    ~PendingEngine()
    {
        m_engine.isProbed = true;
        m_promise.addResult(std::move(m_engine));
        m_promise.finish();
    }

    QFuture<Engine> future() { return m_promise.future(); }

    void takeFlags(qsizetype program, const EngineFlags &flags)
    {
        const std::lock_guard lock(m_mutex);
        m_engine.programs[program].flags = flags;
    }
    void takeHelp(const BriefResult &help)
    {
        if (!help.standardError.startsWith("replay:"))
            return;
        const std::lock_guard lock(m_mutex);
        m_engine.family = EngineFamily::Replay;
    }
    void takeQuantizeHelp(const BriefResult &help)
    {
        const std::lock_guard lock(m_mutex);
        if (m_engine.family == EngineFamily::Unknown)
            m_engine.family = familyOf(help);
    }
    void takeVersion(const BriefResult &answer)
    {
        const QByteArray output = answer.standardError + '\n' + answer.standardOutput;
        const std::lock_guard lock(m_mutex);
        m_engine.version = EngineVersion::fromOutput(output);
    }

private:
    std::mutex m_mutex; // guards the engine
    Engine m_engine;
    QPromise<Engine> m_promise;
};

} // namespace

// The continuations hold no probe, as those of the prepare… functions.
QFuture<Engine> BitNetRuntime::probeEngine(const Engine &engine) const
{
    Engine unprobed = engine;
    unprobed.family = EngineFamily::Unknown;
    unprobed.version = {};
    const auto pending = std::make_shared<PendingEngine>(unprobed);
    QFuture<Engine> future = pending->future();
    bool askedForVersion = false;
    for (qsizetype i = 0; i < engine.programs.size(); ++i) {
        const Engine::Program &program = engine.programs[i];
        if (!program.isUsable())
            continue;
        m_engineProbe->flags(program.path).then(QtFuture::Launch::Async, [pending, i](const EngineFlags &flags) {
            pending->takeFlags(i, flags);
        });
        const bool isCliOrServer = program.name == "llama-cli"_L1 || program.name == "llama-server"_L1;
        if (isCliOrServer && !std::exchange(askedForVersion, true)) {
            m_engineProbe->answer(program.path, u"--version"_s)
                .then(QtFuture::Launch::Async, [pending](const BriefResult &answer) { pending->takeVersion(answer); });
            m_engineProbe->answer(program.path, u"--help"_s)
                .then(QtFuture::Launch::Async, [pending](const BriefResult &help) { pending->takeHelp(help); });
        } else if (program.name == "llama-quantize"_L1) {
            m_engineProbe->answer(program.path, u"--help"_s)
                .then(QtFuture::Launch::Async, [pending](const BriefResult &help) { pending->takeQuantizeHelp(help); });
        }
    }
    return future;
}

} // namespace BitNet
