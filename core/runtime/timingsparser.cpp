// SPDX-License-Identifier: MIT
#include "core/runtime/timingsparser.h"

#include <QJsonObject>
#include <QJsonValue>

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

// The functions whose lines are timings, by which the engines begin them.
constexpr std::array<QByteArrayView, 4> printers{
    "llama_perf_sampler_print:",
    "llama_perf_context_print:",
    "common_perf_print:",
    "llama_print_timings:",
};
// A log prefix ("0.17.923.567 I ") is shorter.
constexpr qsizetype longestPrefix = 64;

// What lies between the two, or nothing when one of them is missing.
std::optional<QByteArrayView> between(QByteArrayView text, QByteArrayView before, QByteArrayView after)
{
    const qsizetype begin = text.indexOf(before);
    if (begin < 0)
        return std::nullopt;
    const QByteArrayView rest = text.sliced(begin + before.size());
    const qsizetype end = rest.indexOf(after);
    return end < 0 ? std::nullopt : std::optional(rest.first(end));
}

} // namespace

template<typename Take>
void TimingsParser::LineCutter::add(QByteArrayView bytes, const Take &take)
{
    while (!bytes.isEmpty()) {
        const qsizetype end = bytes.indexOf('\n');
        const QByteArrayView piece = end < 0 ? bytes : bytes.first(end);
        isTooLong = isTooLong || line.size() + piece.size() > longest;
        if (!isTooLong)
            line.append(piece);
        if (end < 0)
            return;
        if (!isTooLong)
            take(QByteArrayView(line));
        line.clear();
        isTooLong = false;
        bytes = bytes.sliced(end + 1);
    }
}

void TimingsParser::addStandardError(QByteArrayView bytes)
{
    m_errorLines.add(bytes, [this](QByteArrayView line) { takeErrorLine(line); });
}

void TimingsParser::addStandardOutput(QByteArrayView bytes)
{
    m_outputLines.add(bytes, [this](QByteArrayView line) { takeOutputLine(line); });
}

void TimingsParser::takeErrorLine(QByteArrayView line)
{
    for (const QByteArrayView printer : printers) {
        const qsizetype at = line.indexOf(printer);
        if (at < 0 || at > longestPrefix)
            continue;
        const QByteArrayView text = line.sliced(at + printer.size());
        const qsizetype equals = text.indexOf('=');
        if (equals < 0)
            return;
        const QByteArrayView label = text.first(equals).trimmed();
        const Measure value = measure(text.sliced(equals + 1));
        if (label == "load time")
            m_load = value;
        else if (label == "prompt eval time")
            m_prompt = value;
        else if (label == "eval time")
            m_eval = value;
        else if (label == "sampling time" || label == "sample time" || label == "samplers time")
            m_sampling = value;
        return;
    }
}

// The model may have written such a line, too; what the engine says comes last.
void TimingsParser::takeOutputLine(QByteArrayView line)
{
    line = line.trimmed();
    if (!line.startsWith("[ Prompt:") || !line.endsWith("t/s ]"))
        return;
    const auto prompt = between(line, "Prompt:", "t/s");
    const auto generation = between(line, "Generation:", "t/s");
    if (!prompt || !generation)
        return;
    m_promptRate = number(*prompt);
    m_generationRate = number(*generation);
}

// A finite number greater than zero. Some systems write a decimal comma.
std::optional<double> TimingsParser::number(QByteArrayView text)
{
    QByteArray digits = text.trimmed().toByteArray();
    digits.replace(',', '.');
    bool isNumber = false;
    const double value = digits.toDouble(&isNumber);
    return isNumber && std::isfinite(value) && value > 0 ? std::optional(value) : std::nullopt;
}

TimingsParser::Measure TimingsParser::measure(QByteArrayView text)
{
    Measure measure;
    const qsizetype unit = text.indexOf(" ms");
    if (unit < 0)
        return measure;
    measure.ms = number(text.first(unit));
    const QByteArrayView rest = text.sliced(unit + 3);
    // "/ 46 tokens (…)" or "/ 47 runs (…)"
    const qsizetype open = rest.indexOf('(');
    const QByteArrayView counted = open < 0 ? rest : rest.first(open);
    const QByteArrayView words = counted.trimmed();
    if (words.startsWith('/') && (words.endsWith("tokens") || words.endsWith("runs"))) {
        bool isNumber = false;
        const QByteArrayView digits = words.sliced(1).trimmed();
        const qint64 count = digits.first(std::max<qsizetype>(digits.indexOf(' '), 0)).toLongLong(&isNumber);
        // A count of 1 beside a time of zero may be a raised 0.
        if (isNumber && count > 0 && (measure.ms || count > 1))
            measure.count = count;
    }
    if (open >= 0) {
        // "…, 31.96 tokens per second": with a decimal comma the number has one in it.
        const auto rate = between(rest, "per token,", "tokens per second");
        measure.perSecond = rate ? number(*rate) : std::nullopt;
    }
    return measure;
}

EngineTimings TimingsParser::timings() const
{
    EngineTimings timings{.loadMs = m_load.ms,
                          .prefillMs = m_prompt.ms,
                          .decodeMs = m_eval.ms,
                          .promptTokens = m_prompt.count,
                          .outputTokens = m_eval.count,
                          .prefillTps = m_prompt.perSecond,
                          .decodeTps = m_eval.perSecond};
    if (!timings.prefillTps)
        timings.prefillTps = m_promptRate;
    if (!timings.decodeTps)
        timings.decodeTps = m_generationRate;

    if (m_sampling.count) {
        const qint64 sampled = *m_sampling.count;
        const qint64 runs = m_eval.count.value_or(0);
        if (m_prompt.count) {
            // The sampler sees the prompt, in older engines it does not. Without a count there were no runs, or one.
            const bool agrees = sampled == *m_prompt.count + runs + 1 || sampled == runs + 1;
            if (agrees)
                timings.outputTokens = runs + 1;
            else if (!m_eval.count && sampled == *m_prompt.count + 2)
                timings.outputTokens = 2;
        } else if (m_eval.count && sampled == runs + 1) {
            // A prompt of one token is evaluated as a run.
            timings.promptTokens = 1;
        }
    }
    return timings;
}

EngineTimings serverTimings(const QJsonObject &timings)
{
    const auto real = [&](QLatin1String name) -> std::optional<double> {
        const QJsonValue value = timings.value(name);
        return value.isDouble() && value.toDouble() > 0 ? std::optional(value.toDouble()) : std::nullopt;
    };
    const auto count = [&](QLatin1String name) -> std::optional<qint64> {
        const qint64 value = timings.value(name).toInteger(0);
        return value > 0 ? std::optional(value) : std::nullopt;
    };
    return {.prefillMs = real("prompt_ms"_L1),
            .decodeMs = real("predicted_ms"_L1),
            .promptTokens = count("prompt_n"_L1),
            .outputTokens = count("predicted_n"_L1),
            .prefillTps = real("prompt_per_second"_L1),
            .decodeTps = real("predicted_per_second"_L1)};
}

} // namespace BitNet
