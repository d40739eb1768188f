// SPDX-License-Identifier: MIT
#pragma once

namespace BitNet {

class EngineContext;
class RuntimeSupervisor;
class SettingsStore;

// What the window works with and doesn't own: made by main() (or a test) before it and outliving it.
struct WindowParts
{
    RuntimeSupervisor &supervisor;
    EngineContext &engine;
    SettingsStore &settings;
};

} // namespace BitNet
