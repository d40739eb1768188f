// SPDX-License-Identifier: MIT
// The files of a job's private folder. Plain C++: shared by the jobshim, which writes them, and by OutputLog.
//
//   output.log   the bytes of both streams in the order they came
//   output.idx   one ChunkRecord per chunk, native byte order, appended after the chunk's bytes are in output.log
//
// A reader takes only what the index covers. Records are in the order of their offsets, which begin at 0 and leave no
// hole: each data record starts where the data record before it ended.
#pragma once

#include <cstdint>

namespace BitNet {

inline constexpr char outputLogName[] = "output.log";
inline constexpr char outputIndexName[] = "output.idx";

enum class ChunkKind : std::uint32_t {
    Stdout = 1,
    Stderr = 2,
    // Bytes were dropped here (the cap or a full disk): length is how many, nothing of them is in output.log.
    Gap = 3,
};

struct ChunkRecord
{
    std::uint64_t offset = 0; // of the first byte, in output.log
    std::uint64_t length = 0; // bytes
    std::int64_t elapsedNs = 0; // since the program was started, CLOCK_MONOTONIC
    ChunkKind kind = ChunkKind::Stdout;
    std::uint32_t reserved = 0;
};
static_assert(sizeof(ChunkRecord) == 32);

// What is kept of the end of an output that passed its cap. It is appended when the job ends, after a Gap that says how
// much is missing; on a full disk either may be missing, and only the job's record tells.
inline constexpr std::uint64_t keptTailBytes = 256 * 1024;

} // namespace BitNet
