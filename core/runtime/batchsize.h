// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/ggufheader.h"

#include <optional>

namespace BitNet {

// How many tokens of a prompt an engine should evaluate at a time when nobody says: 128, or 1 for weights of bitnet.cpp's
// look-up tables (TL1, TL2), whose kernels its own tools run one token at a time, and where the header is not known.
//
// The contract's default of InferenceRequest and ServerRequest is 1 for every model. Front ends set this instead: a prompt of
// 1751 tokens took llama.cpp 83 s to read one by one, 9 to 11 s by 128 or by 512 (F16, two processors). Larger ones gain
// little, and a server that is told to stop in the middle of a prompt stops between two batches.
int automaticBatchSize(const std::optional<ModelHeader> &header);

} // namespace BitNet
