// SPDX-License-Identifier: MIT
#include "core/output/enginereport.h"

#include "core/output/answerstart.h"
#include "core/output/outputlog.h"
#include "core/runtime/promptecho.h"
#include "core/runtime/timingsparser.h"

#include <algorithm>

namespace BitNet {

namespace {

constexpr qint64 tailBytes = qint64(128) * 1024;

// The end of the output, each stream for its purpose.
QByteArray readTail(const OutputLog &log, TimingsParser &parser)
{
    OutputSlice tail;
    log.slice(OutputStreams::Both, std::max<qint64>(0, log.size() - tailBytes), log.size(), tail);
    QByteArray standardError;
    for (const OutputPiece &piece : tail.pieces) {
        const QByteArrayView bytes =
            piece.kind == ChunkKind::Gap ? QByteArrayView() : QByteArrayView(tail.bytes).sliced(piece.at, piece.length);
        if (piece.kind == ChunkKind::Stderr) {
            parser.addStandardError(bytes);
            standardError += bytes;
        } else {
            parser.addStandardOutput(bytes);
        }
    }
    return standardError;
}

} // namespace

EngineReport readEngineReport(const JobRecord &finished, bool isKilledForMemory)
{
    EngineReport report;
    OutputLog log;
    if (!finished.spec || finished.spec->kind == JobKind::Custom || finished.outputFolder.isEmpty()
        || !log.open(finished.outputFolder))
        return report;

    TimingsParser parser;
    const QByteArray standardError = readTail(log, parser);
    if (finished.outcome == Outcome::Failed || finished.outcome == Outcome::Crashed) {
        report.failure = recogniseFailure({.standardError = standardError,
                                           .exitCode = finished.exitCode,
                                           .signal = finished.signal,
                                           .isKilledForMemory = isKilledForMemory,
                                           .model = finished.spec->model});
    }
    if (finished.spec->kind == JobKind::Inference) {
        report.timings = parser.timings();
        const AnswerStart start = findAnswerStart(log, PromptEcho::of(*finished.spec), true);
        if (start.state == AnswerStart::State::Found)
            report.firstAnswer = start.elapsed;
    }
    return report;
}

void addEngineReport(JobRecord &finished, bool isKilledForMemory)
{
    const EngineReport report = readEngineReport(finished, isKilledForMemory);
    finished.timings = report.timings;
    if (report.firstAnswer && finished.started) {
        finished.ttft = finished.started->monotonic - finished.submitted.monotonic + *report.firstAnswer;
    }
    if (report.failure) {
        finished.reason = report.failure->sentence;
        if (!report.failure->engineLine.isEmpty())
            finished.reason += u'\n' + report.failure->engineLine;
    }
}

} // namespace BitNet
