// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/conversationjson.h"

#include <QList>
#include <QString>

namespace BitNet {

// A file of the conversations' folder that can't be used. It is left alone.
struct ConversationProblem
{
    QString path = {};
    QString sentence = {}; // names the file, what is wrong and that nothing was changed

    friend bool operator==(const ConversationProblem &, const ConversationProblem &) = default;
};

struct ConversationListing
{
    QList<ConversationSummary> summaries = {};
    QList<ConversationProblem> problems = {};
};

// The files of conversations: ID.json in a folder of their own (0700; files 0600), and those that were deleted in trash/ below it.
// Any thread; each call does its work at once. Links, pipes and the like are never opened.
namespace ConversationFile {

QString path(const QString &folder, const QString &id);
QString trashPath(const QString &folder, const QString &id);
// Of an id that may name a file: 1 to 64 letters, digits, '-' and '_'.
bool isUsableId(const QString &id);

// Reads at most the first line of each file where that tells enough.
ConversationListing list(const QString &folder);
// The id is that of the file's name, whatever the file says.
ConversationReading read(const QString &path);
// Written aside, checked, synced, renamed. Returns a sentence when it failed; the old file is what it was then.
QString write(const QString &folder, const Conversation &conversation);
// Moves it into the trash, or back. Returns a sentence when that failed.
QString moveToTrash(const QString &folder, const QString &id);
QString restore(const QString &folder, const QString &id);
// Removes what a killed application left half written, and what has been in the trash for longer than a month.
void tidy(const QString &folder);

} // namespace ConversationFile

} // namespace BitNet
