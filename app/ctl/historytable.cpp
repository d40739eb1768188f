// SPDX-License-Identifier: MIT
#include "app/ctl/historytable.h"

#include "core/jobs/duration.h"

#include <QDateTime>
#include <QStringList>

#include <algorithm>
#include <array>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype longestName = 36;

struct Column
{
    QLatin1String title;
    bool isNumber;
};
constexpr std::array columns = {Column{"ID"_L1, true},    Column{"SUBMITTED"_L1, false}, Column{"STATE"_L1, false},
                                Column{"WAIT"_L1, true},  Column{"RUN"_L1, true},        Column{"TTFT"_L1, true},
                                Column{"TOK/S"_L1, true}, Column{"EXIT"_L1, true},       Column{"NAME"_L1, false}};
using Cells = std::array<QString, columns.size()>;

QString plain(QString text)
{
    for (QChar &c : text) {
        if (c.category() == QChar::Other_Control || c.category() == QChar::Separator_Line
            || c.category() == QChar::Separator_Paragraph || c.category() == QChar::Other_Format)
            c = u' ';
    }
    return text.size() > longestName ? QString(text.left(longestName - 1) + u'…') : text;
}

QString duration(const std::optional<std::chrono::nanoseconds> &value)
{
    return value ? formatDuration(std::max(*value, std::chrono::nanoseconds(0))) : u"-"_s;
}

QString stateWord(const JobRecord &record)
{
    QString word = record.outcome ? name(*record.outcome) : name(record.state);
    if (!record.outcome && record.paused)
        word = record.state == JobState::Queued ? u"held"_s : u"paused"_s;
    return word.replace(u'_', u' ');
}

Cells cellsOf(const HistoryEntry &entry)
{
    const JobRecord &record = entry.record;
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(record.submitted.wall.time_since_epoch());
    const QDateTime submitted = QDateTime::fromMSecsSinceEpoch(milliseconds.count());
    QString exit = u"-"_s;
    if (record.exitCode)
        exit = QString::number(*record.exitCode);
    else if (record.signal)
        exit = u"sig %1"_s.arg(*record.signal);
    QString shown = plain(displayName(*record.spec));
    if (entry.kept)
        shown += u" (kept)"_s;
    return {QString::number(record.id.value),
            submitted.toString(u"yyyy-MM-dd HH:mm:ss"_s),
            stateWord(record),
            duration(record.queueWait()),
            duration(record.runTime()),
            duration(record.ttft),
            record.timings.decodeTps ? QString::number(*record.timings.decodeTps, 'f', 1) : u"-"_s,
            exit,
            shown};
}

} // namespace

QString historyTable(const QList<HistoryEntry> &entries)
{
    QList<Cells> rows;
    Cells heading;
    for (size_t i = 0; i < columns.size(); ++i)
        heading[i] = columns[i].title;
    rows.append(heading);
    for (const HistoryEntry &entry : entries)
        rows.append(cellsOf(entry));

    std::array<qsizetype, columns.size()> widths = {};
    for (const Cells &cells : std::as_const(rows)) {
        for (size_t i = 0; i < columns.size(); ++i)
            widths[i] = std::max(widths[i], cells[i].size());
    }
    QString text;
    for (const Cells &cells : std::as_const(rows)) {
        QString line;
        for (size_t i = 0; i < columns.size(); ++i) {
            line += columns[i].isNumber ? cells[i].rightJustified(widths[i]) : cells[i].leftJustified(widths[i]);
            line += "  "_L1;
        }
        text += line.trimmed().isEmpty() ? line : QString(line.left(line.size() - 2));
        while (text.endsWith(u' '))
            text.chop(1);
        text += u'\n';
    }
    return text;
}

} // namespace BitNet
