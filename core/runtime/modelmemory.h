// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/ggufheader.h"

#include <QtGlobal>

#include <optional>

namespace BitNet {

// What a model needs of the memory to answer.
struct MemoryEstimate
{
    qint64 weightsBytes = 0; // its files
    // Keys and values of a full context. Nothing when the header does not tell (models without attention, for one).
    std::optional<qint64> kvCacheBytes = std::nullopt;
    qint64 contextTokens = 0; // for which this holds; the engine's, a multiple of 32

    qint64 total() const { return weightsBytes + kvCacheBytes.value_or(0); }
    friend bool operator==(const MemoryEstimate &, const MemoryEstimate &) = default;
};

// kvCacheBytes = contextTokens × Σ over the layers (key-value heads × (key length + value length)) × 2 bytes, which is what
// llama_kv_cache_init() of llama.cpp allocates for keys and values of 16 bits. contextTokens: 0 asks for the model's own
// context, as the engines do with -c 0. weightsBytes: of all its files when it is split. The engine's buffers for
// computing (tens to some hundred MiB) are not in it; judgeMemory() leaves room for them.
MemoryEstimate estimateMemory(const ModelHeader &header, qint64 weightsBytes, qint64 contextTokens);

enum class MemoryVerdict {
    Fits, // at most 85 % of what is available
    Tight, // it may run, or the system may begin to swap or kill
    TooLarge, // more than there is
    Unknown, // the machine does not say what is available
};

// availableBytes as availableMemory() tells. Weights that were read already and wait in the page cache count as available
// there, so a model that runs now does not make itself look too large.
MemoryVerdict judgeMemory(const MemoryEstimate &estimate, std::optional<qint64> availableBytes);

} // namespace BitNet
