// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/message.h"
#include "core/jobs/jobrecord.h"

namespace BitNet {

// What was measured of the answer that a job gave.
MessageFigures figuresOf(const JobRecord &record);

} // namespace BitNet
