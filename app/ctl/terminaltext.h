// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace BitNet {

// Text of others (a model, an engine, a file's name) as a terminal may get it: without characters that would move the
// cursor, change colours, ring or turn the writing direction; "?" stands for each. Line feeds and tabs stay.
QString harmless(QString text);
// The same for what has to stay on one line, such as a cell of a table: line feeds and tabs are replaced, too.
QString harmlessLine(QString text);

} // namespace BitNet
