// SPDX-License-Identifier: MIT
#include "core/conversations/promptpreset.h"

#include "core/conversations/jsonfields.h"

#include <QJsonDocument>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr QLatin1String formatName("bitnet-presets");
static constexpr int presetsVersion = 1;

static PromptPreset builtIn(const QString &id, const QString &name, double temperature,
                            const SamplingSettings &sampling)
{
    PromptPreset preset{.id = u"builtin-"_s + id, .name = name, .builtIn = true};
    preset.settings.temperature = temperature;
    preset.settings.sampling = sampling;
    preset.settings.nPredict = 512;
    preset.settings.ctxSize = 4096;
    return preset;
}

QList<PromptPreset> builtInPresets()
{
    return {
        builtIn(u"balanced"_s, u"Balanced"_s, 0.7, {.topK = 40, .topP = 0.9, .minP = 0.05, .repeatPenalty = 1.1}),
        builtIn(u"precise"_s, u"Precise"_s, 0.2, {.topK = 20, .topP = 0.8, .minP = 0.1, .repeatPenalty = 1.05}),
        builtIn(u"creative"_s, u"Creative"_s, 1.1, {.topK = 100, .topP = 0.98, .minP = 0.02, .repeatPenalty = 1.1}),
    };
}

QByteArray toJson(const QList<PromptPreset> &presets)
{
    QJsonArray list;
    for (const PromptPreset &preset : presets) {
        if (preset.builtIn)
            continue;
        list.append(
            QJsonObject{{u"id"_s, preset.id}, {u"name"_s, preset.name}, {u"settings"_s, toJson(preset.settings)}});
    }
    return QJsonDocument(QJsonObject{{u"format"_s, formatName}, {u"version"_s, presetsVersion}, {u"presets"_s, list}})
        .toJson(QJsonDocument::Indented);
}

PresetReading presetsFromJson(QByteArrayView json)
{
    const auto refused = [](const QString &sentence) { return PresetReading{.problem = sentence}; };
    QJsonParseError parseError;
    const QJsonDocument document = QJsonDocument::fromJson(json.toByteArray(), &parseError);
    if (parseError.error != QJsonParseError::NoError)
        return refused(u"It is not valid JSON at byte %1: %2."_s.arg(parseError.offset).arg(parseError.errorString()));
    JsonFields fields(document.object());
    if (fields.text("format"_L1) != formatName)
        return refused(u"It holds no presets: \"format\" must be \"%1\"."_s.arg(QString(formatName)));
    const std::optional<qint64> version = fields.integer("version"_L1, 1, 1'000'000);
    PresetReading reading{.laterVersion = version.value_or(1) > presetsVersion};
    int number = 0;
    for (const QJsonValue entry : fields.list("presets"_L1)) {
        ++number;
        const QString place = u"Preset number %1"_s.arg(number);
        if (!entry.isObject())
            return refused(place + u" must be an object."_s);
        JsonFields preset(entry.toObject(), place);
        QString problem;
        const QJsonObject settingsObject = preset.object("settings"_L1);
        const std::optional<PromptSettings> settings = promptSettingsFromJson(settingsObject, &problem);
        const QString id = preset.text("id"_L1);
        const QString name = preset.text("name"_L1).simplified().left(PromptPreset::longestName);
        if (name.isEmpty())
            preset.fail("name"_L1, u"is missing"_s);
        if (!preset.problem().isEmpty())
            return refused(preset.problem());
        if (!settings)
            return refused(u"%1, \"%2\": %3"_s.arg(place, name, problem));
        reading.presets.append({.id = id, .name = name, .settings = *settings});
    }
    if (!version)
        fields.fail("version"_L1, u"is missing"_s);
    return fields.problem().isEmpty() ? reading : refused(fields.problem());
}

} // namespace BitNet
