// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/promptsettings.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QString>

namespace BitNet {

// Settings under a name.
struct PromptPreset
{
    static constexpr qsizetype longestName = 80;

    QString id = {}; // unique; of the built-in ones "builtin-…"
    QString name = {};
    PromptSettings settings = {};
    bool builtIn = false; // comes with the application: may be copied, not changed

    friend bool operator==(const PromptPreset &, const PromptPreset &) = default;
};

// Balanced, Precise and Creative: sampling and length only, no engine and no model.
QList<PromptPreset> builtInPresets();

// {"format": "bitnet-presets", "version": 1, "presets": [{"id", "name", "settings": {…}}, …]}. Built-in ones are left out.
QByteArray toJson(const QList<PromptPreset> &presets);

struct PresetReading
{
    QList<PromptPreset> presets = {};
    QString problem = {}; // a sentence when the whole can't be used; presets is empty then
    bool laterVersion = false; // read as far as it is known; writing it would lose the rest
};

// Never trusts what it reads. Names and ids may be there twice, or be missing: whoever takes them sees to that.
PresetReading presetsFromJson(QByteArrayView json);

} // namespace BitNet
