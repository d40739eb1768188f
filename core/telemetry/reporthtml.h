// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencyreport.h"

#include <QByteArray>

namespace BitNet {

// The report as one HTML document, UTF-8: a page to read (what matters in sentences, charts) and one to check (tables, and how
// each figure is made). Self-contained: style and charts are inside, nothing is loaded and no script runs (its own policy
// forbids both). Follows the reader's light or dark scheme; prints on A4. People's text is escaped everywhere.
QByteArray reportToHtml(const LatencyReport &report);

} // namespace BitNet
