// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/outputformat.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace BitNet {

// The last keptTailBytes of what is pushed, with streams and times.
class OutputTail
{
public:
    struct Piece
    {
        std::uint64_t length = 0;
        std::int64_t elapsedNs = 0;
        ChunkKind kind = ChunkKind::Stdout;
    };

    // One read from fd; returns what read(2) returns.
    ssize_t readFrom(int fd, ChunkKind kind, std::int64_t elapsedNs);
    void push(std::string_view bytes, ChunkKind kind, std::int64_t elapsedNs);

    std::uint64_t size() const { return m_size; }
    std::uint64_t lost() const { return m_total - m_size; }
    // The bytes, oldest first, in two parts.
    std::string_view first() const;
    std::string_view second() const;
    const std::deque<Piece> &pieces() const { return m_pieces; }

private:
    void allocate();
    void account(std::uint64_t length, ChunkKind kind, std::int64_t elapsedNs);

    std::vector<char> m_ring; // allocated when first needed
    std::uint64_t m_total = 0; // ever pushed: the next byte goes to m_total % size
    std::uint64_t m_size = 0;
    std::deque<Piece> m_pieces;
};

} // namespace BitNet
