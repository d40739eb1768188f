// SPDX-License-Identifier: MIT
#pragma once

namespace BitNet {

// How many columns of a terminal a character takes: 0 (joins the one before), 1, or 2. After UAX #11 and the emoji with a
// presentation of their own. Control characters are not asked for.
int columnWidth(char32_t character);

} // namespace BitNet
