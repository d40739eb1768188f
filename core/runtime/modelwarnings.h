// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/bitnetruntime.h"
#include "core/runtime/engine.h"
#include "core/runtime/modelscan.h"

#include <QList>

#include <optional>

namespace BitNet {

// What a request is about to do with a model that will work badly or not at all, as far as its header tells. None of it
// stops a run: the engine has the last word. Fields: "ctx_size" (beyond what the model was trained for), "model" (incomplete; of a type
// that this engine does not load; or larger, with its context, than the memory that is available). In this order. Any thread;
// touches no file.
//
// contextTokens: of all slots together; slotTokens: of one. family Unknown: nothing is said about types.
QList<ConfigurationIssue> modelWarnings(const ModelEntry &model, qint64 slotTokens, qint64 contextTokens,
                                        EngineFamily family, std::optional<qint64> availableBytes);

} // namespace BitNet
