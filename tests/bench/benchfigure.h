// SPDX-License-Identifier: MIT
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QString>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace BitNet::Bench {

// One figure, one line of JSON on standard output.
inline void printFigure(const QString &name, double value, const QString &unit, QJsonObject more = {})
{
    more.insert(QStringLiteral("figure"), name);
    more.insert(QStringLiteral("value"), value);
    more.insert(QStringLiteral("unit"), unit);
    std::printf("%s\n", QJsonDocument(more).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

// The value below which this share (0..1) of the values lies, by nearest rank. The values must not be empty.
inline double percentile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    const auto rank = static_cast<size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
    return values[rank];
}

inline double median(std::vector<double> values)
{
    return percentile(std::move(values), 0.5);
}

} // namespace BitNet::Bench
