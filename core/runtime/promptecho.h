// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace BitNet {

struct JobSpec;

// What llama-cli prints on standard output before its answer, and how to find where the answer begins.
struct PromptEcho
{
    enum class Mode {
        Echoed, // the prompt, token by token; the newest llama-cli in a line of its own, after "> "
        Hidden, // nothing: --no-display-prompt
        Conversation, // the system prompt, then "\n> " and a wait for the first line of input
    };
    Mode mode = Mode::Echoed;
    QByteArray prompt = {}; // UTF-8

    // As the job's command asks for it.
    static PromptEcho of(const JobSpec &job);
};

struct AnswerSearch
{
    enum class State {
        Found, // position is the answer's first byte, which is there
        Incomplete, // so far this may be the echo; more output will tell
        Unrecognised, // what is there is not the echo of this prompt
    };
    State state = State::Incomplete;
    qsizetype position = 0; // in standard output

    friend bool operator==(const AnswerSearch &, const AnswerSearch &) = default;
};

// Looks at the beginning of an engine's standard output. The echo is not the prompt byte for byte: a tokenizer may put a
// space in front of it, special tokens ("<s>", "<|im_start|>") print as nothing or appear unasked, and escapes ("\n") have
// become what they stand for.
AnswerSearch findAnswer(QByteArrayView standardOutput, const PromptEcho &echo);

// Whether an engine that ends prints this (or, while it has not ended, may be about to): " [end of text]", "Interrupted by
// user", empty lines. Such output is no answer.
bool isEngineEnding(QByteArrayView output, bool hasEnded);

} // namespace BitNet
