// SPDX-License-Identifier: MIT
// The members of BitNetRuntime that ask the machine and the engine first.
#include "core/runtime/bitnetruntime.h"

#include "core/runtime/engineprobe.h"
#include "core/runtime/machine.h"

#include <QFuture>

#include <utility>
#include <variant>

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

} // namespace

RuntimeOptions BitNetRuntime::optionsWithGpu(double gpuMemoryGiB) const
{
    RuntimeOptions options = m_options;
    options.gpuMemoryGiB = gpuMemoryGiB;
    return options;
}

// The continuations below run in the global pool and hold no probe: a probe must not be destroyed by its own thread.

QFuture<Invocation> BitNetRuntime::prepareInference(const InferenceRequest &request) const
{
    // Which flags the engine has changes the command line only, never whether the request is right.
    Invocation unprobed = inference(request, {});
    if (!unprobed.isValid())
        return QtFuture::makeReadyFuture(std::move(unprobed));

    const QString binary = unprobed.job.engine;
    const bool gpuIsKnown = request.gpuLayers || !m_gpuProbe || m_gpuProbe->known();
    if (const auto flags = m_engineProbe->knownFlags(binary); flags && gpuIsKnown) {
        Invocation invocation = inference(request, *flags);
        warnOfUnknownFlags(invocation, *flags);
        return QtFuture::makeReadyFuture(std::move(invocation));
    }

    const double givenGiB = m_options.gpuMemoryGiB;
    return QtFuture::whenAll(m_engineProbe->flags(binary),
                             m_gpuProbe && !request.gpuLayers
                                 ? m_gpuProbe->info()
                                 : QtFuture::makeReadyFuture(GpuInfo{.smallestGiB = givenGiB}))
        .then(QtFuture::Launch::Async,
              [request, options = optionsWithGpu(0)](
                  const QList<std::variant<QFuture<EngineFlags>, QFuture<GpuInfo>>> &answers) mutable {
                  const EngineFlags flags = std::get<QFuture<EngineFlags>>(answers[0]).result();
                  options.gpuMemoryGiB = std::max(0.0, std::get<QFuture<GpuInfo>>(answers[1]).result().smallestGiB);
                  Invocation invocation = BitNetRuntime(options, nullptr, nullptr).inference(request, flags);
                  warnOfUnknownFlags(invocation, flags);
                  return invocation;
              });
}

QFuture<Invocation> BitNetRuntime::prepareServer(const ServerRequest &request) const
{
    Invocation unprobed = server(request);
    if (!unprobed.isValid() || request.gpuLayers || !m_gpuProbe || m_gpuProbe->known())
        return QtFuture::makeReadyFuture(std::move(unprobed));
    return m_gpuProbe->info().then(QtFuture::Launch::Async,
                                   [request, options = optionsWithGpu(0)](const GpuInfo &gpu) mutable {
                                       options.gpuMemoryGiB = gpu.smallestGiB;
                                       return BitNetRuntime(options, nullptr, nullptr).server(request);
                                   });
}

} // namespace BitNet
