// SPDX-License-Identifier: MIT
#include "core/runtime/modelwarnings.h"

#include "core/jobs/datasize.h"
#include "core/runtime/modelmemory.h"

using namespace Qt::StringLiterals;

namespace BitNet {

QList<ConfigurationIssue> modelWarnings(const ModelEntry &model, qint64 slotTokens, qint64 contextTokens,
                                        EngineFamily family, std::optional<qint64> availableBytes)
{
    QList<ConfigurationIssue> warnings;
    if (!model.header)
        return warnings; // a file that is no model at all is the request's error
    const ModelHeader &header = *model.header;
    if (!model.isUsable() && family != EngineFamily::Replay) {
        warnings += ConfigurationIssue{.field = u"model"_s,
                                       .message = u"The engine will refuse this model. %1"_s.arg(model.problem)};
    }
    if (header.contextLength && slotTokens > *header.contextLength) {
        warnings += ConfigurationIssue{
            .field = u"ctx_size"_s,
            .message =
                u"The model was trained for a context of %1 tokens, and %2 are asked for: beyond that its answers "
                "get worse. Ask for at most %1."_s.arg(*header.contextLength)
                    .arg(slotTokens)};
    }
    if (header.needsBitNetEngine && family == EngineFamily::LlamaCpp) {
        warnings += ConfigurationIssue{
            .field = u"model"_s,
            .message =
                u"The weights are %1, which only bitnet.cpp loads, and this engine is llama.cpp: it will refuse the "
                "model. Choose an engine of bitnet.cpp."_s.arg(header.weights.name)};
    }
    const MemoryEstimate need = estimateMemory(header, model.bytes, contextTokens);
    switch (judgeMemory(need, availableBytes)) {
    case MemoryVerdict::TooLarge:
        warnings += ConfigurationIssue{
            .field = u"model"_s,
            .message =
                u"The model needs %1 with this context, and %2 of memory are available: it will be very slow, or be "
                "killed by the system. Choose a smaller context or model."_s.arg(formatSize(need.total()),
                                                                                 formatSize(*availableBytes))};
        break;
    case MemoryVerdict::Tight:
        warnings += ConfigurationIssue{
            .field = u"model"_s,
            .message =
                u"The model needs %1 with this context, nearly all of the %2 of memory that are available."_s.arg(
                    formatSize(need.total()), formatSize(*availableBytes))};
        break;
    case MemoryVerdict::Fits:
    case MemoryVerdict::Unknown:
        break;
    }
    return warnings;
}

} // namespace BitNet
