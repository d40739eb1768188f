// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace BitNet {

// How often the kernel has killed a process for want of memory, among those that share this one's fate: its control group
// (memory.events of version 2, memory.oom_control of version 1; see the kernel's admin-guide/cgroup-v2), or, where there is
// none, the whole machine (/proc/vmstat). The kernel counts before it kills: who has seen the death sees the count. Watchdogs
// that are programs (earlyoom, systemd-oomd) are not in it.
class OomKillCounter
{
public:
    // root: what stands in the place of "/", for tests.
    explicit OomKillCounter(const QString &root = {});

    // Only its difference means something. Nothing when the system does not tell. One small file is read: some microseconds.
    std::optional<qint64> read() const;
    // Whether it is more than it was; false when either is not known.
    bool hasGrown(std::optional<qint64> before) const { return before && read().value_or(*before) > *before; }

private:
    QString m_file;
};

} // namespace BitNet
