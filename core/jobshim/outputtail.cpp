// SPDX-License-Identifier: MIT
#include "core/jobshim/outputtail.h"

#include <sys/uio.h>

#include <algorithm>
#include <cstring>

namespace BitNet {
namespace {

// Shorter than this apart (ns), chunks of one stream are kept as one: a flood of single bytes must not need more memory for
// its records than for itself.
constexpr std::int64_t mergedWithin = 1'000'000;

} // namespace

void OutputTail::allocate()
{
    if (m_ring.empty())
        m_ring.resize(keptTailBytes);
}

ssize_t OutputTail::readFrom(int fd, ChunkKind kind, std::int64_t elapsedNs)
{
    allocate();
    const std::size_t position = m_total % m_ring.size();
    iovec parts[2] = {{m_ring.data() + position, m_ring.size() - position}, {m_ring.data(), position}};
    const ssize_t n = readv(fd, parts, 2);
    if (n > 0)
        account(static_cast<std::uint64_t>(n), kind, elapsedNs);
    return n;
}

void OutputTail::push(std::string_view bytes, ChunkKind kind, std::int64_t elapsedNs)
{
    allocate();
    while (!bytes.empty()) {
        const std::size_t position = m_total % m_ring.size();
        const std::size_t length = std::min(bytes.size(), m_ring.size() - position);
        std::memcpy(m_ring.data() + position, bytes.data(), length);
        bytes.remove_prefix(length);
        account(length, kind, elapsedNs);
    }
}

void OutputTail::account(std::uint64_t length, ChunkKind kind, std::int64_t elapsedNs)
{
    m_total += length;
    m_size += length;
    if (!m_pieces.empty() && m_pieces.back().kind == kind && elapsedNs - m_pieces.back().elapsedNs < mergedWithin)
        m_pieces.back().length += length;
    else
        m_pieces.push_back({length, elapsedNs, kind});

    while (m_size > m_ring.size()) {
        Piece &oldest = m_pieces.front();
        const std::uint64_t overwritten = std::min<std::uint64_t>(oldest.length, m_size - m_ring.size());
        oldest.length -= overwritten;
        m_size -= overwritten;
        if (oldest.length == 0)
            m_pieces.pop_front();
    }
}

std::string_view OutputTail::first() const
{
    if (m_size == 0)
        return {};
    const std::size_t begin = (m_total - m_size) % m_ring.size();
    return {m_ring.data() + begin, std::min<std::size_t>(m_size, m_ring.size() - begin)};
}

std::string_view OutputTail::second() const
{
    return m_size == 0 ? std::string_view() : std::string_view(m_ring.data(), m_size - first().size());
}

} // namespace BitNet
