// SPDX-License-Identifier: MIT
#include "core/runtime/requestchecks.h"

#include "core/runtime/argumenttext.h"
#include "core/runtime/engineprograms.h"
#include "core/runtime/modelfile.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace BitNet {

static constexpr qint64 largestSeed = 4294967295; // 32 bits in every engine

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

void RequestChecks::sampling(const SamplingSettings &settings)
{
    require(settings.topK.value_or(0) >= 0, "top_k"_L1, u"top_k must be zero or a positive integer."_s);
    // Written so that NaN is refused.
    const double topP = settings.topP.value_or(1);
    require(topP > 0 && topP <= 1, "top_p"_L1,
            u"top_p must be greater than 0 and at most 1. Got %1."_s.arg(argumentText(topP)));
    const double minP = settings.minP.value_or(0);
    require(minP >= 0 && minP <= 1, "min_p"_L1, u"min_p must be between 0 and 1. Got %1."_s.arg(argumentText(minP)));
    const double penalty = settings.repeatPenalty.value_or(1);
    require(penalty > 0, "repeat_penalty"_L1, u"repeat_penalty must be positive."_s);
    require(std::isfinite(penalty), "repeat_penalty"_L1, u"repeat_penalty must be a finite number."_s);
    const qint64 seed = settings.seed.value_or(0);
    require(seed >= -1 && seed <= largestSeed, "seed"_L1,
            u"seed must be between 0 and %1, or -1 for another one each time. Got %2."_s.arg(largestSeed).arg(seed));
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

QString RequestChecks::systemPrompt(const QString &value)
{
    const QString trimmed = value.trimmed();
    require(!trimmed.contains(u'\0'), "system_prompt"_L1, u"System prompt must not hold a NUL character."_s);
    require(trimmed.toUtf8().size() <= maximumArgumentBytes, "system_prompt"_L1,
            u"System prompt must be at most %1 bytes long, as it is an argument of the engine."_s.arg(
                maximumArgumentBytes));
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
