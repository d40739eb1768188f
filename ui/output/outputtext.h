// SPDX-License-Identifier: MIT
#pragma once

#include "core/output/outputlog.h"
#include "ui/output/outputlayout.h"

#include <QString>

namespace BitNet {

// Output as text for people, as it is shown: escape sequences gone, carriage returns applied, folded lines joined again.
struct PlainText
{
    QString text;
    bool cut = false; // there was more than maximumCharacters
};

// What lies between two places. Reads the files: for a worker thread, or for little.
PlainText plainText(const OutputLog &log, OutputStreams streams, const TextPlace &from, const TextPlace &to,
                    qsizetype maximumCharacters);

} // namespace BitNet
