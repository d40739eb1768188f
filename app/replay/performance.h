// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/player.h"
#include "app/replay/transcript.h"

#include <QByteArray>
#include <QList>

namespace BitNet::Replay {

// A recorded conversation taken apart. llama-cli waits for a line with "\n> " on standard output.
struct Conversation
{
    Events opening = {}; // up to and with the first prompt
    QList<Events> turns = {}; // each from a line of input up to and with the next prompt
    Events ending = {}; // what follows the last prompt: "Interrupted by user" and the timings

    static Conversation from(const Transcript &transcript);
};

// Plays a transcript from beginning to end and ends the process as it says, with what an engine does on a signal or at the
// end of its input where the recording leaves it open:
// - SIGINT ends the process while the model is loaded; while a one-shot prompt is answered the timings are printed and it
//   exits 130; in a conversation it interrupts the turn; at the prompt it ends the conversation with exit 130.
// - A conversation whose input has ended prints "\n> " for ever.
class Performance
{
public:
    enum class Length {
        Recorded, // a conversation ends after its recorded turns, by itself
        Endless, // a conversation goes on for as long as lines come, with the recorded turns over and over
    };
    Performance(Transcript transcript, double speed, Length length);

    [[noreturn]] void run();

private:
    [[noreturn]] void converse();
    [[noreturn]] void answer();
    // The process writes the timings and exits as one that was interrupted.
    [[noreturn]] void endInterrupted(const QByteArray &firstWords);
    [[noreturn]] void flood();
    void awaitTurn();

    const Transcript m_transcript;
    const Length m_length;
    Player m_player;
};

} // namespace BitNet::Replay
