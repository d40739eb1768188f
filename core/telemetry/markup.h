// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

namespace BitNet {

// People's text for the inside of an HTML or SVG element or a quoted attribute: markup escaped, characters that XML does not
// allow (and NUL, which ends a document early) or that turn the reading direction shown as U+FFFD.
QString escaped(QStringView text);

} // namespace BitNet
