// SPDX-License-Identifier: MIT
#include "core/runtime/promptecho.h"

#include "core/jobs/jobspec.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

using State = AnswerSearch::State;

// Special tokens are short: "<|start_header_id|>", "[INST]".
constexpr qsizetype longestToken = 64;
// The newest llama-cli prints a banner before its "> " and the prompt.
constexpr qsizetype longestBanner = qsizetype(64) * 1024;
// How often a token is taken back; a prompt needs it hardly ever.
constexpr int mostReturns = 100;

constexpr std::array<QByteArrayView, 3> endings{"\n\n", " [end of text]\n\n\n", "\nInterrupted by user\n"};

// The bytes of the special token that may begin here, 0 when none does.
qsizetype tokenLength(QByteArrayView text)
{
    const char closing = text.startsWith('<') ? '>' : text.startsWith('[') ? ']' : '\0';
    if (closing == '\0')
        return 0;
    const qsizetype end = text.first(std::min(text.size(), longestToken)).indexOf(closing);
    return end + 1;
}

// Where the echo ends if the output is the prompt from here on, special tokens of the prompt left out where they don't
// appear.
AnswerSearch follow(QByteArrayView output, qsizetype from, QByteArrayView prompt)
{
    struct Place
    {
        qsizetype prompt = 0;
        qsizetype output = 0;
    };
    Place at{.prompt = 0, .output = from};
    Place token{.prompt = -1, .output = 0}; // the last one that was taken to be printed
    bool mayInsertSpace = false; // tokenizers do so after a special token
    int returns = 0;
    while (at.prompt < prompt.size()) {
        const QByteArrayView rest = prompt.sliced(at.prompt);
        if (at.output < output.size() && output[at.output] == rest[0]) {
            if (tokenLength(rest) > 0)
                token = at;
            mayInsertSpace = false;
            ++at.prompt;
            ++at.output;
            continue;
        }
        if (const qsizetype length = tokenLength(rest); length > 0) {
            // All of the echo may be there, but then the token, as the others before it, is not.
            if (at.output >= output.size() && at.prompt + length < prompt.size())
                return {.state = State::Incomplete};
            at.prompt += length;
            mayInsertSpace = true;
            continue;
        }
        if (at.output >= output.size())
            return {.state = State::Incomplete};
        if (mayInsertSpace && output[at.output] == ' ') {
            mayInsertSpace = false;
            ++at.output;
            continue;
        }
        if (token.prompt < 0 || ++returns > mostReturns)
            return {.state = State::Unrecognised};
        // What looked like the token in the output was something else that begins in the same way.
        at = token;
        at.prompt += tokenLength(prompt.sliced(at.prompt));
        token.prompt = -1;
        mayInsertSpace = true;
    }
    return {.state = at.output < output.size() ? State::Found : State::Incomplete, .position = at.output};
}

// As the engines do with -p and -f, unless they are told not to (string_process_escapes()).
QByteArray withoutEscapes(const QByteArray &text)
{
    QByteArray result;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
        const qsizetype known = next == '\0' ? -1 : QByteArrayView("nrt'\"\\").indexOf(next);
        if (known >= 0) {
            result += "\n\r\t'\"\\"[known];
            ++i;
        } else if (const QByteArray digits = text.mid(i + 2, 2);
                   next == 'x' && digits.size() == 2 && QByteArray::fromHex(digits).toHex() == digits.toLower()) {
            result += QByteArray::fromHex(digits);
            i += 3;
        } else {
            result += text[i];
        }
    }
    return result;
}

// The better of two answers: found, then not yet complete.
AnswerSearch better(const AnswerSearch &one, const AnswerSearch &other)
{
    return one.state <= other.state ? one : other;
}

