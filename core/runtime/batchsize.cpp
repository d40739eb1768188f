// SPDX-License-Identifier: MIT
#include "core/runtime/batchsize.h"

namespace BitNet {

using namespace Qt::StringLiterals;

int automaticBatchSize(const std::optional<ModelHeader> &header)
{
    if (!header || (header->needsBitNetEngine && header->weights.name != "I2_S"_L1))
        return 1;
    return 128;
}

} // namespace BitNet
