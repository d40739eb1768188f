// SPDX-License-Identifier: MIT
#include "core/history/entryrow.h"

#include "core/history/datafolder.h"
#include "core/history/detailsrow.h"
#include "core/history/jobrow.h"

#include <QHash>
#include <QStringList>

#include <optional>

using namespace Qt::StringLiterals;

namespace BitNet {

// Behind the columns of jobs and of details.
enum FurtherColumn {
    SessionFolder = JobColumn::Count + detailsColumnCount,
    SessionBoot,
    GroupText,
    ModelText,
    EngineText,
};

QString selectEntries()
{
    return u"SELECT "_s + jobColumnList() + u", "_s + detailsColumnList()
        + u", sessions.output_folder, sessions.boot, groups.text, models.text, engines.text FROM jobs "
          u"LEFT JOIN details ON details.id = jobs.id LEFT JOIN long_details ON long_details.id = jobs.id "
          u"LEFT JOIN sessions ON sessions.id = jobs.session LEFT JOIN texts AS groups ON groups.id = jobs.group_id "
          u"LEFT JOIN texts AS models ON models.id = jobs.model_id "
          u"LEFT JOIN texts AS engines ON engines.id = jobs.engine_id "_s;
}

PresentClocks PresentClocks::read()
{
    return {.bootId = currentBootId(), .now = Instant::now()};
}

// Moves the instants of an earlier boot to where the wall clock says that they were, on the clock of this one.
static void rebase(JobRecord &record, const Instant &now)
{
    const auto offset = now.monotonic - (now.wall - record.submitted.wall) - record.submitted.monotonic;
    record.submitted.monotonic += offset;
    for (std::optional<Instant> *instant : {&record.started, &record.firstOutput, &record.completed}) {
        if (*instant)
            (*instant)->monotonic += offset;
    }
}

HistoryEntry entryFromRow(const QSqlQuery &row, const PresentClocks &clocks)
{
    const bool isThisBoot = !clocks.bootId.isEmpty() && row.value(SessionBoot).toString() == clocks.bootId;
    HistoryEntry entry{.record = recordFromRow(row, isThisBoot), .kept = row.value(JobColumn::Kept).toInt() != 0};
    if (!isThisBoot)
        rebase(entry.record, clocks.now);

    RestoredSpec restored = specFromRow(row, JobColumn::Count);
    JobSpec &spec = restored.spec;
    if (row.value(JobColumn::IsNamed).toInt() != 0)
        spec.name = row.value(JobColumn::Name).toString();
    spec.group = row.value(GroupText).toString();
    spec.model = row.value(ModelText).toString();
    spec.engine = row.value(EngineText).toString();
    spec.kind = JobKind(row.value(JobColumn::Kind).toInt());
    entry.withheldSecrets = restored.withheldSecrets;
    entry.record.spec = std::make_shared<const JobSpec>(std::move(spec));

    switch (OutputPlace(row.value(JobColumn::Output).toInt())) {
    case OutputPlace::None:
        break;
    case OutputPlace::SessionFolder:
        entry.record.outputFolder =
            standardOutputFolder(row.value(SessionFolder).toString(), entry.record.id, entry.record.attempts);
        break;
    case OutputPlace::Elsewhere:
        entry.record.outputFolder = restored.outputFolder;
        break;
    case OutputPlace::Removed:
        entry.outputRemoved = true;
        break;
    }
    return entry;
}

bool readEntries(DatabaseConnection &connection, const QList<quint64> &ids, QList<HistoryEntry> &entries)
{
    if (ids.isEmpty())
        return true;
    QStringList numbers;
    QHash<quint64, qsizetype> places;
    for (qsizetype i = 0; i < ids.size(); ++i) {
        numbers.append(QString::number(ids[i]));
        places.insert(ids[i], i);
    }
    QSqlQuery query = connection.prepare(selectEntries() + u"WHERE jobs.id IN ("_s + numbers.join(u',') + u')');
    if (connection.error() || !connection.run(query))
        return false;
    const PresentClocks clocks = PresentClocks::read();
    QList<std::optional<HistoryEntry>> found(ids.size());
    while (query.next()) {
        HistoryEntry entry = entryFromRow(query, clocks);
        const qsizetype place = places.value(entry.record.id.value);
        found[place] = std::move(entry);
    }
    for (std::optional<HistoryEntry> &entry : found) {
        if (entry)
            entries.append(std::move(*entry));
    }
    return true;
}

} // namespace BitNet
