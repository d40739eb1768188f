// SPDX-License-Identifier: MIT
#include "core/runtime/enginecatalog.h"

#include <QFutureWatcher>

#include <algorithm>
#include <utility>

namespace BitNet {

namespace {

// The same programs: what they said still holds, until they are asked again.
bool hasSamePrograms(const Engine &one, const Engine &other)
{
    return std::equal(
        one.programs.cbegin(), one.programs.cend(), other.programs.cbegin(), other.programs.cend(),
        [](const Engine::Program &a, const Engine::Program &b) { return a.name == b.name && a.path == b.path; });
}

void keepAnswers(Engine &engine, const Engine &before)
{
    for (qsizetype i = 0; i < engine.programs.size(); ++i)
        engine.programs[i].flags = before.programs[i].flags;
    engine.family = before.family;
    engine.version = before.version;
    engine.isProbed = before.isProbed;
}

} // namespace

EngineCatalog::EngineCatalog(const BitNetRuntime &runtime, QObject *parent)
    : QObject(parent)
    , m_runtime(runtime)
{
}

void EngineCatalog::setPlaces(const EnginePlaces &places)
{
    m_places = places;
    look();
}

void EngineCatalog::look()
{
    QList<Engine> engines = searchEngines(m_places);
    for (Engine &engine : engines) {
        if (const auto before = find(engine.folder); before && hasSamePrograms(engine, *before))
            keepAnswers(engine, *before);
    }
    nameEngines(engines);
    const bool isNew = engines != m_engines;
    m_engines = std::move(engines);
    const bool wasProbing = isProbing();
    for (const Engine &engine : std::as_const(m_engines))
        probe(engine);
    if (isNew)
        Q_EMIT changed();
    if (isProbing() != wasProbing)
        Q_EMIT probingChanged(isProbing());
}

std::optional<Engine> EngineCatalog::find(const QString &folder) const
{
    const QString path = engineFolder(folder);
    for (const Engine &engine : m_engines) {
        if (engine.folder == path)
            return engine;
    }
    return std::nullopt;
}

std::optional<Engine> EngineCatalog::ownerOf(const QString &programPath) const
{
    for (const Engine &engine : m_engines) {
        if (engine.owns(programPath))
            return engine;
    }
    return std::nullopt;
}

void EngineCatalog::probe(const Engine &engine)
{
    ++m_waiting;
    auto *watcher = new QFutureWatcher<Engine>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher] {
        watcher->deleteLater();
        const bool isLast = --m_waiting == 0;
        take(watcher->result());
        if (isLast)
            Q_EMIT probingChanged(false);
    });
    watcher->setFuture(m_runtime.probeEngine(engine));
}

void EngineCatalog::take(const Engine &probed)
{
    const auto entry = std::find_if(m_engines.begin(), m_engines.end(),
                                    [&](const Engine &engine) { return engine.folder == probed.folder; });
    // It was removed, or is another build by now, which has its own probe.
    if (entry == m_engines.end() || !hasSamePrograms(*entry, probed))
        return;
    const QList<Engine> before = m_engines;
    keepAnswers(*entry, probed);
    nameEngines(m_engines);
    if (m_engines != before)
        Q_EMIT changed();
}

} // namespace BitNet
