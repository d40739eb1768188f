// SPDX-License-Identifier: MIT
#pragma once

#include <QString>
#include <QStringList>
#include <QtGlobal>

#include <chrono>
#include <optional>

namespace BitNet {

// How much of the past is kept; nothing: without that limit. Running and waiting jobs, and those with a "keep" mark, are
// never touched.
struct RetentionLimits
{
    // Jobs that ended longer ago are forgotten, with their output.
    std::optional<std::chrono::seconds> age = std::chrono::hours(24 * 30);
    // The oldest jobs beyond this number are forgotten, with their output.
    std::optional<qint64> jobs = 100'000;
    // Beyond this much output in all, that of the oldest jobs is removed; the jobs and their figures stay.
    std::optional<qint64> outputBytes = qint64(10) * 1024 * 1024 * 1024;

    friend bool operator==(const RetentionLimits &, const RetentionLimits &) = default;
};

struct HistorySettings
{
    // Where this program's jobs get their folders. Empty: defaultOutputRoot() of the data folder.
    QString outputRoot = {};
    // Where other programs that record here put theirs. Only job folders in one of these, in outputRoot or in
    // defaultOutputRoot() are ever removed.
    QStringList furtherOutputRoots = {};
    RetentionLimits retention = {};
};

} // namespace BitNet
