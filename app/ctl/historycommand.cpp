// SPDX-License-Identifier: MIT
#include "app/ctl/historycommand.h"

#include "app/ctl/commonoptions.h"
#include "app/ctl/historyaccess.h"
#include "app/ctl/historytable.h"
#include "app/ctl/jobselection.h"
#include "app/ctl/messages.h"
#include "app/ctl/reports.h"
#include "core/history/historyreaders.h"
#include "core/telemetry/recordexport.h"

#include <algorithm>
#include <limits>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 shownAtFirst = 50; // in the table; what programs read is not cut
constexpr int jobsPerPage = 1000;

struct Request
{
    HistoryFilter filter = {};
    qint64 limit = 0;
};

std::optional<Request> requestFrom(const CtlArguments &arguments, QString *error)
{
    const auto filter = jobSelectionFrom(arguments, error);
    if (!filter)
        return std::nullopt;
    Request request{.filter = *filter};
    const bool forPeople = !arguments.has(u"json"_s) && !arguments.has(u"csv"_s);
    request.limit = forPeople ? shownAtFirst : std::numeric_limits<qint64>::max();
    if (arguments.has(u"limit"_s)) {
        bool isNumber = false;
        request.limit = arguments.value(u"limit"_s).toLongLong(&isNumber);
        if (!isNumber || request.limit < 1) {
            *error = u"--limit: \"%1\" is no number greater than zero."_s.arg(arguments.value(u"limit"_s));
            return std::nullopt;
        }
    }
    return request;
}

// The matching jobs, the newest first, some at a time, to take() while it returns true. False on failure. Blocks: there is
// nothing else to do meanwhile.
bool readAll(HistoryReaders &readers, const Request &request, const std::function<bool(const HistoryPage &)> &take,
             QString *error)
{
    HistoryPageRequest page{.filter = request.filter};
    for (qint64 left = request.limit; left > 0;) {
        page.limit = int(std::min<qint64>(left, jobsPerPage));
        const HistoryPage found = readers.page(page).result();
        if (!found.error.isEmpty()) {
            *error = found.error;
            return false;
        }
        if (!take(found))
            return false;
        left -= found.entries.size();
        if (!found.next)
            break;
        page.after = found.next;
    }
    return true;
}

bool writeCsv(HistoryReaders &readers, const Request &request, const QString &path, QString *error)
{
    QString readError;
    const auto write = [&](QIODevice &device) {
        const auto put = [&device](const QByteArray &bytes) { return device.write(bytes) == bytes.size(); };
        return put(csvHeader())
            && readAll(
                   readers, request,
                   [&](const HistoryPage &page) {
                       return std::all_of(page.entries.cbegin(), page.entries.cend(),
                                          [&](const HistoryEntry &entry) { return put(csvRow(entry.record)); });
                   },
                   &readError);
    };
    const bool written = replaceFile(path, write, error);
    if (!readError.isEmpty())
        *error = readError;
    return written;
}

int show(HistoryReaders &readers, const Request &request, bool json)
{
    QString error;
    QList<HistoryEntry> shown;
    bool isMore = false;
    int printed = AllSucceeded;
    const bool read = readAll(
        readers, request,
        [&](const HistoryPage &page) {
            isMore = page.next.has_value();
            if (!json) {
                shown += page.entries;
                return true;
            }
            QByteArray lines;
            for (const HistoryEntry &entry : page.entries)
                lines += jsonLine(entry.record);
            printed = print(QString::fromUtf8(lines));
            return printed == AllSucceeded;
        },
        &error);
    if (!error.isEmpty())
        return failWith(error);
    if (!read || json)
        return printed;
    if (shown.isEmpty()) {
        complain(u"No job matches."_s);
        return AllSucceeded;
    }
    printed = print(historyTable(shown));
    if (isMore)
        complain(u"These are the newest %1; --limit shows more."_s.arg(shown.size()));
    return printed;
}

} // namespace

CtlCommand historyCommandTable()
{
    CtlOptionGroup which = jobSelectionOptions(u"Submitted"_s);
    which.options += {
        {u"--limit"_s, u"N"_s, u"The newest N of them (default: 50 in the table; otherwise all)."_s},
        dataFolderOption(),
    };
    const CtlOptionGroup how = {
        u"Output"_s,
        {
            {u"--json"_s, QString(), u"Print a record a line instead of the table."_s},
            {u"--csv"_s, u"FILE"_s,
             u"Write the records to FILE instead (\"-\": standard output). It is replaced at once or not at all."_s},
        }};
    return {.name = u"history"_s,
            .usage = {u"history [OPTION]..."_s},
            .description =
                u"Shows the jobs that the application and bitnetctl have recorded, the newest first. It only "
                "reads, and works while the application runs."_s,
            .groups = {which, how, helpOption()},
            .trailing = Trailing::None,
            .exitStatus = u"Exit status: 0, also when no job matches; 125 when the history can't be read or the output "
                          "can't be written."_s,
            .examples = {u"bitnetctl history --since 24h --outcome failed,timed_out"_s,
                         u"bitnetctl history --model model.gguf --csv jobs.csv"_s}};
}

int historyCommand(const CtlArguments &arguments)
{
    QString error;
    const auto request = requestFrom(arguments, &error);
    if (!request)
        return failWith(error);
    if (arguments.has(u"json"_s) && arguments.has(u"csv"_s))
        return failWith(u"Give either --json or --csv, not both."_s);
    const QString folder = dataFolderOf(arguments);
    const std::unique_ptr<HistoryReaders> readers = openHistoryForReading(folder, &error);
    if (!readers) {
        if (!error.isEmpty())
            return failWith(error);
        complain(u"Nothing is recorded in %1 yet."_s.arg(folder));
        return AllSucceeded;
    }
    if (!arguments.has(u"csv"_s))
        return show(*readers, *request, arguments.has(u"json"_s));
    const QString path = arguments.value(u"csv"_s);
    if (!writeCsv(*readers, *request, path == "-"_L1 ? u"/dev/stdout"_s : path, &error))
        return failWith(error);
    return AllSucceeded;
}

} // namespace BitNet
