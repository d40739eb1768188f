// SPDX-License-Identifier: MIT
#pragma once

#include <QList>

#include <chrono>

namespace BitNet {

// How busy a server was, second by second, over the last five minutes. Times are of a steady clock and never go back.
class ServerLoad
{
public:
    static constexpr std::chrono::seconds span{300};

    struct Second
    {
        int busy = 0; // requests being answered, at the most in that second
        int waiting = 0; // requests queued for the server, likewise
        friend bool operator==(const Second &, const Second &) = default;
    };

    // So it is from now on.
    void take(std::chrono::seconds now, int busy, int waiting);
    // The seconds of the span that are known, oldest first; the last one is now.
    QList<Second> upTo(std::chrono::seconds now) const;

private:
    struct Change
    {
        std::chrono::seconds at;
        Second most; // in that second
        Second last; // and until the next change
    };
    QList<Change> m_changes; // at most one a second; the first may be older than the span
};

} // namespace BitNet
