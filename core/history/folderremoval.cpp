// SPDX-License-Identifier: MIT
#include "core/history/folderremoval.h"

#include <QDir>
#include <QFile>
#include <QStringList>

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

// Deeper than any job's folder; a descriptor is held for each level.
constexpr int deepestLevel = 64;

class Descriptor
{
public:
    explicit Descriptor(int value = -1)
        : m_value(value)
    {
    }
    ~Descriptor()
    {
        if (m_value >= 0)
            ::close(m_value);
    }
    Descriptor(Descriptor &&other) noexcept
        : m_value(std::exchange(other.m_value, -1))
    {
    }
    Descriptor &operator=(Descriptor &&other) noexcept
    {
        std::swap(m_value, other.m_value);
        return *this;
    }

    int get() const { return m_value; }
    int take() { return std::exchange(m_value, -1); }
    bool isValid() const { return m_value >= 0; }

private:
    int m_value;
};

Descriptor openFolder(int parent, const char *name)
{
    return Descriptor(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// 0, or an errno.
int removeContents(Descriptor folder, dev_t device, int level)
{
    struct stat status = {};
    if (::fstat(folder.get(), &status) != 0)
        return errno;
    if (status.st_dev != device)
        return EXDEV;
    if (level > deepestLevel)
        return ELOOP;
    const std::unique_ptr<DIR, int (*)(DIR *)> entries(::fdopendir(folder.get()), &::closedir);
    if (!entries)
        return errno;
    const int descriptor = folder.take(); // entries closes it
    while (true) {
        errno = 0;
        const dirent *entry = ::readdir(entries.get());
        if (!entry)
            return errno;
        const char *name = entry->d_name;
        if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0)
            continue;
        if (::unlinkat(descriptor, name, 0) == 0 || errno == ENOENT)
            continue;
        if (errno != EISDIR && errno != EPERM)
            return errno;
        Descriptor inner = openFolder(descriptor, name);
        if (!inner.isValid())
            return errno;
        if (const int error = removeContents(std::move(inner), device, level + 1); error != 0)
            return error;
        if (::unlinkat(descriptor, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
            return errno;
    }
}

// The way from root to the folder above the last one, and its name.
struct Place
{
    Descriptor parent = Descriptor();
    QByteArray name = {};
    dev_t device = 0;
    int error = 0;
};

Place findPlace(const QString &root, const QString &folder)
{
    Place place;
    if (!isWithin(root, folder)) {
        place.error = EPERM;
        return place;
    }
    const QString top = QDir::cleanPath(root);
    place.parent = Descriptor(::open(QFile::encodeName(top).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat status = {};
    if (!place.parent.isValid() || ::fstat(place.parent.get(), &status) != 0) {
        place.error = errno;
        return place;
    }
    place.device = status.st_dev;
    const QStringList names = folder.sliced(top.size()).split(u'/', Qt::SkipEmptyParts);
    for (qsizetype i = 0; i < names.size() - 1; ++i) {
        Descriptor next = openFolder(place.parent.get(), QFile::encodeName(names[i]).constData());
        if (!next.isValid()) {
            place.error = errno;
            return place;
        }
        place.parent = std::move(next);
    }
    place.name = QFile::encodeName(names.constLast());
    return place;
}

} // namespace

bool isWithin(const QString &root, const QString &path)
{
    const QString top = QDir::cleanPath(root);
    return !root.isEmpty() && QDir::isAbsolutePath(top) && top != "/"_L1 && QDir::cleanPath(path) == path
        && path.startsWith(top + u'/');
}

bool removeFolderWithin(const QString &root, const QString &folder, QString *error)
{
    Place place = findPlace(root, folder);
    int problem = place.error;
    if (problem == 0) {
        Descriptor inner = openFolder(place.parent.get(), place.name.constData());
        problem = inner.isValid() ? removeContents(std::move(inner), place.device, 0) : errno;
    }
    if (problem == 0 && ::unlinkat(place.parent.get(), place.name.constData(), AT_REMOVEDIR) != 0)
        problem = errno;
    if (problem == 0 || problem == ENOENT)
        return true;
    if (error) {
        *error = u"The folder %1 can't be removed: %2."_s.arg(folder, QString::fromLocal8Bit(std::strerror(problem)));
    }
    return false;
}

void removeEmptyFolderWithin(const QString &root, const QString &folder)
{
    const Place place = findPlace(root, folder);
    if (place.error == 0)
        ::unlinkat(place.parent.get(), place.name.constData(), AT_REMOVEDIR);
}

} // namespace BitNet
