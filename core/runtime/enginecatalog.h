// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/bitnetruntime.h"
#include "core/runtime/enginesearch.h"

#include <QObject>

#include <optional>

namespace BitNet {

// The engines of this machine, side by side, each under a name of its own. Looks at files in the thread it lives in (well
// below a millisecond a place) and asks the programs in others. Not thread-safe: lives in a thread with an event loop.
class EngineCatalog : public QObject
{
    Q_OBJECT
public:
    // runtime: whose probes are shared, so that nothing is asked twice. Empty before setPlaces().
    explicit EngineCatalog(const BitNetRuntime &runtime, QObject *parent = nullptr);

    // Looks at once; the programs' answers come later, each with changed().
    void setPlaces(const EnginePlaces &places);
    const EnginePlaces &places() const { return m_places; }
    // The same places again: programs may have been built, or built anew.
    void look();

    // In the order of the places. Those that are not probed yet have their programs and a name.
    const QList<Engine> &engines() const { return m_engines; }
    std::optional<Engine> find(const QString &folder) const;
    // Whose program this path is (JobSpec::engine); nothing when it is none of theirs.
    std::optional<Engine> ownerOf(const QString &programPath) const;
    // Whether an answer is still to come.
    bool isProbing() const { return m_waiting > 0; }

    // For requests to this engine: the runtime that was given, with this engine's folder.
    BitNetRuntime runtimeFor(const Engine &engine) const { return m_runtime.withBuildDir(engine.folder); }

Q_SIGNALS:
    // engines() is not what it was. Once for a look that finds something new, once for each engine that has been probed.
    void changed();
    void probingChanged(bool isProbing);

private:
    void probe(const Engine &engine);
    void take(const Engine &probed);

    BitNetRuntime m_runtime;
    EnginePlaces m_places;
    QList<Engine> m_engines;
    int m_waiting = 0; // for so many probes
};

} // namespace BitNet
