// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/engine.h"

#include <QList>
#include <QString>

namespace BitNet {

// An engine that a person added to the list.
struct ChosenEngine
{
    QString folder; // "~" is expanded
    QString name = {}; // empty: named after what it is

    friend bool operator==(const ChosenEngine &, const ChosenEngine &) = default;
};

// Where to look for engines, in this order.
struct EnginePlaces
{
    QList<ChosenEngine> chosen = {};
    QString buildDirVariable = {}; // BITNET_BUILD_DIR; empty: not set
    QString workingDirectory = {}; // whose folder "build" counts; empty: none
    QString searchPath = {}; // as PATH is written

    // With this process's environment and working directory.
    static EnginePlaces ofThisProcess(const QList<ChosenEngine> &chosen = {});
    friend bool operator==(const EnginePlaces &, const EnginePlaces &) = default;
};

// The build folder that a person means who names this folder: itself, or, for the bin (or bin/Release) of a build, the folder
// above. Absolute, "~" expanded.
QString engineFolder(const QString &folder);

// The engines in these places; each build once, under the first place that names it. Chosen ones and BITNET_BUILD_DIR are
// there even when nothing is found in them, so that it can be told; others only with a llama-cli or llama-server. Each has its
// programs and a name, nothing else: starts no program, only looks at files. Any thread.
QList<Engine> searchEngines(const EnginePlaces &places);

// Gives each engine that has no name from a person one after what it is ("bitnet.cpp 3947"), or after its folder as long as
// that is not known. Names that would be equal are told apart by the folder.
void nameEngines(QList<Engine> &engines);

} // namespace BitNet
