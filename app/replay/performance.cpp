// SPDX-License-Identifier: MIT
#include "app/replay/performance.h"

#include <algorithm>
#include <utility>

#include <unistd.h>

namespace BitNet::Replay {

static constexpr int exitInterrupted = 130;

namespace {

const QByteArray prompt = "\n> ";

bool isPrompt(const Event &event)
{
    return event.stream == Stream::Stdout && event.bytes.endsWith(prompt);
}

bool isInput(const Event &event)
{
    return event.stream == Stream::Stdin;
}

Events slice(Events::const_iterator begin, Events::const_iterator end)
{
    return Events(begin, end);
}

// "llama_perf_context_print: …" to the end, on standard error.
Events timingsOf(const Events &events)
{
    Events timings;
    for (const Event &event : events) {
        if (event.stream == Stream::Stderr && (!timings.isEmpty() || event.bytes.startsWith("llama_perf_")))
            timings += Event{.stream = Stream::Stderr, .bytes = event.bytes};
    }
    return timings;
}

} // namespace

Conversation Conversation::from(const Transcript &transcript)
{
    Conversation conversation;
    const Events &events = transcript.events;
    auto segment = events.cbegin();
    auto input = std::find_if(segment, events.cend(), isInput);
    conversation.opening = slice(segment, input);
    while (input != events.cend()) {
        segment = std::next(input);
        input = std::find_if(segment, events.cend(), isInput);
        auto end = input;
        if (input == events.cend()) {
            // The last turn goes up to the last prompt.
            while (end != segment && !isPrompt(*std::prev(end)))
                --end;
            conversation.ending = slice(end, events.cend());
        }
        conversation.turns += slice(segment, end);
    }
    return conversation;
}

Performance::Performance(Transcript transcript, double speed, Length length)
    : m_transcript(std::move(transcript))
    , m_length(length)
    , m_player(speed)
{
}

void Performance::run()
{
    const bool isConversation = std::any_of(m_transcript.events.cbegin(), m_transcript.events.cend(), isInput);
    if (isConversation)
        converse();
    answer();
}

// A one-shot prompt, or whatever else prints and ends.
void Performance::answer()
{
    const Events &events = m_transcript.events;
    auto firstOutput = events.cend();
    // Only an engine that prints timings catches SIGINT, and not before the model is loaded.
    if (!timingsOf(events).isEmpty()) {
        firstOutput =
            std::find_if(events.cbegin(), events.cend(), [](const Event &e) { return e.stream == Stream::Stdout; });
    }
    m_player.play(slice(events.cbegin(), firstOutput));
    if (firstOutput != events.cend()) {
        m_player.catchInterrupts();
        if (m_player.play(slice(firstOutput, events.cend())) == Player::Played::Interrupted)
            endInterrupted("\n");
    }
    if (!m_player.wait(m_transcript.endDelayMs))
        _exit(exitInterrupted);
    Player::end(m_transcript);
}

void Performance::converse()
{
    const Conversation conversation = Conversation::from(m_transcript);
    // As in answer(): the last event is the prompt, where the model is loaded at the latest.
    m_player.play(conversation.opening);
    m_player.catchInterrupts();
    for (qsizetype turn = 0; m_length == Length::Endless || turn < conversation.turns.size(); ++turn) {
        awaitTurn();
        if (m_player.play(conversation.turns[turn % conversation.turns.size()]) == Player::Played::Interrupted)
            m_player.write(Stream::Stdout, prompt);
    }
    if (m_player.play(conversation.ending) == Player::Played::Interrupted)
        endInterrupted({});
    m_player.wait(m_transcript.endDelayMs);
    Player::end(m_transcript);
}

// Until a turn of the user's is complete. A line that ends with '\' is continued by the next; an empty one lets the model
// go on, which is a turn too.
void Performance::awaitTurn()
{
    QByteArray line;
    do {
        switch (m_player.readLine(line)) {
        case Player::Input::Line:
            break;
        case Player::Input::End:
            flood();
        case Player::Input::Interrupted:
            endInterrupted("\n");
        }
    } while (line.endsWith('\\'));
}

void Performance::endInterrupted(const QByteArray &firstWords)
{
    m_player.write(Stream::Stdout, firstWords);
    m_player.play(timingsOf(m_transcript.events));
    m_player.write(Stream::Stdout, "Interrupted by user\n");
    _exit(exitInterrupted);
}

// As llama-cli does at the end of its input, in pieces as small as its own.
void Performance::flood()
{
    while (m_player.wait(0))
        m_player.write(Stream::Stdout, prompt);
    endInterrupted("\n");
}

} // namespace BitNet::Replay
