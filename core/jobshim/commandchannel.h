// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/wire.h"

#include <string>
#include <string_view>
#include <vector>

namespace BitNet {

// Frames from standard input, frames to standard output; both nonblocking and buffered.
class CommandChannel
{
public:
    struct Frame
    {
        Wire::FrameHeader header;
        std::string_view payload; // valid until the next read()
    };
    enum class Next {
        Frame,
        Incomplete,
        Broken, // see problem()
    };

    CommandChannel();

    // Takes what is there. False at the end of the stream: the application is gone.
    bool read();
    // The next frame of what was taken.
    Next next(Frame &frame);
    const char *problem() const { return m_problem; }

    template<typename Payload>
    void send(Wire::Type type, std::uint32_t job, const Payload &payload)
    {
        Wire::appendFrame(m_out, type, job, payload);
    }
    void send(Wire::Type type, std::uint32_t job) { Wire::appendRawFrame(m_out, type, job); }

    bool hasUnsent() const { return !m_out.empty(); }
    // Writes what it can. False when nobody reads any more; what was to be sent is forgotten then.
    bool flush();

    // Gives the memory of a large frame back, once its payload is not needed any more.
    void release();

private:
    void makeRoom();

    std::vector<char> m_in;
    std::size_t m_begin = 0; // of what was not yet returned by next()
    std::size_t m_end = 0;
    std::size_t m_wanted = 0; // size of the frame that is incomplete, 0: not known
    std::string m_out;
    const char *m_problem = "";
};

} // namespace BitNet
