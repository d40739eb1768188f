// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobspec.h"

#include <QByteArrayView>

#include <optional>

namespace BitNet {

// Reads one job from a line of JSON:
//   {"command": ["prog", "arg"], "name": "…", "cwd": "…", "env": {"K": "V", "UNSET": null}, "timeout": "30s" | 30,
//    "deadline": …, "kill_grace": …, "output_cap": BYTES, "priority": N, "group": "…", "held": true}
// Only "command" is required. Members left out keep the values of defaults, and so do variables that "env" does not
// name. Anything unknown, of the wrong type or out of range is an error: returns nothing and, when error is given, a
// sentence that names the member and what is wrong.
std::optional<JobSpec> jobSpecFromJson(QByteArrayView line, const JobSpec &defaults = {}, QString *error = nullptr);

} // namespace BitNet
