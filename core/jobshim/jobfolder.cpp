// SPDX-License-Identifier: MIT
#include "core/jobshim/jobfolder.h"

#include "core/output/outputformat.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace BitNet {
namespace {

int writeAll(int fd, const std::string &content)
{
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t n = write(fd, content.data() + done, content.size() - done);
        if (n >= 0)
            done += static_cast<std::size_t>(n);
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

bool isPlainName(const std::string &name)
{
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos
        && name.find('\0') == std::string::npos;
}

} // namespace

FailedStart JobFolder::create(const std::string &path, const std::vector<Wire::File> &files)
{
    m_path = path;
    FailedStart failure = createAll(files);
    if (failure)
        remove();
    return failure;
}

FailedStart JobFolder::createAll(const std::vector<Wire::File> &files)
{
    if (FailedStart failure = openFolder())
        return failure;

    m_log = createFile(outputLogName);
    if (!m_log)
        return {Wire::StartStep::OutputFiles, errno, m_path + '/' + outputLogName};
    m_index = createFile(outputIndexName);
    if (!m_index)
        return {Wire::StartStep::OutputFiles, errno, m_path + '/' + outputIndexName};

    for (const Wire::File &file : files) {
        const std::string filePath = m_path + '/' + file.name;
        if (!isPlainName(file.name))
            return {Wire::StartStep::PrivateFiles, EINVAL, filePath};
        const Descriptor fd = createFile(file.name);
        if (!fd)
            return {Wire::StartStep::PrivateFiles, errno, filePath};
        if (const int error = writeAll(fd.get(), file.content))
            return {Wire::StartStep::PrivateFiles, error, filePath};
    }
    return {};
}

FailedStart JobFolder::openFolder()
{
    const auto failure = [this](int error) { return FailedStart{Wire::StartStep::Folder, error, m_path}; };

    if (m_path.empty() || m_path.front() != '/' || m_path.find('\0') != std::string::npos)
        return failure(EINVAL);
    m_folderCreated = mkdir(m_path.c_str(), 0700) == 0;
    if (!m_folderCreated && errno != EEXIST)
        return failure(errno);

    m_folder = Descriptor(open(m_path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!m_folder) {
        const int error = errno;
        struct stat there = {};
        const bool link = lstat(m_path.c_str(), &there) == 0 && S_ISLNK(there.st_mode);
        return failure(link ? ELOOP : error);
    }
    if (m_folderCreated)
        return {};

    struct stat there = {};
    if (fstat(m_folder.get(), &there) != 0)
        return failure(errno);
    if (there.st_uid != geteuid())
        return failure(EPERM);
    if ((there.st_mode & 07777) != 0700 && fchmod(m_folder.get(), 0700) != 0)
        return failure(errno);
    return {};
}

Descriptor JobFolder::createFile(const std::string &name)
{
    Descriptor fd(openat(m_folder.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (fd)
        m_created.push_back(name);
    return fd;
}

void JobFolder::remove()
{
    for (const std::string &name : m_created)
        unlinkat(m_folder.get(), name.c_str(), 0);
    m_created.clear();
    if (m_folderCreated)
        rmdir(m_path.c_str());
    m_folderCreated = false;
}

} // namespace BitNet
