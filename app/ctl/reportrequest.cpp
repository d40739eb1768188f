// SPDX-License-Identifier: MIT
#include "app/ctl/reportrequest.h"

#include "app/ctl/commonoptions.h"
#include "app/ctl/historyaccess.h"
#include "app/ctl/jobselection.h"
#include "core/jobs/duration.h"
#include "core/telemetry/historysamples.h"
#include "core/telemetry/latencykinds.h"

#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

std::optional<ReportFile> reportFileFromName(QStringView name)
{
    static constexpr std::array names = {
        std::pair(u"csv", ReportFile::Csv), std::pair(u"summary-csv", ReportFile::SummaryCsv),
        std::pair(u"json", ReportFile::Json), std::pair(u"html", ReportFile::Html), std::pair(u"pdf", ReportFile::Pdf)};
    for (const auto &[known, file] : names) {
        if (name == known)
            return file;
    }
    return std::nullopt;
}

// Of --format, else of the ending of --output.
std::optional<ReportFile> fileFrom(const CtlArguments &arguments, const QString &path, QString *error)
{
    static const QString known = u"csv, summary-csv, html, pdf or json"_s;
    if (arguments.has(u"format"_s)) {
        const auto file = reportFileFromName(arguments.value(u"format"_s));
        if (!file)
            *error = u"--format: \"%1\" is none. Write %2."_s.arg(arguments.value(u"format"_s), known);
        return file;
    }
    const auto file = reportFileFromName(QFileInfo(path).suffix().toLower());
    if (!file)
        *error = u"What shall it be? Give --format %1, or an output file that ends so."_s.arg(known);
    return file;
}

bool readLimits(const CtlArguments &arguments, LatencyLimits &limits, QString *error)
{
    for (auto [key, limit] : {std::pair(u"ttft-limit"_s, &limits.ttftMs),
                              {u"tpot-limit"_s, &limits.tpotMs},
                              {u"latency-limit"_s, &limits.e2eMs}}) {
        if (!arguments.has(key))
            continue;
        QString why;
        const auto duration = parseDuration(arguments.value(key), &why);
        if (!duration) {
            *error = u"--%1: %2"_s.arg(key, why);
            return false;
        }
        *limit = double(duration->count()) / 1e6;
    }
    return true;
}

bool readMeasure(const CtlArguments &arguments, Measure &measure, QString *error)
{
    if (!arguments.has(u"measure"_s))
        return true;
    QString text = arguments.value(u"measure"_s);
    const QByteArray word = text.replace(u'-', u'_').toLatin1();
    const auto named = measureFromName(QLatin1String(word));
    if (!named || std::ranges::find(latencyMeasures, *named) == latencyMeasures.end()) {
        *error = u"--measure: \"%1\" is none. Write latency, ttft, run, queue-wait or tpot."_s.arg(
            arguments.value(u"measure"_s));
        return false;
    }
    measure = *named;
    return true;
}

} // namespace

CtlCommand reportCommandTable()
{
    CtlOptionGroup which = jobSelectionOptions(u"Ended"_s);
    which.options += dataFolderOption();
    const CtlOptionGroup what = {
        u"What to report"_s,
        {
            {u"--measure"_s, u"MEASURE"_s,
             u"What the charts show and the groups are compared by: latency (submitted to completed; the default), "
             u"ttft, "
             "run, queue-wait or tpot (time per output token)."_s},
            {u"--latency-limit"_s, u"DURATION"_s,
             u"The report says how many requests kept this limit (goodput). Write 500ms, 30s, 2m."_s},
            {u"--ttft-limit"_s, u"DURATION"_s, u"The same for the time to the first token."_s},
            {u"--tpot-limit"_s, u"DURATION"_s, u"The same for the time per output token."_s},
            {u"--title"_s, u"TEXT"_s, u"The title (default: Latency report)."_s},
        }};
    const CtlOptionGroup how = {
        u"Output"_s,
        {
            {u"--format"_s, u"FORMAT"_s,
             u"csv (a record a job), summary-csv, json, html or pdf (default: the ending of the output file)."_s},
            {u"-o, --output"_s, u"FILE"_s,
             u"Write the report to FILE (default, and \"-\": standard output; a PDF needs to be told). It is replaced "
             u"at "
             "once or not at all."_s},
        }};
    return {
        .name = u"report"_s,
        .usage = {u"report [OPTION]..."_s},
        .description =
            u"Reports on the latency of the jobs that have ended, from what the application and bitnetctl have "
            "recorded: percentiles, distribution, throughput, failures, limits. HTML and PDF are made to be read, "
            "with a page to check behind it. It only reads, needs no display, and works while the application runs."_s,
        .groups = {which, what, how, helpOption()},
        .trailing = Trailing::None,
        .exitStatus = u"Exit status: 0, also when no job matches (the report says so); 125 when nothing is recorded, "
                      "the history can't be read or the report can't be written."_s,
        .examples = {u"bitnetctl report --since 24h -o latency.html"_s,
                     u"bitnetctl report --since 7d --group night --ttft-limit 500ms -o night.pdf"_s,
                     u"bitnetctl report --since today --format summary-csv"_s}};
}