AnswerSearch findEcho(QByteArrayView output, const QByteArray &prompt)
{
    // The beginning-of-text token may be printed or not, and a space put in front or not.
    const qsizetype token = tokenLength(output);
    AnswerSearch best{.state = State::Unrecognised};
    for (const qsizetype from : {qsizetype(0), token}) {
        best = better(best, follow(output, from, prompt));
        if (output.sliced(from).startsWith(' '))
            best = better(best, follow(output, from + 1, prompt));
    }
    if (output.isEmpty() || output == " " || (token == 0 && output.startsWith('<') && output.size() < longestToken))
        best = better(best, {.state = State::Incomplete});
    return best;
}

// "> PROMPT" in a line of its own.
AnswerSearch findLineEcho(QByteArrayView output, const QByteArray &prompt)
{
    const QByteArray line = "\n> " + prompt + "\n";
    const qsizetype at = output.indexOf(line);
    if (at >= 0) {
        qsizetype position = at + line.size();
        while (position < output.size() && output[position] == '\n')
            ++position;
        return {.state = position < output.size() ? State::Found : State::Incomplete, .position = position};
    }
    return {.state = output.size() < longestBanner ? State::Incomplete : State::Unrecognised};
}

AnswerSearch findFirstTurn(QByteArrayView output, const QByteArray &systemPrompt)
{
    static constexpr QByteArrayView place = "\n> "; // to type at
    // The system prompt may quote what looks like it.
    const qsizetype quoted = systemPrompt.isEmpty() ? -1 : output.indexOf(systemPrompt);
    if (quoted < 0 && systemPrompt.contains(place) && output.size() < systemPrompt.size() + longestBanner)
        return {.state = State::Incomplete};
    qsizetype position = output.indexOf(place, quoted < 0 ? 0 : quoted + systemPrompt.size());
    if (position < 0)
        return {.state = State::Incomplete};
    // A turn without an answer (an end of text at once, a prompt of more tokens than -n) asks for the next line.
    for (;;) {
        const QByteArrayView rest = output.sliced(position);
        if (rest.startsWith(place))
            position += place.size();
        else if (rest.startsWith("\n\n> "))
            ++position;
        else if (QByteArrayView("\n\n> ").startsWith(rest) || place.startsWith(rest))
            return {.state = State::Incomplete, .position = position};
        else
            return {.state = State::Found, .position = position};
    }
}

} // namespace

PromptEcho PromptEcho::of(const JobSpec &job)
{
    PromptEcho echo{.mode = Mode::Echoed, .prompt = job.prompt.toUtf8()};
    for (const QString &argument : job.command) {
        if (argument == "-cnv"_L1 || argument == "--conversation"_L1)
            echo.mode = Mode::Conversation;
        else if (argument == "-no-cnv"_L1 || argument == "--no-conversation"_L1)
            echo.mode = Mode::Echoed;
    }
    // In a conversation it hides what the user types, which isn't printed with a pipe as input anyway.
    if (echo.mode == Mode::Echoed && job.command.contains("--no-display-prompt"_L1))
        echo.mode = Mode::Hidden;
    return echo;
}

AnswerSearch findAnswer(QByteArrayView standardOutput, const PromptEcho &echo)
{
    if (echo.mode == PromptEcho::Mode::Conversation)
        return findFirstTurn(standardOutput, echo.prompt);
    if (echo.mode == PromptEcho::Mode::Hidden || echo.prompt.isEmpty())
        return {.state = standardOutput.isEmpty() ? State::Incomplete : State::Found};

    const QByteArray unescaped = withoutEscapes(echo.prompt);
    AnswerSearch best = findEcho(standardOutput, echo.prompt);
    if (unescaped != echo.prompt)
        best = better(best, findEcho(standardOutput, unescaped));
    if (best.state == State::Unrecognised)
        best = findLineEcho(standardOutput, unescaped);
    return best;
}

bool isEngineEnding(QByteArrayView output, bool hasEnded)
{
    return std::any_of(endings.begin(), endings.end(), [&](QByteArrayView ending) {
        // Killed in the middle of it, or more of it to come.
        return hasEnded ? output == ending || (output.size() > 1 && ending.startsWith(output))
                        : ending.startsWith(output);
    });
}

} // namespace BitNet
