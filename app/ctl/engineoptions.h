// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"
#include "core/runtime/bitnetruntime.h"

namespace BitNet {

// The options of the commands that start an engine, and what they say. Only whether a number is one at all is looked at
// here; which numbers are right is the runtime's to say.

CtlOption buildDirOption(const QString &program);
CtlOption modelOption();
// Context, batch, threads and layers on the GPU.
QList<CtlOption> engineOptions();
// Temperature and SamplingSettings.
QList<CtlOption> samplingOptions();

// The runtime of --build-dir.
BitNetRuntime runtimeOf(const CtlArguments &arguments);

// What a model's header says against running it so, see modelWarnings(): the context is that of all slots together. Empty when
// it can't be read: the engine will say why. May block for as long as an engine takes to print its help.
QList<ConfigurationIssue> warningsOfModel(const BitNetRuntime &runtime, const QString &model, int contextTokens,
                                          int slotCount);

// Each leaves what is not given as it is. False, and a sentence in error, when something is no number.
bool readNumber(const CtlArguments &arguments, const QString &key, int *number, QString *error);
bool readNumberOrAuto(const CtlArguments &arguments, const QString &key, std::optional<int> *number, QString *error);
bool readDecimal(const CtlArguments &arguments, const QString &key, double *number, QString *error);
// Not given, or "auto": automaticBatchSize() of the model.
bool readBatchSize(const CtlArguments &arguments, const QString &model, int *number, QString *error);
bool readSampling(const CtlArguments &arguments, double *temperature, SamplingSettings *sampling, QString *error);

// The engine options into an InferenceRequest or a ServerRequest.
// Its model must have been set: it decides about the batch size.
template<typename Request>
bool readEngine(const CtlArguments &arguments, Request *request, QString *error)
{
    return readNumber(arguments, QStringLiteral("ctx-size"), &request->ctxSize, error)
        && readBatchSize(arguments, request->model, &request->batchSize, error)
        && readNumberOrAuto(arguments, QStringLiteral("threads"), &request->threads, error)
        && readNumberOrAuto(arguments, QStringLiteral("gpu-layers"), &request->gpuLayers, error);
}

} // namespace BitNet
