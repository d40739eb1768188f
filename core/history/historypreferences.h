// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/historysettings.h"

#include <QLatin1StringView>
#include <QString>

namespace BitNet {

// What a person set about the history: the application keeps it in a settings file, and every program that records goes by it.
struct HistoryPreferences
{
    // How much of the past is kept; 0: all of it.
    int days = 30;
    int jobs = 100'000;
    int outputGiB = 10; // of output of all jobs together
    QString outputFolder = {}; // where the application's jobs have their output; empty: in the data folder

    RetentionLimits limits() const;
    friend bool operator==(const HistoryPreferences &, const HistoryPreferences &) = default;
};

// Keys in the settings file's group "settings".
namespace HistoryPreferenceKeys {
inline constexpr QLatin1StringView days{"history/days"};
inline constexpr QLatin1StringView jobs{"history/jobs"};
inline constexpr QLatin1StringView outputGiB{"history/output_gib"};
inline constexpr QLatin1StringView outputFolder{"output_folder"};
} // namespace HistoryPreferenceKeys

// The settings file: this person's own, or in the data folder where that was chosen.
QString settingsFilePath(const QString &chosenDataFolder = {});
// What can't be read, or is negative, is as if it was never set. Changes nothing.
HistoryPreferences readHistoryPreferences(const QString &settingsPath);

} // namespace BitNet
