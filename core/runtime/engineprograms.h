// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace BitNet {

// Where a program of an engine build is, or why it can't be used.
struct EngineProgram
{
    QString path = {}; // absolute; empty when there is a problem
    QStringList tried = {}; // the candidates, in order
    QString problem = {}; // the contract's message, or that the file is a folder or not executable
};

// Looks for a program ("llama-cli") in bin and bin/Release of the build folder, then in the folder itself. The first candidate that is an executable
// file is taken; only when there is none, one that is there but can't be used is named.
EngineProgram locateEngineProgram(const QString &buildDir, const QString &name);

} // namespace BitNet
