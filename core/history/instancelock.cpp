// SPDX-License-Identifier: MIT
#include "core/history/instancelock.h"

#include "core/history/datafolder.h"
#include "core/history/historylogging.h"

#include <QDir>
#include <QFile>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace BitNet {

static QList<QByteArray> linesOf(int descriptor)
{
    std::array<char, 128> content;
    const ssize_t size = ::pread(descriptor, content.data(), content.size(), 0);
    return size > 0 ? QByteArray(content.data(), size).split('\n') : QList<QByteArray>();
}

InstanceLock::Attempt InstanceLock::take(const QString &dataFolder)
{
    const QString folder = QDir(dataFolder).absolutePath();
    QString error;
    if (!makePrivateFolder(folder, &error))
        return {.error = error};
    const QString path = folder + u"/instance.lock"_s;
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
        return {.error =
                    u"The lock file %1 can't be opened: %2."_s.arg(path, QString::fromLocal8Bit(std::strerror(errno)))};
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const int lockError = errno;
        const QList<QByteArray> lines = linesOf(descriptor);
        ::close(descriptor);
        if (lockError == EWOULDBLOCK)
            return {.result = Result::HeldByAnother,
                    .holderPid = lines.isEmpty() ? 0 : lines.constFirst().toLongLong()};
        return {.error = u"The lock file %1 can't be locked: %2."_s.arg(
                    path, QString::fromLocal8Bit(std::strerror(lockError)))};
    }
    return {.result = Result::Taken, .lock = std::unique_ptr<InstanceLock>(new InstanceLock(folder, descriptor))};
}

InstanceLock::InstanceLock(QString dataFolder, int descriptor)
    : m_dataFolder(std::move(dataFolder))
    , m_descriptor(descriptor)
{
    const QString boot = currentBootId();
    readPreviousHolder(boot);
    writeHolder(boot);
}

InstanceLock::~InstanceLock()
{
    ::close(m_descriptor);
}

void InstanceLock::readPreviousHolder(const QString &boot)
{
    const QList<QByteArray> lines = linesOf(m_descriptor);
    bool isPid = false;
    if (lines.size() < 2 || lines[0].toLongLong(&isPid) <= 0 || !isPid || lines[1].isEmpty() || boot.isEmpty())
        return;
    m_previousHolder = QString::fromLatin1(lines[1]) == boot ? PreviousHolder::SameBoot : PreviousHolder::EarlierBoot;
}

void InstanceLock::writeHolder(const QString &boot)
{
    const QByteArray content = QByteArray::number(qint64(::getpid())) + '\n' + boot.toLatin1() + '\n';
    // Not written (a full disk, say): the lock holds all the same, and the next holder knows less.
    if (::ftruncate(m_descriptor, 0) != 0 || ::pwrite(m_descriptor, content.constData(), size_t(content.size()), 0) < 0)
        qCWarning(historyLog) << "The lock file can't be written:" << std::strerror(errno);
}

} // namespace BitNet
