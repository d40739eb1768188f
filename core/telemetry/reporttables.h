// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencyreport.h"

#include <QString>

namespace BitNet {

// "Queue wait", "TTFT", "Run time", "E2E latency", "TPOT", …: for headings.
QString measureTitle(Measure measure);
// "timed out", "failed to start": a name of the job model for people.
QString spokenName(QLatin1StringView name);

// Parts of the HTML report, each a heading and a table; empty when there is nothing to show.
QString measuresTable(const LatencyReport &report);
QString outcomesTable(const LatencyReport &report);
// Time until each outcome: by outcome every ending is measured.
QString timeToOutcomeTable(const LatencyReport &report);
// By model, group, kind and engine, in one table.
QString groupsTable(const LatencyReport &report);
QString slowestTable(const LatencyReport &report);

} // namespace BitNet
