// SPDX-License-Identifier: MIT
#pragma once

#include "app/replay/transcript.h"

#include <QByteArray>

#include <chrono>
#include <optional>

namespace BitNet::Replay {

// Plays events to this process's own streams, in their time, and hears what comes from outside: lines on standard input and,
// once it was told to, SIGINT. Every other signal keeps its disposition, so that SIGTERM ends the process.
class Player
{
public:
    // Speed 1 is the recorded time, 2 is twice as fast, 0 waits nowhere.
    explicit Player(double speed);

    // From now on SIGINT no longer ends the process but interrupts play() and readLine().
    void catchInterrupts();

    enum class Played { Whole, Interrupted };
    // Events of Stdin are passed over. When interrupted, the remaining events were not played.
    Played play(const Events &events);

    enum class Input { Line, End, Interrupted };
    // Waits for a line on standard input, without limit. A last line without a newline counts as one.
    Input readLine(QByteArray &line);

    // Waits; false when interrupted.
    bool wait(double recordedMs);
    void write(Stream stream, const QByteArray &bytes);

    // Ends this process as the recorded one ended, by the same signal if it was one (without a core dump).
    [[noreturn]] static void end(const Transcript &transcript);

private:
    using Clock = std::chrono::steady_clock;
    // True when there was a SIGINT; it is taken then.
    bool takeInterrupt();
    bool waitUntil(Clock::time_point until);

    const double m_speed;
    int m_interrupts = -1; // signalfd, from catchInterrupts() on
    QByteArray m_input;
    bool m_inputEnded = false;
};

} // namespace BitNet::Replay
