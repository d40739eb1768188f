// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/engineflags.h"

#include <QByteArrayView>
#include <QList>
#include <QString>

#include <optional>

namespace BitNet {

// Whose build an engine is, as far as its programs tell.
enum class EngineFamily {
    Unknown,
    LlamaCpp,
    BitNetCpp, // loads I2_S files; llama.cpp does not
    Replay, // plays recorded runs
};

// How an engine was found.
enum class EngineOrigin {
    Chosen, // a person named its folder
    Environment, // BITNET_BUILD_DIR
    WorkingDirectory, // the folder "build" there
    SearchPath, // PATH
};

// What an engine says to --version.
struct EngineVersion
{
    QString number = {}; // "4748": llama.cpp counts its commits; empty when it did not say
    QString commit = {}; // "c392e5094"
    QString builtWith = {}; // "cc (Debian 12.2.0-14+deb12u1) 12.2.0 for x86_64-linux-gnu"

    // "4748 (c392e5094)"; empty when it is not known.
    QString text() const;
    // Reads "version: NUMBER (COMMIT)" and "built with …", in lines among others.
    static EngineVersion fromOutput(QByteArrayView output);
    friend bool operator==(const EngineVersion &, const EngineVersion &) = default;
};

// One engine build: its folder, the programs in it, and what these say of themselves.
struct Engine
{
    struct Program
    {
        QString name = {}; // "llama-cli"
        QString path = {}; // absolute; empty when there is a problem
        QString problem = {}; // why it can't be used, in a sentence or several lines
        std::optional<EngineFlags> flags =
            std::nullopt; // nothing before it was asked; known == false when it did not answer

        bool isUsable() const { return !path.isEmpty(); }
        friend bool operator==(const Program &, const Program &) = default;
    };

    QString folder = {}; // the build folder, absolute: RuntimeOptions::buildDir for this engine
    QString name = {}; // for people; no two engines of a catalog have the same
    bool isNamed = false; // a person gave the name
    EngineOrigin origin = EngineOrigin::Chosen;
    // llama-cli, llama-server, llama-bench, llama-quantize, in this order, whether there or not.
    QList<Program> programs = {};
    EngineFamily family = EngineFamily::Unknown;
    EngineVersion version = {};
    bool isProbed = false; // family, version and flags are as known as they will be

    static QStringList programNames();
    // Never null for one of programNames().
    const Program *program(QStringView programName) const;
    bool hasCli() const;
    bool hasServer() const;
    // Whether anything of an engine is there at all.
    bool isThere() const { return hasCli() || hasServer(); }
    // Whether this path is one of its programs.
    bool owns(QStringView programPath) const;
    friend bool operator==(const Engine &, const Engine &) = default;
};

} // namespace BitNet
