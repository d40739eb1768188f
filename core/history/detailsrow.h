// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobspec.h"

#include <QSqlQuery>
#include <QString>
#include <QStringList>

namespace BitNet {

// A job's spec as a row of the table details, with what is too long for it in long_details.
//
// details.text is what a text search looks at: name, group, model, prompt and the command's words (with a space between),
// each part on a line of its own. details.lengths says where they are, so that nothing is stored twice: the lengths, in
// UTF-16 units, of the first four and of each word. A prompt or a command of more than longestPart units is in
// long_details, and text has its beginning only; its length is -1 then (one of them for the whole command).
//
// Secrets are left out: withheldMark stands for the values of environment variables and arguments (see core/jobs/secrets.h),
// and private files whose names say that they are secret are empty.
inline constexpr qsizetype longestPart = 2000;

// INSERT OR IGNORE into details: 14 columns.
QString insertDetailsStatement();
void bindDetails(QSqlQuery &query, qint64 id, const JobSpec &spec);
// INSERT OR IGNORE into long_details; only for a spec that needs it.
bool needsLongDetails(const JobSpec &spec);
QString insertLongDetailsStatement();
void bindLongDetails(QSqlQuery &query, qint64 id, const JobSpec &spec);

struct RestoredSpec
{
    JobSpec spec = {};
    QStringList withheldSecrets = {}; // names of what was left out of the spec
    QString outputFolder = {}; // only when it is not the session's
};

// "details.text, …, long_details.files": 16 columns.
QString detailsColumnList();
inline constexpr int detailsColumnCount = 16;
// From a row in which those columns begin at firstColumn. Name, group, model, engine and kind are the caller's to add
// from the table jobs.
RestoredSpec specFromRow(const QSqlQuery &row, int firstColumn);

} // namespace BitNet
