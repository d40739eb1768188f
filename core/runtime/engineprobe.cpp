// SPDX-License-Identifier: MIT
#include "core/runtime/engineprobe.h"

#include <QFile>

#include <utility>

#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace BitNet {

namespace {

EngineFlags flagsFrom(const BriefResult &result)
{
    if (!result.problem.isEmpty())
        return EngineFlags::unknown(result.problem);
    EngineFlags flags = EngineFlags::fromHelp(result.standardOutput);
    // Engines older than those that are recorded print their usage on standard error.
    if (!flags.known)
        flags = EngineFlags::fromHelp(result.standardError);
    if (!flags.known && !result.standardError.isEmpty()) {
        // Such as "error while loading shared libraries: …".
        const qsizetype end = result.standardError.indexOf('\n');
        flags.why = QString::fromUtf8(result.standardError.first(end < 0 ? result.standardError.size() : end));
    }
    return flags;
}

} // namespace

EngineProbe::EngineProbe()
    : EngineProbe(Settings{})
{
}

EngineProbe::EngineProbe(Settings settings)
    : m_settings(settings)
{
}

EngineProbe::~EngineProbe() = default;

EngineProbe::Identity EngineProbe::identityOf(const QString &binary)
{
    struct stat status = {};
    if (stat(QFile::encodeName(binary).constData(), &status) != 0)
        return {};
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .size = status.st_size,
            .modifiedSeconds = status.st_mtim.tv_sec,
            .modifiedNanoseconds = status.st_mtim.tv_nsec};
}

bool EngineProbe::isValid(const Entry &entry, const Identity &identity) const
{
    if (entry.identity != identity)
        return false;
    if (!entry.flags || entry.flags->known)
        return true;
    return std::chrono::steady_clock::now() - entry.finishedAt < m_settings.retryAfter;
}

QFuture<EngineFlags> EngineProbe::flags(const QString &binary)
{
    const Identity identity = identityOf(binary);
    std::unique_lock lock(m_mutex);
    std::shared_ptr<Entry> &slot = m_entries[binary];
    if (slot && isValid(*slot, identity) && slot->flags)
        return QtFuture::makeReadyFuture(*slot->flags);

    const bool shares = slot && isValid(*slot, identity);
    if (!shares)
        slot = std::make_shared<Entry>(Entry{.identity = identity});
    const std::shared_ptr<Entry> entry = slot;
    QPromise<EngineFlags> &promise = entry->waiting.emplace_back();
    promise.start();
    QFuture<EngineFlags> future = promise.future();
    lock.unlock();

    if (!shares) {
        m_runner.run(binary, {u"--help"_s}, m_settings.limits,
                     [this, entry](const BriefResult &result) { finish(entry, result); });
    }
    return future;
}

std::optional<EngineFlags> EngineProbe::knownFlags(const QString &binary) const
{
    const Identity identity = identityOf(binary);
    const std::lock_guard lock(m_mutex);
    const std::shared_ptr<Entry> entry = m_entries.value(binary);
    return entry && isValid(*entry, identity) ? entry->flags : std::nullopt;
}

void EngineProbe::finish(const std::shared_ptr<Entry> &entry, const BriefResult &result)
{
    const EngineFlags flags = flagsFrom(result);
    std::vector<QPromise<EngineFlags>> waiting;
    {
        const std::lock_guard lock(m_mutex);
        entry->flags = flags;
        entry->finishedAt = std::chrono::steady_clock::now();
        waiting = std::exchange(entry->waiting, {});
    }
    for (QPromise<EngineFlags> &promise : waiting) {
        promise.addResult(flags);
        promise.finish();
    }
}

} // namespace BitNet
