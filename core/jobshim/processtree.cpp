// SPDX-License-Identifier: MIT
#include "core/jobshim/processtree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace BitNet {
namespace {

// A process's folder of threads has two links and one for each thread.
constexpr nlink_t linksOfSingleThread = 3;

struct ProcessState
{
    char letter = 'X'; // as ps shows it; X: gone
    pid_t parent = 0;
};

ProcessState readState(pid_t pid)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    const Descriptor stat(open(path, O_RDONLY | O_CLOEXEC));
    char text[512];
    const ssize_t n = stat ? read(stat.get(), text, sizeof text - 1) : -1;
    ProcessState state;
    if (n <= 0)
        return state;
    text[n] = '\0';
    // "pid (name) state parent …"; the name may hold anything, parentheses too.
    if (const char *nameEnd = strrchr(text, ')'))
        sscanf(nameEnd + 1, " %c %d", &state.letter, &state.parent);
    return state;
}

} // namespace

ProcessTree::ProcessTree()
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", getpid(), getpid());
    m_ownChildren = Descriptor(open(path, O_RDONLY | O_CLOEXEC));
}

void ProcessTree::appendOwnChildren()
{
    if (!m_ownChildren) {
        readAllParents();
        appendChildrenOf(getpid());
    } else if (lseek(m_ownChildren.get(), 0, SEEK_SET) == 0) {
        appendChildrenFile(m_ownChildren.get());
    }
}

void ProcessTree::appendChildrenOf(pid_t pid)
{
    if (!m_ownChildren) {
        for (const auto &[parent, child] : m_parents) {
            if (parent == pid)
                m_found.push_back(child);
        }
        return;
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    struct stat threads = {};
    if (stat(path, &threads) != 0)
        return;
    if (threads.st_nlink <= linksOfSingleThread) {
        snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
        if (const Descriptor children(open(path, O_RDONLY | O_CLOEXEC)); children)
            appendChildrenFile(children.get());
        return;
    }
    // A child is listed with the thread that started it.
    DIR *folder = opendir(path);
    if (!folder)
        return;
    while (const dirent *thread = readdir(folder)) {
        if (!isdigit(static_cast<unsigned char>(thread->d_name[0])))
            continue;
        char relative[sizeof thread->d_name + sizeof "/children"];
        snprintf(relative, sizeof relative, "%s/children", thread->d_name);
        if (const Descriptor children(openat(dirfd(folder), relative, O_RDONLY | O_CLOEXEC)); children)
            appendChildrenFile(children.get());
    }
    closedir(folder);
}

// "12 34 56 "
void ProcessTree::appendChildrenFile(int fd)
{
    m_text.clear();
    char buffer[4096];
    ssize_t n = 0;
    while ((n = read(fd, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR)) {
        if (n > 0)
            m_text.append(buffer, static_cast<std::size_t>(n));
    }
    const char *position = m_text.c_str();
    char *end = nullptr;
    for (long pid = strtol(position, &end, 10); end != position; pid = strtol(position, &end, 10)) {
        m_found.push_back(static_cast<pid_t>(pid));
        position = end;
    }
}

void ProcessTree::readAllParents()
{
    m_parents.clear();
    DIR *folder = opendir("/proc");
    if (!folder)
        return;
    while (const dirent *entry = readdir(folder)) {
        const auto pid = static_cast<pid_t>(strtol(entry->d_name, nullptr, 10));
        if (const ProcessState state = pid > 0 ? readState(pid) : ProcessState(); state.parent > 0)
            m_parents.emplace_back(state.parent, pid);
    }
    closedir(folder);
}

bool ProcessTree::isAlive(pid_t pid)
{
    const char letter = readState(pid).letter;
    return letter != 'Z' && letter != 'X';
}

} // namespace BitNet
