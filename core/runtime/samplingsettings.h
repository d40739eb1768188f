// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>
#include <QtGlobal>

#include <optional>

namespace BitNet {

// How an engine chooses the next token, temperature aside. Absent: the engine's own default, which its --help tells.
struct SamplingSettings
{
    std::optional<int> topK = std::nullopt; // ≥ 0; of so many likeliest tokens; 0: of all
    std::optional<double> topP =
        std::nullopt; // > 0 … 1; of the likeliest tokens with this probability together; 1: of all
    std::optional<double> minP = std::nullopt; // 0 … 1; at least this part of the likeliest one's probability; 0: any
    std::optional<double> repeatPenalty = std::nullopt; // > 0, finite; 1: none
    std::optional<qint64> seed = std::nullopt; // -1: another one each time; 0 … 4294967295

    // "--top-k N" and so on, for those that are set; the same for every known llama-cli and llama-server.
    QStringList arguments() const;
    friend bool operator==(const SamplingSettings &, const SamplingSettings &) = default;
};

} // namespace BitNet
