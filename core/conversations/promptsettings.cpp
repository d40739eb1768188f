// SPDX-License-Identifier: MIT
#include "core/conversations/promptsettings.h"

#include "core/conversations/jsonfields.h"
#include "core/runtime/bitnetruntime.h"

#include <cmath>
#include <limits>

using namespace Qt::StringLiterals;

namespace BitNet {

static constexpr qint64 largestInt = std::numeric_limits<int>::max();
static constexpr qint64 largestSeed = std::numeric_limits<quint32>::max(); // the engines keep 32 bits

QList<ConfigurationIssue> problemsOf(const PromptSettings &settings)
{
    QList<ConfigurationIssue> problems;
    const auto require = [&problems](bool condition, const QString &field, const QString &message) {
        if (!condition)
            problems.append({field, message});
    };
    const auto positive = [&require](const QString &field, int value) {
        require(value > 0, field, u"%1 must be a positive integer. Got %2."_s.arg(field).arg(value));
    };
    const auto share = [&require](const QString &field, std::optional<double> value) {
        require(!value || (*value >= 0 && *value <= 1), field,
                u"%1 must be between 0 and 1. Got %2."_s.arg(field).arg(value.value_or(0)));
    };

    positive(u"n_predict"_s, settings.nPredict);
    positive(u"ctx_size"_s, settings.ctxSize);
    positive(u"batch_size"_s, settings.batchSize);
    // Written so that NaN is refused.
    require(settings.temperature > 0, u"temperature"_s, u"Temperature must be positive."_s);
    require(!std::isinf(settings.temperature), u"temperature"_s, u"Temperature must be a finite number."_s);
    require(settings.sampling.topK.value_or(0) >= 0, u"top_k"_s,
            u"top_k must be zero or a positive integer. Got %1."_s.arg(settings.sampling.topK.value_or(0)));
    share(u"top_p"_s, settings.sampling.topP);
    share(u"min_p"_s, settings.sampling.minP);
    const std::optional<double> penalty = settings.sampling.repeatPenalty;
    require(!penalty || (*penalty > 0 && std::isfinite(*penalty)), u"repeat_penalty"_s,
            u"repeat_penalty must be a positive number. Got %1."_s.arg(penalty.value_or(0)));
    const qint64 seed = settings.sampling.seed.value_or(-1);
    require(seed >= -1 && seed <= largestSeed, u"seed"_s,
            u"seed must be between -1 (a random one) and %1. Got %2."_s.arg(largestSeed).arg(seed));
    require(settings.threads.value_or(1) > 0, u"threads"_s, u"Thread count must be greater than zero."_s);
    require(settings.gpuLayers.value_or(0) >= 0, u"gpu_layers"_s, u"gpu_layers must be zero or a positive integer."_s);
    require(!settings.systemPrompt.contains(u'\0'), u"system_prompt"_s,
            u"The system prompt must not hold a NUL character: an engine would stop reading there."_s);
    for (const QString &argument : settings.extraArguments) {
        require(!argument.contains(u'\0'), u"extra_arguments"_s,
                u"An argument must not hold a NUL character: no program can be given one."_s);
    }
    return problems;
}

QJsonObject toJson(const PromptSettings &settings)
{
    QJsonObject object{
        {u"system_prompt"_s, settings.systemPrompt}, {u"temperature"_s, settings.temperature},
        {u"n_predict"_s, settings.nPredict},         {u"ctx_size"_s, settings.ctxSize},
        {u"batch_size"_s, settings.batchSize},
    };
    const auto insert = [&object](const QString &name, const auto &value) {
        if (value)
            object.insert(name, *value);
    };
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
    settings.batchSize = whole("batch_size"_L1).value_or(settings.batchSize);
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
