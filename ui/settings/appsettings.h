// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/historypreferences.h"
#include "core/jobs/jobspec.h"
#include "core/runtime/enginesearch.h"
#include "ui/style/theme.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

class QSettings;

namespace BitNet {

// What a person may tune; each default is here and nowhere else.
struct AppSettings
{
    int concurrency = 0; // jobs at a time; 0: one per processor
    JobLimits limits = {}; // of jobs that don't say otherwise
    QString outputFolder = {}; // empty: in the application's data folder; read at start
    // How much of the past is kept; 0: all of it.
    int historyDays = HistoryPreferences().days;
    int historyJobs = HistoryPreferences().jobs;
    int historyOutputGiB = HistoryPreferences().outputGiB; // of output of all jobs together
    bool confirmCancel = true; // before running jobs are cancelled or killed
    bool confirmRemove = true; // before finished jobs are removed from the list
    bool showTrayIcon = true;
    bool stayInTray = false; // closing the window leaves the application in the tray
    bool notify = true; // when a queue has ended or a job failed
    Theme theme = Theme::System;
    bool desktopIcons = false; // from the desktop's icon theme where it has one: see Icons::setFromDesktop()
    QString buildFolder = {}; // of the engine that is used unless another is named; empty: the first that is found
    QList<ChosenEngine> engines = {}; // that a person added or renamed
    QString model = {}; // the model used last
    std::optional<QStringList> modelFolders = std::nullopt; // of the model library; nothing: the usual ones
    int libraryContext = 2048; // tokens for which the library says whether a model fits

    friend bool operator==(const AppSettings &, const AppSettings &) = default;
};

RetentionLimits retentionOf(const AppSettings &settings);

// Keeps the settings of this person. The value is read once; each change is stored and told.
class SettingsStore : public QObject
{
    Q_OBJECT
public:
    // settings must outlive this object.
    explicit SettingsStore(QSettings &settings, QObject *parent = nullptr);

    const AppSettings &value() const { return m_value; }
    // Stores and announces; does nothing when nothing changed.
    void set(const AppSettings &value);
    // Changes a single member: store.change([](AppSettings &s) { s.theme = Theme::Dark; }).
    template<typename Change>
    void change(Change &&apply)
    {
        AppSettings value = m_value;
        apply(value);
        set(value);
    }

    // For window geometry and the like, which is no setting.
    QSettings &raw() { return m_settings; }

Q_SIGNALS:
    void changed(const BitNet::AppSettings &now, const BitNet::AppSettings &before);

private:
    QSettings &m_settings;
    AppSettings m_value;
};

} // namespace BitNet
