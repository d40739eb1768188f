// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/enginecatalog.h"
#include "core/runtime/modellibrary.h"

#include <QObject>
#include <QString>

#include <optional>

namespace BitNet {

class SettingsStore;

// The engines and models of this person, as the settings name them: which engines there are, which one prompts go to unless
// another is named (the default engine), and the model library. GUI thread.
class EngineContext : public QObject
{
    Q_OBJECT
public:
    // base: whose probes are shared. The default engine is the one in the settings, or else the first that is found
    // (searchEngines()), or else base's build folder, whether there is an engine in it or not.
    EngineContext(const BitNetRuntime &base, SettingsStore &settings, QObject *parent = nullptr);

    // The default engine's.
    const BitNetRuntime &runtime() const { return m_runtime; }
    QString buildFolder() const { return m_runtime.options().buildDir; }
    // Whether the default engine has a llama-cli that can be executed; as of the last look().
    bool hasEngine() const { return m_hasEngine; }
    // Whether it is the replay engine that came with this program.
    bool isReplay() const;

    // All engines side by side, the default one among them. For a choice of engine: list catalog().engines() by name, follow
    // EngineCatalog::changed, keep Engine::folder, and send the request to runtimeFor(folder).
    const EngineCatalog &catalog() const { return m_catalog; }
    // The default engine as the catalog knows it.
    std::optional<Engine> defaultEngine() const { return m_catalog.find(buildFolder()); }
    // For requests to the engine in this build folder; empty: the default one.
    BitNetRuntime runtimeFor(const QString &folder) const;
    // The name of the engine that this program is part of (JobSpec::engine), or the path itself when it is none of them.
    QString nameOf(const QString &programPath) const;

    // The models in the folders that the settings name. Scans from the first call on.
    ModelLibrary &library();

    // Makes it the default engine and one of the list. Remembered in the settings.
    void chooseBuildFolder(const QString &folder);
    // For this run only.
    void useBuildFolder(const QString &folder);
    // Adds it to the list; the default one stays.
    void addEngine(const QString &folder);
    // Takes a chosen one off the list. Those that are found by themselves stay.
    void removeEngine(const QString &folder);
    // An empty name gives it the one after what it is.
    void renameEngine(const QString &folder, const QString &name);
    // Looks again which engines there are; emits changed() when the default one came or went.
    void look();

    // The build folder of the replay engine; empty when it was not installed.
    static QString replayFolder();
    // A file that passes for a model with the replay engine, which reads none. Created when it is missing; empty when that
    // fails.
    static QString replayModel();

Q_SIGNALS:
    // The default engine is another one, or came or went.
    void changed();

private:
    EnginePlaces places() const;
    void lookIntoSettings();
    QString chosenFolder() const;
    void setRuntime(const QString &folder);

    SettingsStore &m_settings;
    BitNetRuntime m_base;
    BitNetRuntime m_runtime;
    EngineCatalog m_catalog;
    ModelLibrary m_library;
    bool m_scans = false;
    QString m_forThisRun; // build folder
    bool m_hasEngine = false;
};

} // namespace BitNet
