// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/briefprogram.h"

#include <QByteArrayView>
#include <QFuture>
#include <QPromise>
#include <QStringList>

#include <mutex>
#include <optional>
#include <vector>

namespace BitNet {

// The processors that this process may run on (its affinity mask), at least 1.
int availableProcessors();

// What could be given to programs without swapping (MemAvailable), in bytes. Nothing when /proc does not say.
std::optional<qint64> availableMemory();

// The GPUs that nvidia-smi knows.
struct GpuInfo
{
    QStringList names = {};
    double smallestGiB = 0; // memory of the smallest one; 0: none, or unknown
    QString problem = {}; // why nvidia-smi could not tell, in a sentence; empty also when there is no nvidia-smi

    // Reads the output of nvidia-smi --query-gpu=name,memory.total --format=csv,noheader,nounits (MiB). A GPU whose memory
    // is not a number makes the smallest unknown.
    static GpuInfo fromNvidiaSmi(QByteArrayView csv);
    friend bool operator==(const GpuInfo &, const GpuInfo &) = default;
};

// Asks nvidia-smi, once, from its construction on; when it is not in PATH the answer is there at once. Thread-safe.
class GpuProbe
{
public:
    GpuProbe();
    ~GpuProbe();

    // What is known by now; nothing while nvidia-smi runs.
    std::optional<GpuInfo> known() const;
    // Each call gives a future of its own. Never fails; comes within 5 s.
    QFuture<GpuInfo> info();

private:
    void finish(const GpuInfo &info);

    mutable std::mutex m_mutex; // guards the next two
    std::optional<GpuInfo> m_info;
    std::vector<QPromise<GpuInfo>> m_waiting;
    BriefProgramRunner m_runner; // last: its program reports to the members above
};

} // namespace BitNet
