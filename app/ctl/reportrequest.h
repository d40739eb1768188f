// SPDX-License-Identifier: MIT
#pragma once

#include "app/ctl/ctloptions.h"
#include "core/history/historyreaders.h"
#include "core/telemetry/latencyreport.h"

#include <QString>

#include <memory>
#include <optional>

namespace BitNet {

// What "bitnetctl report" is asked for, and how the report is made: shared by the command and by bitnet-report-pdf, the
// program that draws the PDF of the same arguments.

enum class ReportFile : quint8 {
    Csv, // a record a job
    SummaryCsv,
    Json,
    Html,
    Pdf,
};

struct ReportRequest
{
    QString dataFolder = {};
    HistoryFilter filter = {}; // its times are those of the jobs' ends; finished jobs only
    ReportSettings settings = {};
    ReportFile file = ReportFile::Html;
    QString path = {}; // empty: standard output
};

CtlCommand reportCommandTable();
// Nothing and a sentence in error when something is wrong.
std::optional<ReportRequest> reportRequestFrom(const CtlArguments &arguments, QString *error);

// The history that the request is about; null and a sentence in error when it can't be read or there is none.
std::unique_ptr<HistoryReaders> openHistoryFor(const ReportRequest &request, QString *error);
// Blocks for about 2 s a million jobs. Nothing and a sentence in error when the history can't be read.
std::optional<LatencyReport> makeReport(HistoryReaders &readers, const ReportRequest &request, QString *error);

// For replaceFile(): standard output has a path too.
QString outputPath(const ReportRequest &request);

} // namespace BitNet
