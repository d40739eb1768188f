// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace BitNet {

class EngineContext;
class JobHistory;
class RuntimeSupervisor;
class SettingsStore;

// What the window works with and doesn't own: made by main() (or a test) before it and outliving it.
struct WindowParts
{
    RuntimeSupervisor &supervisor;
    EngineContext &engine;
    SettingsStore &settings;
    // Null: nothing is recorded; why is a sentence for people then, or empty when nothing is expected to be.
    JobHistory *history = nullptr;
    QString whyNoHistory = {};
    // Where conversations and presets are kept. Empty: they are gone with the window.
    QString dataFolder = {};
};

} // namespace BitNet
