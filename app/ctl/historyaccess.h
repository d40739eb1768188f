// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"
#include "core/history/historyreaders.h"

#include <QString>

#include <memory>
#include <optional>

namespace BitNet {

// What commands share that look into the history, or add to it.

CtlOption dataFolderOption();
// Of "--data-dir", or this person's own; absolute.
QString dataFolderOf(const CtlArguments &arguments);

// The history of a data folder, for reading only: also while the application uses it. Null when it can't be read, and error
// says why; or when there is none yet, and error is empty.
std::unique_ptr<HistoryReaders> openHistoryForReading(const QString &dataFolder, QString *error);

// A moment as people write it: a duration before now ("24h", "30m"), "today", "yesterday", or a date or a date and time in
// ISO 8601 ("2026-11-23", "2026-11-23T21:42:35", "...Z"), local time without a zone. Nothing and a sentence in error otherwise.
std::optional<WallTime> parseMoment(const QString &text, QString *error);

} // namespace BitNet
