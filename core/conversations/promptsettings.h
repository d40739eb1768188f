// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/samplingsettings.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

class QJsonObject;

namespace BitNet {

struct ConfigurationIssue;

// With what a prompt is put to a model. The defaults are those of InferenceRequest, but for the batch
// size.
struct PromptSettings
{
    QString systemPrompt = {}; // empty: none
    double temperature = 0.8; // > 0, finite
    SamplingSettings sampling = {};
    int nPredict = 128; // > 0, tokens
    int ctxSize = 2048; // > 0, tokens
    std::optional<int> batchSize = std::nullopt; // > 0, tokens; nothing: automaticBatchSize() of the model
    std::optional<int> threads = std::nullopt; // > 0; nothing: auto
    std::optional<int> gpuLayers = std::nullopt; // >= 0; nothing: auto
    QStringList extraArguments = {}; // for the engine, after all others
    QString engine = {}; // the name of an engine; empty: the default one
    QString model = {}; // a path; empty: whichever is chosen

    friend bool operator==(const PromptSettings &, const PromptSettings &) = default;
};

// All that is wrong with the settings, a sentence for each field ("temperature", "n_predict", "top_k", …) in the wording
// of the runtime's contract. Empty when all is well. Neither engine nor model are looked for.
QList<ConfigurationIssue> problemsOf(const PromptSettings &settings);

// The same names as in problemsOf(); what is at its default or absent is left out only where absent means something.
QJsonObject toJson(const PromptSettings &settings);
// Members that are left out keep their defaults. Nothing, and a sentence in problem, when a member is of the wrong type
// or its value is refused by problemsOf().
std::optional<PromptSettings> promptSettingsFromJson(const QJsonObject &object, QString *problem);

} // namespace BitNet
