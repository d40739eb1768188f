// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "ui/style/theme.h"

#include <QCoreApplication>
#include <QString>

#include <chrono>
#include <optional>

namespace BitNet {

// The words in which the window speaks of jobs, in one place. GUI thread only.
class Wording
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::Wording)
public:
    // "Running", "Paused", "Waiting", "Held", "Timed out", …
    static QString state(const JobRecord &record);
    static QString outcome(Outcome outcome);
    static QString kind(JobKind kind);
    static QString pending(PendingReason reason);
    // Why it is as it is, in a few words; empty when there is nothing to add to state().
    static QString detail(const JobRecord &record);

    static Tone tone(const JobRecord &record);
    // A bundled icon, see Icons::get.
    static QString icon(const JobRecord &record);

    // "—" for nothing.
    static QString duration(std::optional<std::chrono::nanoseconds> duration);
    // For a figure that grows while one looks at it: tenths below ten seconds, then whole seconds.
    static QString tickingDuration(std::chrono::nanoseconds duration);
    static QString exactDuration(std::optional<std::chrono::nanoseconds> duration);
    // Local time: "14:03:07" today, "23 Nov 14:03" on other days.
    static QString time(const std::optional<Instant> &instant);
    static QString exactTime(const std::optional<Instant> &instant);
    static QString bytes(std::optional<qint64> bytes);
    static QString number(std::optional<qint64> number);
    static QString rate(std::optional<double> perSecond);
    static QString signal(int number); // "SIGTERM (15)"
    static QString nothing(); // the dash
};

} // namespace BitNet
