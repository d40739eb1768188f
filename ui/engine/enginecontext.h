// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/bitnetruntime.h"

#include <QObject>
#include <QString>

namespace BitNet {

class SettingsStore;

// The engine build that prompts go to: follows the settings, knows whether it is there and whether it is the replay engine.
class EngineContext : public QObject
{
    Q_OBJECT
public:
    // base: whose probes are shared. The build folder is the one in the settings, or base's when there is none.
    EngineContext(const BitNetRuntime &base, SettingsStore &settings, QObject *parent = nullptr);

    const BitNetRuntime &runtime() const { return m_runtime; }
    QString buildFolder() const { return m_runtime.options().buildDir; }
    // Whether the build folder holds a llama-cli that can be executed; as of the last look().
    bool hasEngine() const { return m_hasEngine; }
    // Whether it is the replay engine that came with this program.
    bool isReplay() const;

    // Remembered in the settings.
    void chooseBuildFolder(const QString &folder);
    // For this run only.
    void useBuildFolder(const QString &folder);
    // Looks again whether the engine is there; emits changed() when that is new.
    void look();

    // The build folder of the replay engine; empty when it was not installed.
    static QString replayFolder();
    // A file that passes for a model with the replay engine, which reads none. Created when it is missing; empty when that
    // fails.
    static QString replayModel();

Q_SIGNALS:
    void changed();

private:
    SettingsStore &m_settings;
    BitNetRuntime m_runtime;
    bool m_hasEngine = false;
};

} // namespace BitNet
