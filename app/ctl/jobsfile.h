// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobspec.h"

#include <QByteArrayView>
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace BitNet {

// The jobs of a file with one JSON object a line (see jobSpecFromJson); empty lines are skipped. Nothing when a line is
// wrong: problems then says for each, up to a bound, "FILE, line N: what is wrong".
std::optional<QList<JobSpec>> parseJobs(QByteArrayView content, const QString &fileName, const JobSpec &defaults,
                                        QStringList *problems);

// The same from a file, or from standard input when path is "-" (which is then read to its end).
std::optional<QList<JobSpec>> readJobsFile(const QString &path, const JobSpec &defaults, QStringList *problems);

} // namespace BitNet
