// SPDX-License-Identifier: MIT
#include "app/ctl/commonoptions.h"

#include "app/ctl/historyaccess.h"
#include "core/jobs/duration.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <limits>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostJobsAtATime = 4096;

// Whether a file can be made, or replaced, at path; a sentence when not.
std::optional<QString> cannotWrite(const QString &path)
{
    const QFileInfo file(path);
    if (path.isEmpty())
        return u"The path of the report is empty."_s;
    if (file.isDir())
        return u"%1 is a folder; give the path of a file."_s.arg(path);
    const QFileInfo folder(file.path());
    if (!folder.isDir())
        return u"The folder %1 does not exist."_s.arg(file.path());
    const bool written = file.exists() && !file.isFile(); // a pipe or a device is not replaced
    if (written ? !file.isWritable() : !folder.isWritable())
        return u"%1 can't be written to."_s.arg(written ? path : file.path());
    return std::nullopt;
}

} // namespace

CtlOptionGroup limitOptions()
{
    return {u"Limits"_s,
            {
                {u"--timeout"_s, u"DURATION"_s,
                 u"End a job that runs longer than this: SIGTERM to its whole process tree, then SIGKILL. "
                 "Write 500ms, 30s, 2m, 1h30m; a bare number is seconds."_s},
                {u"--deadline"_s, u"DURATION"_s,
                 u"The same, counted from its submission: the wait in the queue included."_s},
                {u"--kill-grace"_s, u"DURATION"_s,
                 u"How long a job has between SIGTERM and SIGKILL (default: 1s; 0 kills at once)."_s},
                {u"--concurrency"_s, u"N"_s,
                 u"How many jobs run at a time, 1 to 4096 (default: the number of processors)."_s},
                {u"--output-cap"_s, u"BYTES"_s,
                 u"Keep this much of a job's output; what follows is counted and dropped, save the last "
                 "256 KiB. Suffixes K, M and G are understood (default: 256M; none for the output of one "
                 "job that is passed through)."_s},
            }};
}

CtlOptionGroup outputOptions()
{
    return {u"Output"_s,
            {
                {u"--json"_s, QString(),
                 u"Print one record a line on standard output as each job ends, and nothing else there: "
                 "what jobs print goes to standard error."_s},
                {u"-q, --quiet"_s, QString(),
                 u"Do not show what jobs print, nor notes about them. Errors are still shown."_s},
                {u"--csv"_s, u"FILE"_s,
                 u"When all jobs ended, write their records to FILE. It is replaced at once or not at all."_s},
                {u"--output-dir"_s, u"DIR"_s,
                 u"Keep each job's output in DIR/SESSION/ID/output.log (default: in the folder of the history; without "
                 u"one, a temporary "
                 "folder that is removed)."_s},
            }};
}

CtlOptionGroup recordingOptions()
{
    return {u"History"_s,
            {
                {u"--no-history"_s, QString(), u"Do not record the jobs."_s},
                dataFolderOption(),
            }};
}

CtlOptionGroup helpOption()
{
    return {u"Other"_s, {{u"-h, --help"_s, QString(), u"Show this text."_s}}};
}

QString exitStatusText()
{
    return u"Exit status of one job: its own exit code; 128+N when signal N ended it; 124 when a "
           "limit passed; 125 when bitnetctl itself failed; 126 when the program can't be executed; "
           "127 when it was not found. Ctrl-C (SIGINT, SIGTERM, SIGHUP) cancels every job, a second "
           "one kills at once; then it is 128 plus that signal."_s;
}

std::optional<qint64> parseByteCount(const QString &text)
{
    static constexpr QStringView suffixes = u"KMGT";

    QString digits = text.trimmed();
    int shift = 0;
    if (!digits.isEmpty()) {
        const qsizetype suffix = suffixes.indexOf(digits.back().toUpper());
        if (suffix >= 0) {
            shift = 10 * int(suffix + 1);
            digits.chop(1);
        }
    }
    bool isNumber = false;
    const qlonglong count = digits.toLongLong(&isNumber);
    if (!isNumber || count <= 0 || count > std::numeric_limits<qint64>::max() >> shift)
        return std::nullopt;
    return qint64(count) << shift;
}

std::optional<CommonOptions> commonOptions(const CtlArguments &arguments, QString *error)
{
    const auto fail = [&](const QString &sentence) {
        *error = sentence;
        return std::nullopt;
    };

    CommonOptions options;
    QString why;
    for (auto [key, limit] :
         {std::pair(u"timeout"_s, &options.limits.timeout), {u"deadline"_s, &options.limits.deadline}}) {
        if (!arguments.has(key))
            continue;
        *limit = parseDuration(arguments.value(key), &why);
        if (!*limit)
            return fail(u"--%1: %2"_s.arg(key, why));
    }
    if (arguments.has(u"kill-grace"_s)) {
        const auto grace = parseDurationOrZero(arguments.value(u"kill-grace"_s), &why);
        if (!grace)
            return fail(u"--kill-grace: %1"_s.arg(why));
        options.limits.killGrace = *grace;
    }
    if (arguments.has(u"output-cap"_s)) {
        const auto cap = parseByteCount(arguments.value(u"output-cap"_s));
        if (!cap) {
            return fail(u"--output-cap: \"%1\" is no number of bytes. Write 4096, 64K, 256M or 1G."_s.arg(
                arguments.value(u"output-cap"_s)));
        }
        options.limits.outputCap = *cap;
        options.outputCapGiven = true;
    }
    if (arguments.has(u"concurrency"_s)) {
        bool isNumber = false;
        const int concurrency = arguments.value(u"concurrency"_s).toInt(&isNumber);
        if (!isNumber || concurrency < 1 || concurrency > mostJobsAtATime) {
            return fail(u"--concurrency: \"%1\" is no number between 1 and %2."_s.arg(
                arguments.value(u"concurrency"_s), QString::number(mostJobsAtATime)));
        }
        options.settings.concurrency = concurrency;
    }

    options.recording = {.isOn = !arguments.has(u"no-history"_s),
                         .dataFolder = dataFolderOf(arguments),
                         .isFolderGiven = !arguments.value(u"data-dir"_s).isEmpty()};
    options.session.json = arguments.has(u"json"_s);
    options.session.quiet = arguments.has(u"quiet"_s);
    if (arguments.has(u"csv"_s)) {
        options.session.csvPath = arguments.value(u"csv"_s);
        if (const auto problem = cannotWrite(options.session.csvPath))
            return fail(u"--csv: %1"_s.arg(*problem));
    }
    if (arguments.has(u"output-dir"_s)) {
        const QString folder = arguments.value(u"output-dir"_s);
        if (folder.isEmpty() || !QDir().mkpath(folder) || !QFileInfo(folder).isWritable())
            return fail(u"--output-dir: The folder \"%1\" can't be made or written to."_s.arg(folder));
        options.settings.outputRoot = folder;
    }
    return options;
}

} // namespace BitNet
