// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/sampleset.h"

#include <QFuture>
#include <QList>
#include <QString>

#include <functional>
#include <optional>

namespace BitNet {

class JobHistory;

struct JobsWritten
{
    qint64 jobs = 0;
    QString error = {}; // a sentence; then there is no file, or the old one
};

struct JobsExport
{
    QFuture<JobsWritten> written = {};
    std::function<void()> cancel = {}; // written has no result then, and the old file stays
};

// Finished jobs as CSV, a row each, oldest first, see recordexport.h; written aside and renamed. only: those that it matches,
// as they enter statistics; nothing: all of them. They return at once.
//
// The jobs of a history go from one file to the other, so that there may be any number of them. It must outlive the future.
JobsExport exportJobs(const QString &path, const std::optional<SampleFilter> &only, JobHistory &history);
// The finished ones among these.
JobsExport exportJobs(const QString &path, const std::optional<SampleFilter> &only, const QList<JobRecord> &records);

} // namespace BitNet
