// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"
#include "core/history/historyquery.h"

#include <QString>

#include <optional>

namespace BitNet {

// What commands share that choose among the recorded jobs.

// --since, --until, --outcome, --group, --model, --engine, --kind, --name. event: what --since and --until ask for, as the
// first word of a sentence ("Submitted").
CtlOptionGroup jobSelectionOptions(const QString &event);
// What those say; --since and --until are of the submission. Nothing and a sentence in error when a value is none.
std::optional<HistoryFilter> jobSelectionFrom(const CtlArguments &arguments, QString *error);
// The selection but its times, for people: "group night, failed or timed out". Empty for all jobs.
QString selectionText(const HistoryFilter &filter);

} // namespace BitNet
