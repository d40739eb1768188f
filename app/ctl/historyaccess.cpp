// SPDX-License-Identifier: MIT
#include "app/ctl/historyaccess.h"

#include "core/history/datafolder.h"
#include "core/history/historyschema.h"
#include "core/jobs/duration.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>

namespace BitNet {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

static constexpr std::chrono::milliseconds busyTimeout = 2s;

CtlOption dataFolderOption()
{
    return {u"--data-dir"_s, u"DIR"_s,
            u"The folder that holds the history (default: that of the application, "
            "$XDG_DATA_HOME/bitnet-supervisor or ~/.local/share/bitnet-supervisor)."_s};
}

QString dataFolderOf(const CtlArguments &arguments)
{
    const QString chosen = arguments.value(u"data-dir"_s);
    return chosen.isEmpty() ? defaultDataFolder() : QDir(chosen).absolutePath();
}

std::unique_ptr<HistoryReaders> openHistoryForReading(const QString &dataFolder, QString *error)
{
    error->clear();
    const QString path = historyFilePath(dataFolder);
    if (!QFileInfo::exists(path))
        return nullptr;
    DatabaseConnection connection;
    if (!connection.open(path, DatabaseConnection::Access::ReadOnly, busyTimeout)) {
        *error = connection.error().text;
        return nullptr;
    }
    switch (checkSchema(connection)) {
    case SchemaCheck::Current:
        break;
    case SchemaCheck::Empty:
        return nullptr;
    case SchemaCheck::Older:
        *error = u"The history, %1, was written by an earlier version. Start the application, or run a job with "
                 "bitnetctl, to bring it up to date."_s.arg(path);
        return nullptr;
    case SchemaCheck::Newer:
        *error = u"The history, %1, was written by a later version of this program."_s.arg(path);
        return nullptr;
    case SchemaCheck::Foreign:
        *error = u"%1 is a database of another program."_s.arg(path);
        return nullptr;
    case SchemaCheck::Failed:
        *error = connection.error().text;
        return nullptr;
    }
    auto readers = std::make_unique<HistoryReaders>(path, [](const QString &) {});
    readers->openFile();
    return readers;
}

std::optional<WallTime> parseMoment(const QString &text, QString *error)
{
    const auto wallTime = [](const QDateTime &moment) {
        return WallTime(std::chrono::milliseconds(moment.toMSecsSinceEpoch()));
    };
    const QString word = text.trimmed();
    if (word == "today"_L1)
        return wallTime(QDate::currentDate().startOfDay());
    if (word == "yesterday"_L1)
        return wallTime(QDate::currentDate().addDays(-1).startOfDay());
    if (const auto ago = parseDuration(word))
        return wallNow() - std::chrono::duration_cast<std::chrono::microseconds>(*ago);
    if (const QDate date = QDate::fromString(word, Qt::ISODate); date.isValid() && word.size() == 10)
        return wallTime(date.startOfDay());
    if (const QDateTime moment = QDateTime::fromString(word, Qt::ISODateWithMs); moment.isValid() && word.size() > 10)
        return wallTime(moment);
    *error = u"\"%1\" is no moment. Write how long ago (30m, 24h, 7d), today, yesterday, or a date as in 2026-11-23 or "
             "2026-11-23T21:42:35."_s.arg(text);
    return std::nullopt;
}

} // namespace BitNet
