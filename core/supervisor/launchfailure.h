// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "core/jobshim/wire.h"

#include <QString>

namespace BitNet {

// Whether a start failed because the machine ran out of something (descriptors, processes, memory): not the job's fault, to
// be tried again.
bool isShortage(const Wire::EndedStatus &status);

// Why a start failed, as a sentence that says what to look at. Reads the first line of a script to name its interpreter.
QString launchFailure(const Wire::EndedStatus &status, const JobSpec &spec);

// The same as a word for the record.
StartFailure startFailureOf(const Wire::EndedStatus &status);

// "signal 11 (SIGSEGV)"
QString signalText(int number);

} // namespace BitNet
