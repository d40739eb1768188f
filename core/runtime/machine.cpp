// SPDX-License-Identifier: MIT
#include "core/runtime/machine.h"

#include <QFile>
#include <QList>
#include <QStandardPaths>

#include <algorithm>
#include <utility>

#include <sched.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace BitNet {

static constexpr BriefProgramRunner::Limits nvidiaSmiLimits{.timeout = std::chrono::seconds(5), .outputCap = 64 * 1024};

int availableProcessors()
{
    // A fixed cpu_set_t holds 1024 processors; the kernel refuses a mask that is smaller than its own.
    for (int processors = CPU_SETSIZE; processors <= 1 << 20; processors *= 2) {
        cpu_set_t *mask = CPU_ALLOC(processors);
        if (!mask)
            break;
        const size_t size = CPU_ALLOC_SIZE(processors);
        const int result = sched_getaffinity(0, size, mask);
        const int count = result == 0 ? CPU_COUNT_S(size, mask) : 0;
        CPU_FREE(mask);
        if (result == 0)
            return std::max(1, count);
        if (errno != EINVAL)
            break;
    }
    return std::max(1, int(sysconf(_SC_NPROCESSORS_ONLN)));
}

std::optional<qint64> availableMemory()
{
    QFile file(u"/proc/meminfo"_s);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    // "MemAvailable:   12345678 kB"
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (!line.startsWith("MemAvailable:"))
            continue;
        bool isNumber = false;
        const qint64 kibibytes = line.simplified().split(' ').value(1).toLongLong(&isNumber);
        return isNumber ? std::optional(kibibytes * 1024) : std::nullopt;
    }
    return std::nullopt;
}

GpuInfo GpuInfo::fromNvidiaSmi(QByteArrayView csv)
{
    GpuInfo info;
    std::optional<double> smallest;
    bool allKnown = true;
    const QList<QByteArray> lines = csv.toByteArray().split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype comma = line.lastIndexOf(',');
        if (comma < 0)
            continue;
        info.names += QString::fromUtf8(line.first(comma)).trimmed();
        bool isNumber = false;
        const double mebibytes = line.sliced(comma + 1).trimmed().toDouble(&isNumber);
        allKnown = allKnown && isNumber && mebibytes > 0;
        smallest = std::min(smallest.value_or(mebibytes), mebibytes);
    }
    if (smallest && allKnown)
        info.smallestGiB = *smallest / 1024;
    return info;
}

GpuProbe::GpuProbe()
{
    const QString program = QStandardPaths::findExecutable(u"nvidia-smi"_s);
    if (program.isEmpty()) {
        m_info = GpuInfo();
        return;
    }
    m_runner.run(program, {u"--query-gpu=name,memory.total"_s, u"--format=csv,noheader,nounits"_s}, nvidiaSmiLimits,
                 [this](const BriefResult &result) {
                     if (result.problem.isEmpty() && result.exitCode == 0) {
                         finish(GpuInfo::fromNvidiaSmi(result.standardOutput));
                         return;
                     }
                     // nvidia-smi says on standard output why it failed.
                     const QByteArray said = QByteArray(result.standardOutput + result.standardError).trimmed();
                     const QString words = QString::fromUtf8(said.split('\n').constFirst());
                     finish({.problem = result.problem.isEmpty() ? words : result.problem});
                 });
}

GpuProbe::~GpuProbe() = default;

std::optional<GpuInfo> GpuProbe::known() const
{
    const std::lock_guard lock(m_mutex);
    return m_info;
}

QFuture<GpuInfo> GpuProbe::info()
{
    const std::lock_guard lock(m_mutex);
    if (m_info)
        return QtFuture::makeReadyFuture(*m_info);
    QPromise<GpuInfo> &promise = m_waiting.emplace_back();
    promise.start();
    return promise.future();
}

void GpuProbe::finish(const GpuInfo &info)
{
    std::vector<QPromise<GpuInfo>> waiting;
    {
        const std::lock_guard lock(m_mutex);
        m_info = info;
        waiting = std::exchange(m_waiting, {});
    }
    for (QPromise<GpuInfo> &promise : waiting) {
        promise.addResult(info);
        promise.finish();
    }
}

} // namespace BitNet
