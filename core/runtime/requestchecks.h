// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/bitnetruntime.h"

#include <QLatin1String>
#include <QList>
#include <QString>

#include <optional>

namespace BitNet {

// The contract's checks with their messages. Call them in the contract's order: the first that fails is the error, and
// those after it do nothing.
class RequestChecks
{
public:
    void positive(QLatin1String field, int value);
    void temperature(double value);
    void sampling(const SamplingSettings &settings);
    void port(int value);
    void gpuLayers(std::optional<int> value);
    // Each gives what is to be used: trimmed, located, expanded and made absolute, clamped.
    QString host(const QString &value);
    QString prompt(const QString &value);
    QString systemPrompt(const QString &value); // may be empty
    QString binary(const QString &buildDir, const QString &name);
    QString model(const QString &path);
    int threads(std::optional<int> value, int automatic, int processors);

    const std::optional<ConfigurationIssue> &error() const { return m_error; }
    const QList<ConfigurationIssue> &warnings() const { return m_warnings; }

private:
    void require(bool condition, QLatin1String field, const QString &message);

    std::optional<ConfigurationIssue> m_error;
    QList<ConfigurationIssue> m_warnings;
};

} // namespace BitNet
