// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobshim/descriptor.h"

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace BitNet {

// The descendants of this process, read from /proc/PID/task/TID/children: the cost goes with the size of the tree, not of
// the machine (a kernel without these files, CONFIG_PROC_CHILDREN, has all of /proc read instead). As this process is a subreaper, whoever loses its parent becomes its own child and stays in the tree.
//
// A listing is a snapshot of something that moves; callers repeat it until it says what they need.
class ProcessTree
{
public:
    ProcessTree();

    // Every descendant, parents before their children. Valid until the next call. visit(pid) is called for each as soon as
    // it is known, before its own children are looked for.
    template<typename Visit>
    const std::vector<pid_t> &walk(Visit visit)
    {
        m_found.clear();
        appendOwnChildren();
        // NOLINTNEXTLINE(modernize-loop-convert): the list grows while it is gone through
        for (std::size_t i = 0; i < m_found.size(); ++i) {
            const pid_t pid = m_found[i];
            visit(pid);
            appendChildrenOf(pid);
        }
        return m_found;
    }
    const std::vector<pid_t> &walk()
    {
        return walk([](pid_t) {});
    }

    // False for one that has ended and only waits to be reaped, and for one that is gone.
    static bool isAlive(pid_t pid);

private:
    void appendOwnChildren();
    void appendChildrenOf(pid_t pid);
    void appendChildrenFile(int fd);
    void readAllParents();

    std::vector<pid_t> m_found;
    std::string m_text;
    std::vector<std::pair<pid_t, pid_t>> m_parents; // parent and child, of a kernel without lists of children
    Descriptor m_ownChildren; // kept open: our children can be found even when no descriptor is left
};

} // namespace BitNet
