// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QByteArray>
#include <QIODevice>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

#include <functional>

namespace BitNet {

// The fields of a job's record, in the order of the job model: the one list behind JSON and CSV.
QStringList recordFieldNames();

// Absent values are JSON null. Times are ISO-8601 UTC with microseconds and 'Z'; durations are milliseconds. "command" is a
// list of strings; in CSV it is the line that displayCommand() makes of it. The environment is in neither.
QJsonObject recordToJson(const JobRecord &record);

// RFC 4180, CRLF. Text cells that a spreadsheet would take for a formula get a leading apostrophe; number cells are left alone.
QByteArray csvHeader();
QByteArray csvRow(const JobRecord &record);

// ISO-8601 UTC with microseconds: "2026-11-23T21:42:35.000001Z".
QString isoTime(WallTime time);

// One text cell, escaped and defused as above; a NUL becomes U+FFFD. For other reports that hold people's text.
QByteArray csvTextCell(QStringView text);

// Replaces the file at path by what write() puts into the device, or leaves it byte for byte as it was: written aside in the
// same folder, every write checked, synced, then renamed. False on failure (write() returned false, or the disk is full);
// error then holds a sentence. Mode 0644 less the umask for a new file; an existing file's mode is kept.
// A symbolic link is followed. What is no regular file (/dev/stdout, a pipe) is written to directly.
bool replaceFile(const QString &path, const std::function<bool(QIODevice &)> &write, QString *error);

// Header and rows through replaceFile.
bool exportCsv(const QString &path, const QList<JobRecord> &records, QString *error);

} // namespace BitNet
