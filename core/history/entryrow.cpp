// SPDX-License-Identifier: MIT
#include "core/history/entryrow.h"

#include "core/history/detailsrow.h"
#include "core/history/jobrow.h"

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

HistoryEntry entryFromRow(const QSqlQuery &row, const QString &bootId)
{
    const bool isThisBoot = !bootId.isEmpty() && row.value(SessionBoot).toString() == bootId;
    HistoryEntry entry{.record = recordFromRow(row, isThisBoot), .kept = row.value(JobColumn::Kept).toInt() != 0};

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

} // namespace BitNet