std::optional<ReportRequest> reportRequestFrom(const CtlArguments &arguments, QString *error)
{
    const auto selection = jobSelectionFrom(arguments, error);
    if (!selection)
        return std::nullopt;
    ReportRequest request{.dataFolder = dataFolderOf(arguments), .filter = *selection};
    request.path = arguments.value(u"output"_s);
    if (arguments.has(u"output"_s) && request.path.isEmpty()) {
        *error = u"--output: the path is empty."_s;
        return std::nullopt;
    }
    const auto file = fileFrom(arguments, request.path, error);
    if (!file)
        return std::nullopt;
    request.file = *file;

    ReportSettings &settings = request.settings;
    settings.generatedAt = wallNow();
    settings.selection = selectionText(request.filter);
    if (arguments.has(u"title"_s))
        settings.title = arguments.value(u"title"_s);
    if (!readMeasure(arguments, settings.measure, error) || !readLimits(arguments, settings.statistics.limits, error))
        return std::nullopt;

    // As on the Latency page, the jobs of a time are those that ended in it.
    HistoryFilter &filter = request.filter;
    filter.states = {JobState::Finished};
    if (!std::ranges::all_of(filter.kinds, hasLatency)) {
        *error = u"--kind: servers have no latency; the requests that they answer are inferences."_s;
        return std::nullopt;
    }
    if (filter.kinds.isEmpty())
        filter.kinds = {JobKind::Inference, JobKind::Custom};
    filter.endedSince = std::exchange(filter.since, std::nullopt);
    filter.endedUntil = std::exchange(filter.until, std::nullopt);
    return request;
}

std::unique_ptr<HistoryReaders> openHistoryFor(const ReportRequest &request, QString *error)
{
    std::unique_ptr<HistoryReaders> readers = openHistoryForReading(request.dataFolder, error);
    if (!readers && error->isEmpty())
        *error = u"Nothing is recorded in %1 yet, so there is nothing to report."_s.arg(request.dataFolder);
    return readers;
}

std::optional<LatencyReport> makeReport(HistoryReaders &readers, const ReportRequest &request, QString *error)
{
    const HistorySamples found = readers.samples(request.filter).result();
    if (!found.error.isEmpty()) {
        *error = found.error;
        return std::nullopt;
    }
    ReportSettings settings = request.settings;
    const std::vector<LatencySample> samples = latencySamples(found);
    if (request.filter.endedSince)
        settings.range =
            TimeRange{*request.filter.endedSince, request.filter.endedUntil.value_or(settings.generatedAt)};
    LatencyReport report(settings, samples);

    QList<JobId> slowest;
    for (const LatencySample &sample : report.slowest())
        slowest.append(sample.job);
    QHash<quint64, QString> names;
    const HistoryPage page = readers.entries(slowest).result();
    for (const HistoryEntry &entry : page.entries)
        names.insert(entry.record.id.value, displayName(*entry.record.spec));
    report.nameSlowest([&names](JobId id) { return names.value(id.value); });
    return report;
}

QString outputPath(const ReportRequest &request)
{
    return request.path.isEmpty() || request.path == "-"_L1 ? u"/dev/stdout"_s : request.path;
}

} // namespace BitNet
