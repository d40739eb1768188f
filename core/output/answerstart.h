// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/promptecho.h"

#include <QtGlobal>

#include <chrono>

namespace BitNet {

class OutputLog;

// Where the answer of a llama-cli job begins in its output, and when it came.
struct AnswerStart
{
    enum class State {
        Found,
        NotYet, // what was printed so far may all be the echo of the prompt
        None, // there is no answer, or its beginning can't be told
    };
    State state = State::NotYet;
    qint64 offset = 0; // of its first byte, in output.log
    qint64 position = 0; // of its first byte, in standard output alone
    std::chrono::nanoseconds elapsed = {}; // of the chunk that brought it, since the program was started

    friend bool operator==(const AnswerStart &, const AnswerStart &) = default;
};

// Reads the beginning of the output: as much as the prompt is long and some KiB more (of a conversation at most 1 MiB).
// hasEnded: no more output will come. TTFT is the queue wait + elapsed.
AnswerStart findAnswerStart(const OutputLog &log, const PromptEcho &echo, bool hasEnded);

} // namespace BitNet
