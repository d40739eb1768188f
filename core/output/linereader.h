// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/linescanner.h"
#include "core/output/outputlog.h"

#include <QByteArrayView>

#include <functional>

namespace BitNet {

// A line with its bytes, as LineReader gives it.
struct ReadLine
{
    LineStart start = {};
    QByteArrayView bytes; // with its newline; valid during the call only
    // Bytes that follow behind it, at most 3, when the next line is the rest of this one: they complete a character that
    // was cut.
    QByteArrayView following;
    bool goesOn = false; // the next line is folded
};

// Reads lines one after the other, of an output of any size, at the speed of reading. Blocks: for a worker thread, or for
// little.
//
// Begins with a line that OutputLines gave, for the same streams, and ends after the line last (or with the output, or
// when visit returns false).
void readLines(const OutputLog &log, OutputStreams streams, const LineStart &first, const LineStart &last,
               const std::function<bool(const ReadLine &)> &visit);

} // namespace BitNet
