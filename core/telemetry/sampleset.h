// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencysample.h"
#include "core/telemetry/latencytimeline.h"

#include <QHash>
#include <QList>
#include <QSet>
#include <QString>

#include <bitset>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace BitNet {

// Which samples. All conditions hold at once; an empty one holds for every sample.
struct SampleFilter
{
    std::optional<TimeRange> range = std::nullopt; // ended in it
    std::optional<QString> group = std::nullopt; // an empty text: jobs without
    std::optional<QString> model = std::nullopt;
    std::optional<QString> engine = std::nullopt;
    std::optional<JobKind> kind = std::nullopt;
    std::optional<OutcomeClass> outcome = std::nullopt;

    bool matches(const LatencySample &sample) const;
    friend bool operator==(const SampleFilter &, const SampleFilter &) = default;
};

// Samples of any number of jobs, each job once, in the chunks in which they came. Copies share the chunks: a thread may work
// on its copy while another one grows.
class SampleSet
{
public:
    using Chunk = std::vector<LatencySample>;

    // Samples of jobs that are already known are left out. Small chunks are joined.
    void add(Chunk samples);
    // Forgets these jobs. One that is not known is not taken in later either.
    void remove(const QList<JobId> &ids);

    const std::vector<std::shared_ptr<const Chunk>> &chunks() const { return m_chunks; }
    // For LatencyReport.
    std::vector<std::span<const LatencySample>> spans() const;
    qsizetype size() const { return m_size; }
    bool isEmpty() const { return m_size == 0; }
    // It is known, or was removed.
    bool contains(JobId id) const;

    // What filters can choose from; an empty text when some job has none.
    const QSet<QString> &groups() const { return m_groups; }
    const QSet<QString> &models() const { return m_models; }
    const QSet<QString> &engines() const { return m_engines; }

private:
    static constexpr qsizetype smallChunk = 4096;
    static constexpr quint64 pageBits = 4096;

    bool insertId(quint64 id);
    void noteTexts(const Chunk &samples);

    std::vector<std::shared_ptr<const Chunk>> m_chunks;
    QHash<quint64, std::bitset<pageBits>> m_ids; // known or removed, by id / pageBits: ids of jobs are dense
    qsizetype m_size = 0;
    QSet<QString> m_groups;
    QSet<QString> m_models;
    QSet<QString> m_engines;
};

} // namespace BitNet
