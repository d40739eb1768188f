// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/outputformat.h"

#include <QByteArray>
#include <QtGlobal>

#include <chrono>
#include <vector>

namespace BitNet {

// Which of a job's streams to read.
enum class OutputStreams {
    Stdout,
    Stderr,
    Both, // in the order they came
};

// A piece of output: one stream, one time.
struct OutputChunk
{
    qint64 offset = 0; // in output.log
    qint64 length = 0; // bytes; for a Gap the number of bytes that were not kept
    std::chrono::nanoseconds elapsed = {}; // since the program was started
    ChunkKind kind = ChunkKind::Stdout;

    friend bool operator==(const OutputChunk &, const OutputChunk &) = default;
};

// Neighbouring chunks of one stream as one piece of an OutputSlice.
struct OutputPiece
{
    qint64 at = 0; // where its bytes begin in OutputSlice::bytes
    qint64 offset = 0; // in output.log
    qint64 length = 0; // bytes; for a Gap the number of bytes that were not kept (none of them in the slice)
    ChunkKind kind = ChunkKind::Stdout;

    friend bool operator==(const OutputPiece &, const OutputPiece &) = default;
};

// The bytes of the chosen streams in a range of output.log, and where they come from. Reusable: its memory is kept.
struct OutputSlice
{
    QByteArray bytes;
    std::vector<OutputPiece> pieces; // in the order of their offsets
};

} // namespace BitNet
