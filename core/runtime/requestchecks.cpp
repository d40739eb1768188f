// SPDX-License-Identifier: MIT
#include "core/runtime/requestchecks.h"

#include "core/runtime/engineprograms.h"
#include "core/runtime/modelfile.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace BitNet {

void RequestChecks::require(bool condition, QLatin1String field, const QString &message)
{
    if (!condition && !m_error)
        m_error = ConfigurationIssue{.field = field, .message = message};
}

void RequestChecks::positive(QLatin1String field, int value)
{
    require(value > 0, field, u"%1 must be a positive integer. Got %2."_s.arg(field).arg(value));
}

void RequestChecks::temperature(double value)
{
    // Written so that NaN is refused.
    require(value > 0, "temperature"_L1, u"Temperature must be positive."_s);
    require(std::isfinite(value), "temperature"_L1, u"Temperature must be a finite number."_s);
}

void RequestChecks::port(int value)
{
    require(value >= 1 && value <= 65535, "port"_L1, u"Port must be between 1 and 65535. Got %1."_s.arg(value));
}

void RequestChecks::gpuLayers(std::optional<int> value)
{
    require(value.value_or(0) >= 0, "gpu_layers"_L1, u"gpu_layers must be zero or a positive integer."_s);
}

QString RequestChecks::host(const QString &value)
{
    const QString trimmed = value.trimmed();
    require(!trimmed.isEmpty(), "host"_L1, u"Host must not be empty."_s);
    return trimmed;
}

QString RequestChecks::prompt(const QString &value)
{
    const QString trimmed = value.trimmed();
    require(!trimmed.isEmpty(), "prompt"_L1, u"Prompt must not be empty."_s);
    require(!trimmed.contains(u'\0'), "prompt"_L1,
            u"Prompt must not hold a NUL character: an engine would stop reading there."_s);
    return trimmed;
}

QString RequestChecks::binary(const QString &buildDir, const QString &name)
{
    if (m_error)
        return {};
    const EngineProgram program = locateEngineProgram(buildDir, name);
    require(program.problem.isEmpty(), "binary"_L1, program.problem);
    return program.path;
}

QString RequestChecks::model(const QString &path)
{
    if (m_error)
        return {};
    const QString expanded = expandHome(path);
    if (const auto problem = modelProblem(expanded))
        require(false, "model"_L1, *problem);
    // Absolute, as the job may run in another folder.
    return QFileInfo(expanded).absoluteFilePath();
}

int RequestChecks::threads(std::optional<int> value, int automatic, int processors)
{
    const int requested = value.value_or(automatic);
    require(requested > 0, "threads"_L1, u"Thread count must be greater than zero."_s);
    if (requested > processors) {
        m_warnings += ConfigurationIssue{
            .field = u"threads"_s,
            .message = u"Requested %1 threads but only %2 CPU cores detected. Clamping value."_s.arg(requested).arg(
                processors)};
    }
    return std::min(requested, processors);
}

} // namespace BitNet
