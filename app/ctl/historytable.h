// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/historyquery.h"

#include <QList>
#include <QString>

namespace BitNet {

// Jobs as a table for people: a heading and a line each, columns aligned, times in this machine's zone. Control characters
// are shown as blanks, long names are cut.
QString historyTable(const QList<HistoryEntry> &entries);

} // namespace BitNet
