// SPDX-License-Identifier: MIT
// BitNetRuntime::diagnostics.
#include "core/runtime/bitnetruntime.h"

#include "core/jobs/datasize.h"
#include "core/runtime/engineprobe.h"
#include "core/runtime/engineprograms.h"
#include "core/runtime/machine.h"
#include "core/runtime/modelfile.h"

#include <QDir>
#include <QFileInfo>
#include <QFuture>
#include <QStorageInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

using Level = Diagnostic::Level;

// One job keeps up to 256 MiB of output by default.
constexpr qint64 comfortableDiskBytes = qint64(1024) * 1024 * 1024;
constexpr qint64 comfortableMemoryBytes = qint64(512) * 1024 * 1024;

Diagnostic commandLineProgram(const QString &buildDir, EngineProbe &probe)
{
    const EngineProgram program = locateEngineProgram(buildDir, u"llama-cli"_s);
    if (!program.problem.isEmpty())
        return {u"llama_cli"_s, Level::Problem, u"not usable"_s, program.problem};
    const EngineFlags flags = probe.flags(program.path).result();
    if (!flags.known) {
        return {u"llama_cli"_s, Level::Warning, program.path,
                u"It did not answer --help as an engine does: build it again. %1"_s.arg(flags.why)};
    }
    return {u"llama_cli"_s, Level::Good, program.path, {}};
}

Diagnostic serverProgram(const QString &buildDir)
{
    const EngineProgram program = locateEngineProgram(buildDir, u"llama-server"_s);
    if (!program.problem.isEmpty())
        return {u"llama_server"_s, Level::Warning, u"not usable"_s, program.problem};
    return {u"llama_server"_s, Level::Good, program.path, {}};
}

Diagnostic modelFile(const QString &path)
{
    const auto problem = modelProblem(path);
    return {u"model"_s, problem ? Level::Problem : Level::Good, path, problem.value_or(QString())};
}

Diagnostic memory(qint64 modelBytes)
{
    const auto available = availableMemory();
    if (!available)
        return {u"memory"_s, Level::Warning, u"unknown"_s,
                u"/proc/meminfo does not say how much memory is available, so nothing can be said of what fits."_s};
    const QString value = u"%1 free"_s.arg(formatSize(*available));
    if (*available < modelBytes) {
        return {u"memory"_s, Level::Warning, value,
                u"The model is larger (%1) than the memory that is free: it will be slow. Close other programs, or "
                "choose a smaller model."_s.arg(formatSize(modelBytes))};
    }
    if (*available < comfortableMemoryBytes)
        return {
            u"memory"_s, Level::Warning, value,
            u"Little memory is free: jobs may be killed by the system. Close other programs, or run fewer jobs at a "
            "time."_s};
    return {u"memory"_s, Level::Good, value, {}};
}

// Of the folder, or of the nearest one above it that exists: an output folder is made when it is first needed.
Diagnostic disk(const QString &folder)
{
    QString existing = QDir(folder).absolutePath();
    while (!QFileInfo::exists(existing) && existing != "/"_L1)
        existing = QFileInfo(existing).path();
    const QStorageInfo storage(existing);
    if (!storage.isValid())
        return {u"disk"_s, Level::Warning, u"unknown"_s,
                u"The free space in %1 can't be read. Is the folder still there?"_s.arg(folder)};
    const QString value = u"%1 free in %2"_s.arg(formatSize(storage.bytesAvailable()), folder);
    if (storage.isReadOnly())
        return {u"disk"_s, Level::Problem, value,
                u"This file system is read-only: the output of jobs can't be kept. Choose another folder for it."_s};
    if (storage.bytesAvailable() < comfortableDiskBytes)
        return {u"disk"_s, Level::Warning, value,
                u"Little space is free: the output of jobs may be cut. Make room, or choose another folder for it."_s};
    return {u"disk"_s, Level::Good, value, {}};
}

Diagnostic gpu(const GpuInfo &info)
{
    if (!info.problem.isEmpty())
        return {
            u"gpu"_s, Level::Warning, u"unknown"_s,
            u"nvidia-smi could not tell, so no layers are given to a GPU: see to its driver. %1"_s.arg(info.problem)};
    if (info.smallestGiB > 0) {
        const QString size = formatSize(qint64(info.smallestGiB * 1024 * 1024 * 1024));
        const QString value = info.names.isEmpty() ? size : QString(info.names.join(", "_L1) + ", "_L1 + size);
        return {u"gpu"_s, Level::Good, value, {}};
    }
    if (!info.names.isEmpty()) {
        return {u"gpu"_s, Level::Warning, info.names.join(", "_L1),
                u"Its memory is not known: no layers are given to it unless you name their number."_s};
    }
    return {u"gpu"_s, Level::Good, u"no GPU found"_s, {}};
}

} // namespace

QList<Diagnostic> BitNetRuntime::diagnostics(const QString &model, const QString &folder) const
{
    QList<Diagnostic> list{commandLineProgram(m_options.buildDir, *m_engineProbe), serverProgram(m_options.buildDir)};
    qint64 modelBytes = 0;
    if (!model.isEmpty()) {
        const QString path = expandHome(model);
        list += modelFile(path);
        modelBytes = QFileInfo(path).size();
    }
    list += {u"cpu_count"_s, Level::Good, QString::number(cpuCount()), {}};
    list += memory(modelBytes);
    list += disk(folder.isEmpty() ? QDir::tempPath() : expandHome(folder));
    list += gpu(m_gpuProbe ? m_gpuProbe->info().result() : GpuInfo{.smallestGiB = m_options.gpuMemoryGiB});
    return list;
}

} // namespace BitNet
