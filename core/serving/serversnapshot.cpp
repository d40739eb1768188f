// SPDX-License-Identifier: MIT
#include "core/serving/serversnapshot.h"

namespace BitNet {

QLatin1String name(ServerState state)
{
    switch (state) {
    case ServerState::Stopped:
        return QLatin1String("stopped");
    case ServerState::Starting:
        return QLatin1String("starting");
    case ServerState::Ready:
        return QLatin1String("ready");
    case ServerState::Busy:
        return QLatin1String("busy");
    case ServerState::Stopping:
        return QLatin1String("stopping");
    case ServerState::Failed:
        return QLatin1String("failed");
    }
    return {};
}

ServerMetrics ServerMetrics::fromText(QByteArrayView text)
{
    struct Field
    {
        QByteArrayView name;
        std::optional<double> ServerMetrics::*member;
    };
    static constexpr Field fields[] = {
        {"llamacpp:prompt_tokens_total", &ServerMetrics::promptTokens},
        {"llamacpp:prompt_seconds_total", &ServerMetrics::promptSeconds},
        {"llamacpp:tokens_predicted_total", &ServerMetrics::predictedTokens},
        {"llamacpp:tokens_predicted_seconds_total", &ServerMetrics::predictedSeconds},
        {"llamacpp:kv_cache_usage_ratio", &ServerMetrics::kvCacheUsage},
        {"llamacpp:requests_processing", &ServerMetrics::requestsProcessing},
        {"llamacpp:requests_deferred", &ServerMetrics::requestsDeferred},
    };
    ServerMetrics metrics;
    while (!text.isEmpty()) {
        const qsizetype end = text.indexOf('\n');
        const QByteArrayView line = (end < 0 ? text : text.first(end)).trimmed();
        text = end < 0 ? QByteArrayView() : text.sliced(end + 1);
        const qsizetype space = line.indexOf(' ');
        if (space < 0)
            continue;
        for (const Field &field : fields) {
            bool isNumber = false;
            const double value = line.sliced(space + 1).toDouble(&isNumber);
            if (line.first(space) == field.name && isNumber)
                metrics.*field.member = value;
        }
    }
    return metrics;
}

} // namespace BitNet
