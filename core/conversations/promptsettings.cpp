// SPDX-License-Identifier: MIT
#include "core/conversations/promptsettings.h"

#include "core/conversations/jsonfields.h"
#include "core/runtime/requestchecks.h"

#include <limits>

using namespace Qt::StringLiterals;

namespace BitNet {

static constexpr qint64 largestInt = std::numeric_limits<int>::max();
static constexpr qint64 largestSeed = std::numeric_limits<quint32>::max(); // the engines keep 32 bits

QList<ConfigurationIssue> problemsOf(const PromptSettings &settings)
{
    // The runtime's own checks, in the contract's order; each starts afresh, so that every field that is wrong is told.
    QList<ConfigurationIssue> problems;
    const auto check = [&problems](auto &&one) {
        RequestChecks checks;
        one(checks);
        if (checks.error())
            problems.append(*checks.error());
    };
    check([&](RequestChecks &checks) { checks.positive("n_predict"_L1, settings.nPredict); });
    check([&](RequestChecks &checks) { checks.positive("ctx_size"_L1, settings.ctxSize); });
    check([&](RequestChecks &checks) { checks.positive("batch_size"_L1, settings.batchSize.value_or(1)); });
    check([&](RequestChecks &checks) { checks.temperature(settings.temperature); });
    const SamplingSettings &sampling = settings.sampling;
    for (const SamplingSettings &one :
         {SamplingSettings{.topK = sampling.topK}, SamplingSettings{.topP = sampling.topP},
          SamplingSettings{.minP = sampling.minP}, SamplingSettings{.repeatPenalty = sampling.repeatPenalty},
          SamplingSettings{.seed = sampling.seed}})
        check([&one](RequestChecks &checks) { checks.sampling(one); });
    check([&](RequestChecks &checks) { checks.gpuLayers(settings.gpuLayers); });
    const int processors = std::numeric_limits<int>::max(); // those of another machine may be more
    check([&](RequestChecks &checks) { checks.threads(settings.threads, 1, processors); });

    if (settings.systemPrompt.contains(u'\0')) {
        problems.append({u"system_prompt"_s,
                         u"The system prompt must not hold a NUL character: an engine would stop reading there."_s});
    }
    if (settings.extraArguments.join(QString()).contains(u'\0')) {
        problems.append(
            {u"extra_arguments"_s, u"An argument must not hold a NUL character: no program can be given one."_s});
    }
    return problems;
}

QJsonObject toJson(const PromptSettings &settings)
{
    QJsonObject object{
        {u"system_prompt"_s, settings.systemPrompt},
        {u"temperature"_s, settings.temperature},
        {u"n_predict"_s, settings.nPredict},
        {u"ctx_size"_s, settings.ctxSize},
    };
    const auto insert = [&object](const QString &name, const auto &value) {
        if (value)
            object.insert(name, *value);
    };
    insert(u"batch_size"_s, settings.batchSize);
    insert(u"top_k"_s, settings.sampling.topK);
    insert(u"top_p"_s, settings.sampling.topP);
    insert(u"min_p"_s, settings.sampling.minP);
    insert(u"repeat_penalty"_s, settings.sampling.repeatPenalty);
    insert(u"seed"_s, settings.sampling.seed);
    insert(u"threads"_s, settings.threads);
    insert(u"gpu_layers"_s, settings.gpuLayers);
    if (!settings.extraArguments.isEmpty())
        object.insert(u"extra_arguments"_s, QJsonArray::fromStringList(settings.extraArguments));
    if (!settings.engine.isEmpty())
        object.insert(u"engine"_s, settings.engine);
    if (!settings.model.isEmpty())
        object.insert(u"model"_s, settings.model);
    return object;
}

std::optional<PromptSettings> promptSettingsFromJson(const QJsonObject &object, QString *problem)
{
    JsonFields fields(object);
    PromptSettings settings;
    const auto whole = [&fields](QLatin1String name) -> std::optional<int> {
        const std::optional<qint64> value = fields.integer(name, -largestInt, largestInt);
        return value ? std::optional(int(*value)) : std::nullopt;
    };
    settings.systemPrompt = fields.text("system_prompt"_L1);
    settings.temperature = fields.number("temperature"_L1).value_or(settings.temperature);
    settings.nPredict = whole("n_predict"_L1).value_or(settings.nPredict);
    settings.ctxSize = whole("ctx_size"_L1).value_or(settings.ctxSize);
    settings.batchSize = whole("batch_size"_L1);
    settings.sampling.topK = whole("top_k"_L1);
    settings.sampling.topP = fields.number("top_p"_L1);
    settings.sampling.minP = fields.number("min_p"_L1);
    settings.sampling.repeatPenalty = fields.number("repeat_penalty"_L1);
    settings.sampling.seed = fields.integer("seed"_L1, -1, largestSeed);
    settings.threads = whole("threads"_L1);
    settings.gpuLayers = whole("gpu_layers"_L1);
    settings.extraArguments = fields.texts("extra_arguments"_L1);
    settings.engine = fields.text("engine"_L1);
    settings.model = fields.text("model"_L1);

    QString sentence = fields.problem();
    if (sentence.isEmpty()) {
        if (const QList<ConfigurationIssue> problems = problemsOf(settings); !problems.isEmpty())
            sentence = problems.first().message;
    }
    if (sentence.isEmpty())
        return settings;
    if (problem)
        *problem = sentence;
    return std::nullopt;
}

} // namespace BitNet
