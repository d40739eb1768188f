// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

namespace BitNet {

// Makes this process independent of how it was started: its own session, no inherited descriptors but 0, 1 and 2, every
// signal's action the default and every signal blocked, core dumps off and NO_NEW_PRIVS (both inherited by the jobs),
// and the parent of all orphans among its descendants. Returns the umask that was inherited; from here on it is 077.
mode_t settleIn();

} // namespace BitNet
