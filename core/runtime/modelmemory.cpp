// SPDX-License-Identifier: MIT
#include "core/runtime/modelmemory.h"

#include <limits>

namespace BitNet {

static constexpr qint64 contextStep = 32; // tokens; llama_kv_cache_get_padding()
static constexpr qint64 bytesPerNumber = 2; // F16, the engines' default
static constexpr qint64 largestContext = std::numeric_limits<qint32>::max();

MemoryEstimate estimateMemory(const ModelHeader &header, qint64 weightsBytes, qint64 contextTokens)
{
    MemoryEstimate estimate{.weightsBytes = weightsBytes};
    const qint64 context =
        std::min(contextTokens > 0 ? contextTokens : header.contextLength.value_or(0), largestContext);
    estimate.contextTokens = (context + contextStep - 1) / contextStep * contextStep;
    if (estimate.contextTokens == 0 || !header.kvHeadsOfAllLayers || !header.keyLength || !header.valueLength)
        return estimate;
    qint64 bytes = 0;
    // A header may claim anything.
    if (__builtin_mul_overflow(*header.kvHeadsOfAllLayers, *header.keyLength + *header.valueLength, &bytes)
        || __builtin_mul_overflow(bytes, estimate.contextTokens * bytesPerNumber, &bytes)
        || bytes > std::numeric_limits<qint64>::max() / 2)
        bytes = std::numeric_limits<qint64>::max() / 2;
    estimate.kvCacheBytes = bytes;
    return estimate;
}

MemoryVerdict judgeMemory(const MemoryEstimate &estimate, std::optional<qint64> availableBytes)
{
    if (!availableBytes || *availableBytes <= 0)
        return MemoryVerdict::Unknown;
    if (estimate.total() > *availableBytes)
        return MemoryVerdict::TooLarge;
    return estimate.total() > *availableBytes / 100 * 85 ? MemoryVerdict::Tight : MemoryVerdict::Fits;
}

} // namespace BitNet
