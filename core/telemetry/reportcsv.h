// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencyreport.h"

#include <QByteArray>
#include <QStringList>

namespace BitNet {

// The columns of the summary, in their order.
QStringList reportCsvColumns();

// One row for each measure of all jobs together (grouping "all") and of each group: RFC 4180 as csvTextCell() has it,
// header row, CRLF, UTF-8. Values that are not known are empty cells. A row of merged small groups has the key
// "(N other groups)". Measures that no job of the group has are left out.
QByteArray reportToCsv(const LatencyReport &report);

} // namespace BitNet
