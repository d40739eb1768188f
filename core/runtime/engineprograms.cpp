// SPDX-License-Identifier: MIT
#include "core/runtime/engineprograms.h"

#include "core/runtime/modelfile.h"

#include <QDir>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace BitNet {

EngineProgram locateEngineProgram(const QString &buildDir, const QString &name)
{
    const QDir folder(expandHome(buildDir));
    EngineProgram program;
    program.tried = {
        QDir::cleanPath(folder.filePath(u"bin/"_s + name)),
        QDir::cleanPath(folder.filePath(u"bin/Release/"_s + name)),
    };
    // As llama.cpp's release archives are packed. Named only when it is there.
    if (const QString flat = QDir::cleanPath(folder.filePath(name)); QFileInfo(flat).isFile())
        program.tried += flat;
    QString unusable;
    for (const QString &candidate : std::as_const(program.tried)) {
        const QFileInfo file(candidate);
        if (file.isFile() && file.isExecutable()) {
            // Absolute, as the job may run in another folder. Links are kept: a program may look at its own name.
            program.path = QDir::cleanPath(file.absoluteFilePath());
            return program;
        }
        if (!unusable.isEmpty() || !file.exists())
            continue;
        unusable = file.isDir() ? u"The %1 executable must be a file, but this is a folder: %2"_s.arg(name, candidate)
            : file.isFile()
            ? u"The %1 executable may not be executed: %2. Allow it with chmod +x, or build it again."_s.arg(name,
                                                                                                             candidate)
            : u"The %1 executable must be a file: %2"_s.arg(name, candidate);
    }
    program.problem = !unusable.isEmpty()
        ? unusable
        : u"Unable to locate the %1 executable. Expected to find one of:\n%2\n"
          "Build the project with cmake --build build -j before running this command."_s.arg(name,
                                                                                             program.tried.join(u'\n'));
    return program;
}

} // namespace BitNet
