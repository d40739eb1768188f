// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace BitNet {

// What a user wants to know about the machine and the engine, each with whether it is as it should be.
struct Diagnostic
{
    enum class Level {
        Good,
        Warning, // works, but not as well as it could, or not for every purpose
        Problem, // prompts can't run
    };
    QString name = {}; // snake_case, stable: "llama_cli", "llama_server", "model", "cpu_count", "memory", "disk", "gpu"
    Level level = Level::Good;
    QString value = {}; // short: a path, a count, "12.3 GiB free"
    QString advice = {}; // what is wrong or what to do about it; empty when Good

    friend bool operator==(const Diagnostic &, const Diagnostic &) = default;
};

} // namespace BitNet
