// SPDX-License-Identifier: MIT
#include "core/files/asidefile.h"

#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype bufferBytes = 64 * 1024;

QString withLinksFollowed(const QString &path)
{
    QString target = path;
    // Also when the last link leads to nothing yet; the bound is the kernel's own.
    for (int i = 0; i < 40 && QFileInfo(target).isSymLink(); ++i)
        target = QFileInfo(target).symLinkTarget();
    return target;
}

int openRetrying(const QByteArray &path, int flags, mode_t mode = 0)
{
    int descriptor = -1;
    do {
        descriptor = ::open(path.constData(), flags | O_CLOEXEC, mode);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

} // namespace

AsideFile::AsideFile(const QString &path)
    : m_path(path)
{
}

AsideFile::~AsideFile()
{
    closeDescriptor();
    if (!m_asidePath.isEmpty())
        ::unlink(m_asidePath.constData());
}

bool AsideFile::create()
{
    // A descriptor of ours (/dev/stdout) must be opened by the name that was given: what it leads to may be a pipe.
    struct stat existing = {};
    const QByteArray given = QFile::encodeName(m_path);
    if (::stat(given.constData(), &existing) == 0 && !S_ISREG(existing.st_mode)) {
        if (S_ISDIR(existing.st_mode))
            return fail(EISDIR);
        m_descriptor = openRetrying(given, O_WRONLY | O_NOCTTY);
        if (m_descriptor < 0)
            return fail(errno);
    } else {
        m_path = withLinksFollowed(m_path);
        if (!openAside())
            return false;
    }
    return open(QIODevice::WriteOnly | QIODevice::Unbuffered);
}

bool AsideFile::openAside()
{
    struct stat existing = {};
    const bool replaces = ::stat(QFile::encodeName(m_path).constData(), &existing) == 0;
    const QString folder = QFileInfo(m_path).path();

    for (int attempt = 0; attempt < 100 && m_descriptor < 0; ++attempt) {
        const QString name = u"/.bitnet-%1.tmp"_s.arg(QRandomGenerator::global()->generate64(), 16, 16, QChar(u'0'));
        const QByteArray aside = QFile::encodeName(QString(folder + name));
        // What will have the mode of a file that others may not read is not readable for them meanwhile either.
        m_descriptor =
            openRetrying(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, m_private || replaces ? 0600 : 0644);
        if (m_descriptor >= 0)
            m_asidePath = aside;
        else if (errno != EEXIST)
            break;
    }
    if (m_descriptor < 0)
        return fail(errno);
    if (!replaces)
        return true;
    // Only root can keep another owner; for everybody else a file that they replace becomes theirs.
    if (::fchown(m_descriptor, existing.st_uid, existing.st_gid) != 0 && errno != EPERM)
        return fail(errno);
    if (::fchmod(m_descriptor, m_private ? 0600 : existing.st_mode & 07777) != 0)
        return fail(errno);
    return true;
}

bool AsideFile::commit()
{
    if (!m_error.isEmpty() || !flushBuffer())
        return false;
    if (m_asidePath.isEmpty()) {
        closeDescriptor();
        return true;
    }
    if (::fsync(m_descriptor) != 0 && errno != EINVAL)
        return fail(errno);
    const int descriptor = m_descriptor;
    m_descriptor = -1;
    // Some network file systems report a full disk only here. The descriptor is gone even then.
    if (::close(descriptor) != 0 && errno != EINTR)
        return fail(errno);
    if (::rename(m_asidePath.constData(), QFile::encodeName(m_path).constData()) != 0)
        return fail(errno);
    m_asidePath.clear();

    // From here on the new file is in place. The folder is synced so that a power cut can't bring the old one back;
    // where that is not possible there is nothing left to undo.
    const int folder = openRetrying(QFile::encodeName(QFileInfo(m_path).path()), O_RDONLY | O_DIRECTORY);
    if (folder >= 0) {
        ::fsync(folder);
        ::close(folder);
    }
    return true;
}

qint64 AsideFile::readData(char *, qint64)
{
    return -1;
}

qint64 AsideFile::writeData(const char *data, qint64 size)
{
    if (!m_error.isEmpty())
        return -1;
    m_buffer.append(data, size);
    if (m_buffer.size() >= bufferBytes && !flushBuffer())
        return -1;
    return size;
}

bool AsideFile::flushBuffer()
{
    const char *data = m_buffer.constData();
    qsizetype left = m_buffer.size();
    while (left > 0) {
        const ssize_t written = ::write(m_descriptor, data, size_t(left));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return fail(written < 0 ? errno : ENOSPC);
        data += written;
        left -= written;
    }
    m_buffer.clear();
    return true;
}

bool AsideFile::fail(int errorNumber)
{
    m_error = qt_error_string(errorNumber);
    setErrorString(m_error);
    return false;
}

void AsideFile::closeDescriptor()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = -1;
}

} // namespace BitNet
