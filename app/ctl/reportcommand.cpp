// SPDX-License-Identifier: MIT
#include "app/ctl/reportcommand.h"

#include "app/ctl/messages.h"
#include "app/ctl/reportrequest.h"
#include "app/ctl/reports.h"
#include "core/files/programlocation.h"
#include "core/telemetry/recordexport.h"

#include <QFile>

#include <algorithm>
#include <cerrno>
#include <vector>

#include <unistd.h>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// The jobs by id, read some hundred at a time.
bool writeRecords(HistoryReaders &readers, const ReportRequest &request, QString *error)
{
    QString readError;
    const auto write = [&](QIODevice &device) {
        bool isWritten = device.write(csvHeader()) > 0;
        // In a thread of the history, while this one waits. After a failure AsideFile takes nothing more.
        readError = readers
                        .forEach(request.filter,
                                 [&](const QList<HistoryEntry> &entries) {
                                     for (const HistoryEntry &entry : entries)
                                         isWritten = isWritten && device.write(csvRow(entry.record)) > 0;
                                 })
                        .result();
        return isWritten && readError.isEmpty();
    };
    const bool isWritten = replaceFile(outputPath(request), write, error);
    if (!readError.isEmpty())
        *error = readError;
    return isWritten;
}

ReportFormat formatOf(ReportFile file)
{
    switch (file) {
    case ReportFile::SummaryCsv:
        return ReportFormat::SummaryCsv;
    case ReportFile::Json:
        return ReportFormat::Json;
    case ReportFile::Html:
    case ReportFile::Csv:
    case ReportFile::Pdf:
        break;
    }
    return ReportFormat::Html;
}

// Only returns on failure.
int becomePdfProgram(const CtlArguments &arguments)
{
    const QString program = findOwnProgram("bitnet-report-pdf"_L1);
    std::vector<QByteArray> words{QFile::encodeName(program)};
    for (const QString &word : arguments.given())
        words.push_back(word.toUtf8());
    std::vector<char *> pointers;
    std::ranges::transform(words, std::back_inserter(pointers), [](QByteArray &word) { return word.data(); });
    pointers.push_back(nullptr);
    ::execv(pointers.front(), pointers.data());
    if (errno == ENOENT) {
        return failWith(u"A PDF is drawn by %1, which is not there: it comes with the desktop application. Take "
                        "--format html, which prints well."_s.arg(program));
    }
    return failWith(u"%1 can't be started: %2."_s.arg(program, qt_error_string(errno)));
}

} // namespace

int reportCommand(const CtlArguments &arguments)
{
    QString error;
    const auto request = reportRequestFrom(arguments, &error);
    if (!request)
        return failWith(error);
    if (request->file == ReportFile::Pdf) {
        const bool isTold = request->path == "-"_L1 ? !::isatty(STDOUT_FILENO) : !request->path.isEmpty();
        return isTold ? becomePdfProgram(arguments) : failWith(u"A PDF needs a file: --output latency.pdf"_s);
    }
    const std::unique_ptr<HistoryReaders> readers = openHistoryFor(*request, &error);
    if (!readers)
        return failWith(error);
    if (request->file == ReportFile::Csv)
        return writeRecords(*readers, *request, &error) ? AllSucceeded : failWith(error);
    const auto report = makeReport(*readers, *request, &error);
    const bool isWritten = report && writeReport(outputPath(*request), *report, formatOf(request->file), &error);
    return isWritten ? AllSucceeded : failWith(error);
}

} // namespace BitNet
