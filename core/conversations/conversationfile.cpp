// SPDX-License-Identifier: MIT
#include "core/conversations/conversationfile.h"

#include "core/files/asidefile.h"
#include "core/files/privatefolder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace BitNet::ConversationFile {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 longestFirstLine = 16 * 1024;
constexpr qint64 daysInTrash = 30;
constexpr QLatin1String suffix(".json");

// Opens a regular file, and nothing else: a pipe would block, a link may lead anywhere.
QString openRegular(const QString &path, QFile &file)
{
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0)
        return errno == ELOOP ? u"it is a symbolic link, which is not followed"_s : qt_error_string(errno);
    struct stat found = {};
    if (::fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode)) {
        ::close(descriptor);
        return u"it is no ordinary file"_s;
    }
    if (!file.open(descriptor, QIODevice::ReadOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle)) {
        ::close(descriptor);
        return file.errorString();
    }
    return {};
}

ConversationProblem problemWith(const QString &path, const QString &what)
{
    return {path,
            u"The conversation in %1 can't be read: %2 The file was left as it is."_s.arg(
                QFileInfo(path).fileName(), what.endsWith(u'.') ? what : QString(what + u'.'))};
}

QString makeFolder(const QString &folder)
{
    QString problem;
    if (!makePrivateFolder(folder, &problem))
        return problem;
    // One that was there may let others in.
    struct stat found = {};
    const QByteArray path = QFile::encodeName(folder);
    if (::stat(path.constData(), &found) == 0 && found.st_uid == ::geteuid() && (found.st_mode & 0077) != 0)
        ::chmod(path.constData(), 0700);
    return {};
}

// Never replaces what is at the target.
QString move(const QString &from, const QString &to)
{
    if (::renameat2(AT_FDCWD, QFile::encodeName(from).constData(), AT_FDCWD, QFile::encodeName(to).constData(),
                    RENAME_NOREPLACE)
        == 0)
        return {};
    return u"%1 can't be moved to %2: %3."_s.arg(from, to, qt_error_string(errno));
}

} // namespace

QString path(const QString &folder, const QString &id)
{
    return folder + u'/' + id + suffix;
}

QString trashPath(const QString &folder, const QString &id)
{
    return folder + u"/trash/"_s + id + suffix;
}

bool isUsableId(const QString &id)
{
    return !id.isEmpty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'-'
            || c == u'_';
    });
}

ConversationListing list(const QString &folder)
{
    ConversationListing listing;
    for (const QString &name : QDir(folder).entryList({u"*"_s + suffix}, QDir::Files | QDir::System)) {
        const QString id = name.chopped(suffix.size());
        const QString file = folder + u'/' + name;
        if (!isUsableId(id)) {
            listing.problems.append(problemWith(
                file, u"its name must consist of at most 64 letters, digits, '-' and '_', and end in .json"_s));
            continue;
        }
        QFile device;
        if (const QString problem = openRegular(file, device); !problem.isEmpty()) {
            listing.problems.append(problemWith(file, problem));
            continue;
        }
        std::optional<ConversationSummary> summary;
        if (const QByteArray start = device.read(longestFirstLine); start.contains('\n'))
            summary = summaryFromFirstLine(QByteArrayView(start).first(start.indexOf('\n')));
        device.close();
        if (!summary) {
            // Another layout: somebody edited it, or it is damaged.
            const ConversationReading reading = read(file);
            if (!reading.conversation) {
                listing.problems.append(problemWith(file, reading.problem));
                continue;
            }
            summary = summaryOf(*reading.conversation);
            summary->readOnly = reading.laterVersion;
        }
        summary->id = id;
        listing.summaries.append(*summary);
    }
    return listing;
}

ConversationReading read(const QString &path)
{
    QFile file;
    if (const QString problem = openRegular(path, file); !problem.isEmpty())
        return {.problem = problem};
    if (file.size() > longestConversationFile) {
        return {.problem = u"it has %1 MiB, and more than %2 are never read."_s.arg(file.size() >> 20)
                               .arg(longestConversationFile >> 20)};
    }
    const QByteArray json = file.readAll();
    if (file.error() != QFileDevice::NoError)
        return {.problem = file.errorString()};
    ConversationReading reading = conversationFromJson(json);
    if (reading.conversation)
        reading.conversation->id = QFileInfo(path).completeBaseName();
    return reading;
}

QString write(const QString &folder, const Conversation &conversation)
{
    if (!isUsableId(conversation.id))
        return u"The conversation has an id that can't name a file: %1."_s.arg(conversation.id.left(80));
    if (const QString problem = makeFolder(folder); !problem.isEmpty())
        return problem;
    const QByteArray json = toJson(conversation);
    if (json.size() > longestConversationFile) {
        return u"The conversation \"%1\" is longer than %2 MiB and can't be saved. Start a new one."_s.arg(
            conversation.title(), QString::number(longestConversationFile >> 20));
    }
    AsideFile file(path(folder, conversation.id));
    file.setPrivate();
    if (file.create() && file.write(json) == json.size() && file.commit())
        return {};
    return u"The conversation \"%1\" can't be saved in %2: %3."_s.arg(conversation.title(), folder, file.error());
}

QString moveToTrash(const QString &folder, const QString &id)
{
    if (const QString problem = makeFolder(folder + u"/trash"_s); !problem.isEmpty())
        return problem;
    const QString target = trashPath(folder, id);
    const QString problem = move(path(folder, id), target);
    // From now on its time in the trash counts.
    if (problem.isEmpty())
        ::utimensat(AT_FDCWD, QFile::encodeName(target).constData(), nullptr, AT_SYMLINK_NOFOLLOW);
    return problem;
}

QString restore(const QString &folder, const QString &id)
{
    return move(trashPath(folder, id), path(folder, id));
}

void tidy(const QString &folder)
{
    for (const QString &name : QDir(folder).entryList({u".bitnet-*.tmp"_s}, QDir::Files | QDir::Hidden))
        QFile::remove(folder + u'/' + name);
    const QDateTime longAgo = QDateTime::currentDateTimeUtc().addDays(-daysInTrash);
    for (const QFileInfo &file : QDir(folder + u"/trash"_s).entryInfoList({u"*"_s + suffix}, QDir::Files)) {
        if (file.lastModified() < longAgo)
            QFile::remove(file.filePath());
    }
}

} // namespace BitNet::ConversationFile
