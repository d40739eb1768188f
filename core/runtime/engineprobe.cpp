// SPDX-License-Identifier: MIT
#include "core/runtime/engineprobe.h"

#include <QFile>

#include <utility>

#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace BitNet {

static constexpr auto helpArgument = "--help"_L1;

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
    if (!entry.result || entry.isGood)
        return true;
    return std::chrono::steady_clock::now() - entry.finishedAt < m_settings.retryAfter;
}

QFuture<EngineFlags> EngineProbe::flags(const QString &binary)
{
    const auto promise = std::make_shared<QPromise<EngineFlags>>();
    promise->start();
    ask({binary, helpArgument}, [promise](const Entry &entry) {
        promise->addResult(entry.flags);
        promise->finish();
    });
    return promise->future();
}

QFuture<BriefResult> EngineProbe::answer(const QString &binary, const QString &argument)
{
    const auto promise = std::make_shared<QPromise<BriefResult>>();
    promise->start();
    ask({binary, argument}, [promise](const Entry &entry) {
        promise->addResult(*entry.result);
        promise->finish();
    });
    return promise->future();
}

std::optional<EngineFlags> EngineProbe::knownFlags(const QString &binary) const
{
    const Identity identity = identityOf(binary);
    const std::lock_guard lock(m_mutex);
    const std::shared_ptr<Entry> entry = m_entries.value({binary, helpArgument});
    return entry && entry->result && isValid(*entry, identity) ? std::optional(entry->flags) : std::nullopt;
}

void EngineProbe::ask(const Question &question, std::function<void(const Entry &)> take)
{
    const Identity identity = identityOf(question.first);
    std::unique_lock lock(m_mutex);
    std::shared_ptr<Entry> &slot = m_entries[question];
    const bool isKnown = slot && isValid(*slot, identity);
    if (isKnown && slot->result) {
        // A finished entry does not change any more.
        const std::shared_ptr<Entry> entry = slot;
        lock.unlock();
        take(*entry);
        return;
    }
    if (!isKnown)
        slot = std::make_shared<Entry>(Entry{.identity = identity});
    const std::shared_ptr<Entry> entry = slot;
    entry->waiting.push_back(std::move(take));
    lock.unlock();

    if (!isKnown) {
        m_runner.run(question.first, {question.second}, m_settings.limits,
                     [this, question, entry](BriefResult result) { finish(question, entry, std::move(result)); });
    }
}

void EngineProbe::finish(const Question &question, const std::shared_ptr<Entry> &entry, BriefResult result)
{
    const EngineFlags flags = question.second == helpArgument ? flagsFrom(result) : EngineFlags();
    std::vector<std::function<void(const Entry &)>> waiting;
    {
        const std::lock_guard lock(m_mutex);
        entry->flags = flags;
        entry->isGood = result.problem.isEmpty() && (flags.known || question.second != helpArgument);
        entry->finishedAt = std::chrono::steady_clock::now();
        entry->result = std::move(result);
        waiting = std::exchange(entry->waiting, {});
    }
    for (const auto &take : waiting)
        take(*entry);
}

} // namespace BitNet
