// SPDX-License-Identifier: MIT
#include "core/supervisor/launchfailure.h"

#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

using namespace Qt::StringLiterals;

namespace BitNet {

// A script's first line is read up to here; Linux itself looks at 256 bytes.
static constexpr qint64 interpreterLineBytes = 256;

bool isShortage(const Wire::EndedStatus &status)
{
    if (status.cause != Wire::EndCause::NotStarted)
        return false;
    switch (status.errorNumber) {
    case EMFILE:
    case ENFILE:
    case EAGAIN:
    case ENOMEM:
        return true;
    default:
        return false;
    }
}

static QString errorText(qint64 number)
{
    return QString::fromLocal8Bit(std::strerror(static_cast<int>(number)));
}

// The interpreter that a script asks for in its "#!" line.
static std::optional<QString> interpreterOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QByteArray line = file.read(interpreterLineBytes).split('\n').constFirst().trimmed();
    if (!line.startsWith("#!"))
        return std::nullopt;
    const QList<QByteArray> words = line.sliced(2).trimmed().split(' ');
    return QFile::decodeName(words.constFirst());
}

static QString executionFailure(qint64 error, const QString &path)
{
    const QFileInfo file(path);
    if (file.isDir())
        return u"%1 is a folder, not a program."_s.arg(path);
    switch (error) {
    case ENOENT:
        if (path.contains(u'/') && (file.exists() || file.isSymLink())) {
            if (file.isSymLink() && !file.exists())
                return u"%1 is a symbolic link to a file that does not exist."_s.arg(path);
            const std::optional<QString> interpreter = interpreterOf(path);
            return interpreter ? u"%1 asks for the interpreter %2, which does not exist."_s.arg(path, *interpreter)
                               : u"%1 needs a dynamic loader that does not exist on this machine."_s.arg(path);
        }
        return path.contains(u'/')
            ? u"The program %1 was not found."_s.arg(path)
            : u"The program %1 was not found in the folders of PATH. Give its full path, or extend PATH."_s.arg(path);
    case EACCES:
        if (file.exists() && !file.isExecutable())
            return u"%1 is not executable. Make it so with: chmod +x"_s.arg(path);
        return u"%1 may not be executed: permission denied."_s.arg(path);
    case ENOEXEC:
        return u"%1 is in a format that this machine can't execute: neither a program for it nor a script with a \"#!\" line."_s
            .arg(path);
    case E2BIG:
        return u"The arguments and the environment together are too long for the system."_s;
    case ENOTDIR:
        return u"A part of the path %1 is not a folder."_s.arg(path);
    case ELOOP:
        return u"The path %1 goes through too many symbolic links."_s.arg(path);
    case ETXTBSY:
        return u"%1 is being written to by another program."_s.arg(path);
    default:
        return u"%1 could not be executed: %2."_s.arg(path, errorText(error));
    }
}

QString launchFailure(const Wire::EndedStatus &status, const JobSpec &spec)
{
    const QString path = QFile::decodeName(QByteArray::fromStdString(status.path));
    switch (status.failedStep) {
    case Wire::StartStep::WorkingDirectory:
        if (status.errorNumber == ENOENT)
            return u"The working directory %1 does not exist."_s.arg(spec.workingDirectory);
        if (status.errorNumber == ENOTDIR)
            return u"The working directory %1 is not a folder."_s.arg(spec.workingDirectory);
        return u"The working directory %1 can't be entered: %2."_s.arg(spec.workingDirectory,
                                                                       errorText(status.errorNumber));
    case Wire::StartStep::Folder:
    case Wire::StartStep::OutputFiles:
    case Wire::StartStep::PrivateFiles:
        if (status.errorNumber == ELOOP || status.errorNumber == EEXIST || status.errorNumber == ENOTDIR)
            return u"Something is in the way of the job's private folder at %1 (a symbolic link, or an earlier file). It was refused."_s
                .arg(path);
        return u"The job's private folder could not be made at %1: %2."_s.arg(path, errorText(status.errorNumber));
    case Wire::StartStep::Pipes:
    case Wire::StartStep::Fork:
        return u"The process could not be created: %1."_s.arg(errorText(status.errorNumber));
    case Wire::StartStep::Execute:
    case Wire::StartStep::None:
        break;
    }
    return executionFailure(status.errorNumber, path.isEmpty() ? spec.command.value(0) : path);
}

StartFailure startFailureOf(const Wire::EndedStatus &status)
{
    if (status.failedStep != Wire::StartStep::Execute && status.failedStep != Wire::StartStep::None)
        return StartFailure::Surroundings;
    return status.errorNumber == ENOENT ? StartFailure::NotFound : StartFailure::NotExecutable;
}

QString signalText(int number)
{
    const char *abbreviation = ::sigabbrev_np(number);
    return abbreviation ? u"signal %1 (SIG%2)"_s.arg(number).arg(QLatin1StringView(abbreviation))
                        : u"signal %1"_s.arg(number);
}

} // namespace BitNet
