// SPDX-License-Identifier: MIT
#include "core/conversations/answerfigures.h"

using namespace Qt::StringLiterals;

namespace BitNet {

MessageFigures figuresOf(const JobRecord &record)
{
    MessageFigures figures{.promptTokens = record.timings.promptTokens,
                           .outputTokens = record.timings.outputTokens,
                           .prefillTps = record.timings.prefillTps,
                           .decodeTps = record.timings.decodeTps,
                           .ttft = record.ttft,
                           .latency = record.latency()};
    if (record.stopReason == "eos"_L1 || record.stopReason == "stop"_L1)
        figures.stopReason = StopReason::EndOfText;
    else if (record.stopReason == "limit"_L1)
        figures.stopReason = StopReason::TokenLimit;
    else if (record.stopReason == "word"_L1)
        figures.stopReason = StopReason::StopWord;
    return figures;
}

} // namespace BitNet
