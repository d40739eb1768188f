// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobid.h"
#include "core/jobshim/wire.h"

#include <QByteArray>
#include <QString>

namespace BitNet {

struct RunOrder;

// The value of the tag in a job's environment: "<instance tag>.<job id>".
QByteArray jobTag(const QString &instanceTag, JobId id);

// What the shim is told to run: limits as instants, the folder, the environment with its tag, private files put in place.
Wire::RunCommand runCommand(const RunOrder &order);

} // namespace BitNet
