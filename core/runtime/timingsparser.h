// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

class QJsonObject;

namespace BitNet {

// Finds an engine's timings in what it prints, bytes cut anywhere, and remembers nothing but an unfinished line. Knows
// llama_perf_sampler_print / llama_perf_context_print and common_perf_print (newer) and llama_print_timings (older), with
// or without a log prefix, on standard error; and "[ Prompt: X t/s | Generation: X t/s ]" of the newest llama-cli on
// standard output. When timings come more than once, the last ones count. Ctrl-C and conversation change nothing: in a
// conversation all figures are sums over its turns, load time aside.
//
// What the engine did not measure stays absent: a time of 0.00 ms, a rate of inf or nan, and a count of 1 beside a time
// of 0.00 ms, as the engines raise counts to 1 before they print them.
class TimingsParser
{
public:
    void addStandardError(QByteArrayView bytes);
    void addStandardOutput(QByteArrayView bytes);

    // What was found so far, in complete lines.
    //
    // outputTokens are those that were sampled. The engine counts evaluations, of which a prompt's first answered token
    // needs none of its own: one more than "eval … runs" where the sampler's count agrees. In a conversation that can't
    // be told and it is the runs alone, one a turn too few. A prompt of a single token counts as a run, too.
    EngineTimings timings() const;

private:
    // "time = MS ms / COUNT runs (…, RATE tokens per second)", any of which may be missing.
    struct Measure
    {
        std::optional<double> ms = std::nullopt; // greater than zero
        std::optional<qint64> count = std::nullopt; // greater than zero
        std::optional<double> perSecond = std::nullopt;
    };
    struct LineCutter
    {
        static constexpr qsizetype longest = 1024; // bytes; no line of timings is longer
        QByteArray line = {};
        bool isTooLong = false;

        template<typename Take>
        void add(QByteArrayView bytes, const Take &take);
    };

    void takeErrorLine(QByteArrayView line);
    void takeOutputLine(QByteArrayView line);
    static std::optional<double> number(QByteArrayView text);
    static Measure measure(QByteArrayView text);

    LineCutter m_errorLines;
    LineCutter m_outputLines;
    Measure m_load;
    Measure m_sampling;
    Measure m_prompt;
    Measure m_eval;
    std::optional<double> m_promptRate; // of the newest llama-cli
    std::optional<double> m_generationRate;
};

// The "timings" object of a llama-server's answer. Members that are null, missing or not positive stay absent. promptTokens
// are those that were evaluated: a prompt whose beginning was still in the server's cache has more.
EngineTimings serverTimings(const QJsonObject &timings);

} // namespace BitNet
