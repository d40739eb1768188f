// SPDX-License-Identifier: MIT
#include "app/ctl/engineoptions.h"

#include "core/runtime/batchsize.h"
#include "core/runtime/enginesearch.h"
#include "core/runtime/ggufheader.h"
#include "core/runtime/machine.h"
#include "core/runtime/modelfile.h"
#include "core/runtime/modelwarnings.h"

#include <QDir>
#include <QFileInfo>
#include <QFuture>

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

CtlOption buildDirOption(const QString &program)
{
    return {u"--build-dir"_s, u"DIR"_s,
            u"The engine's build folder, which holds bin/%1 (default: build)."_s.arg(program)};
}

CtlOption modelOption()
{
    return {u"-m, --model"_s, u"FILE"_s, u"The model, a GGUF file."_s};
}

QList<CtlOption> engineOptions()
{
    return {
        {u"-c, --ctx-size"_s, u"N"_s, u"The size of the context, in tokens (default: 2048)."_s},
        {u"-b, --batch-size"_s, u"N"_s,
         u"How many tokens of a prompt are evaluated at a time, or \"auto\": 128, or 1 for weights of look-up tables "
         "(TL1, TL2) (default: auto)."_s},
        {u"-t, --threads"_s, u"N"_s, u"How many threads, or \"auto\" (default: auto)."_s},
        {u"-ngl, --gpu-layers"_s, u"N"_s, u"How many layers on the GPU, or \"auto\" (default: auto)."_s},
    };
}

QList<CtlOption> samplingOptions()
{
    return {
        {u"--temp"_s, u"X"_s, u"The temperature of the sampling (default: 0.8)."_s},
        {u"--top-k"_s, u"N"_s, u"Choose among so many likeliest tokens; 0: all (default: the engine's)."_s},
        {u"--top-p"_s, u"X"_s,
         u"Choose among the likeliest tokens with this probability together, up to 1 (default: the engine's)."_s},
        {u"--min-p"_s, u"X"_s,
         u"Choose among tokens with at least this part of the likeliest one's probability, 0 to 1 (default: the "
         "engine's)."_s},
        {u"--repeat-penalty"_s, u"X"_s, u"The penalty for repetition; 1: none (default: the engine's)."_s},
        {u"--seed"_s, u"N"_s, u"The seed, for the same answer again; -1: another one each time (default: -1)."_s},
    };
}

BitNetRuntime runtimeOf(const CtlArguments &arguments)
{
    RuntimeOptions options;
    if (arguments.has(u"build-dir"_s))
        options.buildDir = arguments.value(u"build-dir"_s);
    return BitNetRuntime(options);
}

QList<ConfigurationIssue> warningsOfModel(const BitNetRuntime &runtime, const QString &model, int contextTokens,
                                          int slotCount)
{
    const QFileInfo file(expandHome(model));
    ModelEntry entry{.path = file.absoluteFilePath(), .bytes = file.size()};
    entry.header = readModelHeader(entry.path).header;
    if (!entry.header)
        return {};
    const QStringList names = modelFileNames(file.fileName(), *entry.header);
    if (entry.header->isSplit()) {
        entry.bytes = 0;
        for (const QString &name : names)
            entry.bytes += QFileInfo(file.dir().filePath(name)).size();
    }
    // Asked for only when it matters.
    EngineFamily family = EngineFamily::Unknown;
    if (entry.header->needsBitNetEngine) {
        const QList<Engine> engines = searchEngines({.chosen = {{.folder = runtime.options().buildDir}}});
        family = runtime.probeEngine(engines.constFirst()).result().family;
    }
    return modelWarnings(entry, contextTokens / std::max(1, slotCount), contextTokens, family, availableMemory());
}

bool readNumber(const CtlArguments &arguments, const QString &key, int *number, QString *error)
{
    if (!arguments.has(key))
        return true;
    bool isNumber = false;
    *number = arguments.value(key).toInt(&isNumber);
    if (!isNumber)
        *error = u"--%1: \"%2\" is no whole number."_s.arg(key, arguments.value(key));
    return isNumber;
}

bool readNumberOrAuto(const CtlArguments &arguments, const QString &key, std::optional<int> *number, QString *error)
{
    if (!arguments.has(key) || arguments.value(key) == "auto"_L1)
        return true;
    bool isNumber = false;
    *number = arguments.value(key).toInt(&isNumber);
    if (!isNumber)
        *error = u"--%1: \"%2\" is neither a whole number nor \"auto\"."_s.arg(key, arguments.value(key));
    return isNumber;
}

bool readDecimal(const CtlArguments &arguments, const QString &key, double *number, QString *error)
{
    if (!arguments.has(key))
        return true;
    bool isNumber = false;
    *number = arguments.value(key).toDouble(&isNumber);
    if (!isNumber)
        *error = u"--%1: \"%2\" is no number."_s.arg(key, arguments.value(key));
    return isNumber;
}

bool readBatchSize(const CtlArguments &arguments, const QString &model, int *number, QString *error)
{
    std::optional<int> given;
    if (!readNumberOrAuto(arguments, u"batch-size"_s, &given, error))
        return false;
    *number = given ? *given : automaticBatchSize(readModelHeader(expandHome(model)).header);
    return true;
}

bool readSampling(const CtlArguments &arguments, double *temperature, SamplingSettings *sampling, QString *error)
{
    if (!readDecimal(arguments, u"temp"_s, temperature, error))
        return false;
    for (auto [key, member] : {std::pair(u"top-p"_s, &sampling->topP),
                               {u"min-p"_s, &sampling->minP},
                               {u"repeat-penalty"_s, &sampling->repeatPenalty}}) {
        if (arguments.has(key) && !readDecimal(arguments, key, &member->emplace(), error))
            return false;
    }
    if (arguments.has(u"top-k"_s) && !readNumber(arguments, u"top-k"_s, &sampling->topK.emplace(), error))
        return false;
    if (!arguments.has(u"seed"_s))
        return true;
    bool isNumber = false;
    sampling->seed = arguments.value(u"seed"_s).toLongLong(&isNumber);
    if (!isNumber)
        *error = u"--seed: \"%1\" is no whole number."_s.arg(arguments.value(u"seed"_s));
    return isNumber;
}

} // namespace BitNet
