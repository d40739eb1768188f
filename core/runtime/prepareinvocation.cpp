// SPDX-License-Identifier: MIT
// The members of BitNetRuntime that ask the machine and the engine first.
#include "core/runtime/bitnetruntime.h"

#include "core/runtime/engineprobe.h"
#include "core/runtime/machine.h"

#include <QFuture>
#include <QPromise>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

void warnOfUnknownFlags(Invocation &invocation, const EngineFlags &flags)
{
    if (flags.known || !invocation.isValid())
        return;
    invocation.warnings += ConfigurationIssue{
        .field = u"binary"_s,
        .message = u"The engine did not say which flags it has, so only those that every engine has are used. %1"_s.arg(
            flags.why)};
}

// Waits for two answers, in whichever order they come, then keeps its promise. QtFuture::whenAll does that too, but Qt 6.4's
// never frees what it waited for.
class PendingInvocation
{
public:
    using Build = std::function<Invocation(const EngineFlags &, const GpuInfo &)>;
    explicit PendingInvocation(Build build)
        : m_build(std::move(build))
    {
        m_promise.start();
    }

    QFuture<Invocation> future() { return m_promise.future(); }

    void takeFlags(const EngineFlags &flags)
    {
        const std::lock_guard lock(m_mutex);
        m_flags = flags;
        finishIfComplete();
    }
    void takeGpu(const GpuInfo &gpu)
    {
        const std::lock_guard lock(m_mutex);
        m_gpu = gpu;
        finishIfComplete();
    }

private:
    void finishIfComplete()
    {
        if (!m_flags || !m_gpu)
            return;
        m_promise.addResult(m_build(*m_flags, *m_gpu));
        m_promise.finish();
    }

    const Build m_build;
    std::mutex m_mutex; // guards the rest
    std::optional<EngineFlags> m_flags;
    std::optional<GpuInfo> m_gpu;
    QPromise<Invocation> m_promise;
};

} // namespace

// The continuations below run in the global pool and hold no probe: a probe must not be destroyed by its own thread.

QFuture<Invocation> BitNetRuntime::prepareInference(const InferenceRequest &request) const
{
    // Which flags the engine has changes the command line only, never whether the request is right.
    Invocation unprobed = inference(request, {});
    if (!unprobed.isValid())
        return QtFuture::makeReadyFuture(std::move(unprobed));

    const QString binary = unprobed.job.engine;
    const bool needsGpu = m_gpuProbe && !request.gpuLayers && !m_gpuProbe->known();
    if (const auto flags = m_engineProbe->knownFlags(binary); flags && !needsGpu) {
        Invocation invocation = inference(request, *flags);
        warnOfUnknownFlags(invocation, *flags);
        return QtFuture::makeReadyFuture(std::move(invocation));
    }

    const auto pending = std::make_shared<PendingInvocation>(
        [request, options = m_options](const EngineFlags &flags, const GpuInfo &gpu) {
            RuntimeOptions resolved = options;
            resolved.gpuMemoryGiB = gpu.smallestGiB;
            Invocation invocation = BitNetRuntime(resolved, nullptr, nullptr).inference(request, flags);
            warnOfUnknownFlags(invocation, flags);
            return invocation;
        });
    QFuture<Invocation> future = pending->future();
    if (m_gpuProbe && !request.gpuLayers) {
        m_gpuProbe->info().then(QtFuture::Launch::Async, [pending](const GpuInfo &gpu) { pending->takeGpu(gpu); });
    } else {
        pending->takeGpu({.smallestGiB = m_options.gpuMemoryGiB});
    }
    m_engineProbe->flags(binary).then(QtFuture::Launch::Async,
                                      [pending](const EngineFlags &flags) { pending->takeFlags(flags); });
    return future;
}

QFuture<Invocation> BitNetRuntime::prepareServer(const ServerRequest &request) const
{
    Invocation unprobed = server(request);
    if (!unprobed.isValid() || request.gpuLayers || !m_gpuProbe || m_gpuProbe->known())
        return QtFuture::makeReadyFuture(std::move(unprobed));
    return m_gpuProbe->info().then(QtFuture::Launch::Async, [request, options = m_options](const GpuInfo &gpu) {
        RuntimeOptions resolved = options;
        resolved.gpuMemoryGiB = gpu.smallestGiB;
        return BitNetRuntime(resolved, nullptr, nullptr).server(request);
    });
}

} // namespace BitNet
