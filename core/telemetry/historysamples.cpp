// SPDX-License-Identifier: MIT
#include "core/telemetry/historysamples.h"

#include "core/telemetry/latencykinds.h"

namespace BitNet {

std::vector<LatencySample> latencySamples(const HistorySamples &history)
{
    std::vector<LatencySample> samples;
    samples.reserve(size_t(history.samples.size()));
    for (const HistorySample &recorded : history.samples) {
        if (recorded.state != JobState::Finished || !recorded.outcome || !hasLatency(recorded.kind))
            continue;
        LatencySample sample;
        sample.job = recorded.id;
        sample.submittedAt = recorded.submitted;
        sample.completedAt = recorded.completed.value_or(
            recorded.submitted
            + std::chrono::floor<std::chrono::microseconds>(recorded.queueWait.value_or(std::chrono::nanoseconds(0))));
        sample.outcome = *recorded.outcome;
        sample.kind = recorded.kind;
        sample.outputTokens = recorded.outputTokens;
        sample.group = history.texts.value(recorded.group);
        sample.model = history.texts.value(recorded.model);
        sample.engine = history.texts.value(recorded.engine);
        observe(sample,
                {.wasStarted = recorded.queueWait.has_value(),
                 .queueWait = recorded.queueWait,
                 .ttft = recorded.ttft,
                 .run = recorded.runTime,
                 .latency = recorded.latency,
                 .loadMs = recorded.loadMs,
                 .prefillMs = recorded.prefillMs,
                 .decodeMs = recorded.decodeMs});
        samples.push_back(std::move(sample));
    }
    return samples;
}

} // namespace BitNet
