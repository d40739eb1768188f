// SPDX-License-Identifier: MIT
#include "core/history/historypreferences.h"

#include <QDir>
#include <QSettings>

#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

RetentionLimits HistoryPreferences::limits() const
{
    RetentionLimits limits{.age = std::nullopt, .jobs = std::nullopt, .outputBytes = std::nullopt};
    if (days > 0)
        limits.age = std::chrono::hours(24) * days;
    if (jobs > 0)
        limits.jobs = jobs;
    if (outputGiB > 0)
        limits.outputBytes = qint64(outputGiB) << 30;
    return limits;
}

QString settingsFilePath(const QString &chosenDataFolder)
{
    if (!chosenDataFolder.isEmpty())
        return QDir(chosenDataFolder).filePath(u"settings.ini"_s);
    return QSettings(QSettings::IniFormat, QSettings::UserScope, u"bitnet-supervisor"_s, u"bitnet-supervisor"_s)
        .fileName();
}

HistoryPreferences readHistoryPreferences(const QString &settingsPath)
{
    HistoryPreferences preferences;
    const QSettings settings(settingsPath, QSettings::IniFormat);
    const auto at = [&settings](QLatin1StringView key) { return settings.value(u"settings/"_s + key); };
    for (const auto &[key, member] : {std::pair(HistoryPreferenceKeys::days, &HistoryPreferences::days),
                                      {HistoryPreferenceKeys::jobs, &HistoryPreferences::jobs},
                                      {HistoryPreferenceKeys::outputGiB, &HistoryPreferences::outputGiB}}) {
        bool isNumber = false;
        if (const int number = at(key).toInt(&isNumber); isNumber && number >= 0)
            preferences.*member = number;
    }
    preferences.outputFolder = at(HistoryPreferenceKeys::outputFolder).toString();
    return preferences;
}

} // namespace BitNet
