// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/jobshim/wire.h"

namespace BitNet {

Instant fromWire(const Wire::Instant &at);

// Takes what the shim measured over into the record: exit, times, bytes, resources. Not the outcome.
void takeMeasurements(JobRecord &record, const Wire::EndedStatus &status);

// What the shim's report means.
Outcome outcomeOf(const Wire::EndedStatus &status);

// The outcome in a sentence: "Timed out after 30 s; 3 processes were ended." Empty when there is nothing to say.
QString reasonOf(const Wire::EndedStatus &status, const JobSpec &spec);

} // namespace BitNet
