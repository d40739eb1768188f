// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencyreport.h"

#include <QByteArray>
#include <QString>

namespace BitNet {

// The latency report as a PDF of A4 pages: the first to read (figures and charts), the following to check (tables, and how
// each figure is made). Vector graphics; the same figures as the HTML report, times in UTC. Needs a QGuiApplication; no
// display. Any thread.
QByteArray reportToPdf(const LatencyReport &report);
// Through replaceFile(): false and a sentence on failure.
bool writePdfReport(const QString &path, const LatencyReport &report, QString *error);

} // namespace BitNet
