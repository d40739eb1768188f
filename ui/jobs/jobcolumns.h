// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QCoreApplication>
#include <QString>

#include <chrono>
#include <compare>
#include <optional>

namespace BitNet {

// The columns of the table of jobs: what each is called, shows and is sorted by.
class JobColumns
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::JobColumns)
public:
    enum Column {
        State,
        Id,
        Name,
        Detail,
        QueueWait,
        RunTime,
        FirstToken,
        TokensPerSecond,
        Exit,
        Submitted,
        Command,
        Kind,
        Model,
        Group,
        Priority,
        Started,
        Completed,
        Latency,
        Attempts,
        PeakMemory,
        CpuTime,
        Output,
    };
    static constexpr int count = Output + 1;

    static QString title(Column column);
    static QString explanation(Column column); // for the header's tool tip
    static QString text(Column column, const JobRecord &record, MonotonicTime now);
    // The exact value, where text() is rounded; empty otherwise.
    static QString exactText(Column column, const JobRecord &record, MonotonicTime now);
    static bool isNumeric(Column column); // aligned right
    static bool isText(Column column); // sorted by the TextRanking of textKey(), the others by numberKey()
    static bool isShownAtFirst(Column column);
    static int widthInCharacters(Column column);

    // Absent values are NaN; they sort last in ascending order.
    static double numberKey(Column column, const JobRecord &record, MonotonicTime now);
    static QString textKey(Column column, const JobRecord &record);

    // What it has run so far, or ran: pauses left out as the timeout does.
    static std::optional<std::chrono::nanoseconds> runTimeSoFar(const JobRecord &record, MonotonicTime now);
    static std::optional<std::chrono::nanoseconds> queueWaitSoFar(const JobRecord &record, MonotonicTime now);
    // How much of the nearest of its limits has passed, 0..1; nothing without a limit or when it is finished.
    static std::optional<double> limitUsed(const JobRecord &record, MonotonicTime now);
};

} // namespace BitNet
