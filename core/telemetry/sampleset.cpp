// SPDX-License-Identifier: MIT
#include "core/telemetry/sampleset.h"

#include <algorithm>
#include <iterator>

namespace BitNet {

namespace {

template<typename T>
bool holds(const std::optional<T> &wanted, const T &value)
{
    return !wanted || *wanted == value;
}

// Neighbours mostly share their text: comparing it is cheaper than hashing it.
void note(QSet<QString> &texts, const QString *&last, const QString &text)
{
    if (last && *last == text)
        return;
    texts.insert(text);
    last = &text;
}

} // namespace

bool SampleFilter::matches(const LatencySample &sample) const
{
    return (!range || range->contains(sample.completedAt)) && holds(group, sample.group) && holds(model, sample.model)
        && holds(engine, sample.engine) && holds(kind, sample.kind) && holds(outcome, outcomeClass(sample.outcome));
}

bool SampleSet::insertId(quint64 id)
{
    auto bit = m_ids[id / pageBits][id % pageBits];
    if (bit)
        return false;
    bit = true;
    return true;
}

void SampleSet::add(Chunk samples)
{
    std::erase_if(samples, [this](const LatencySample &sample) { return !insertId(sample.job.value); });
    if (samples.empty())
        return;
    noteTexts(samples);
    m_size += qsizetype(samples.size());
    const bool joins = !m_chunks.empty() && qsizetype(m_chunks.back()->size()) < smallChunk;
    if (joins) {
        Chunk both = *m_chunks.back(); // a copy may still read it
        std::ranges::move(samples, std::back_inserter(both));
        m_chunks.back() = std::make_shared<const Chunk>(std::move(both));
    } else {
        m_chunks.push_back(std::make_shared<const Chunk>(std::move(samples)));
    }
}

void SampleSet::noteTexts(const Chunk &samples)
{
    const QString *group = nullptr;
    const QString *model = nullptr;
    const QString *engine = nullptr;
    for (const LatencySample &sample : samples) {
        note(m_groups, group, sample.group);
        note(m_models, model, sample.model);
        note(m_engines, engine, sample.engine);
    }
}

void SampleSet::remove(const QList<JobId> &ids)
{
    const QSet<JobId> removed(ids.cbegin(), ids.cend());
    const auto isRemoved = [&removed](const LatencySample &sample) { return removed.contains(sample.job); };
    for (const JobId id : ids)
        insertId(id.value);
    const qsizetype before = m_size;
    for (std::shared_ptr<const Chunk> &chunk : m_chunks) {
        if (std::ranges::none_of(*chunk, isRemoved))
            continue;
        Chunk left;
        std::ranges::remove_copy_if(*chunk, std::back_inserter(left), isRemoved);
        m_size -= qsizetype(chunk->size() - left.size());
        chunk = std::make_shared<const Chunk>(std::move(left));
    }
    if (m_size == before)
        return;
    std::erase_if(m_chunks, [](const std::shared_ptr<const Chunk> &chunk) { return chunk->empty(); });
    m_groups.clear();
    m_models.clear();
    m_engines.clear();
    for (const std::shared_ptr<const Chunk> &chunk : m_chunks)
        noteTexts(*chunk);
}

std::vector<std::span<const LatencySample>> SampleSet::spans() const
{
    std::vector<std::span<const LatencySample>> spans;
    for (const std::shared_ptr<const Chunk> &chunk : m_chunks)
        spans.emplace_back(*chunk);
    return spans;
}

bool SampleSet::contains(JobId id) const
{
    const auto page = m_ids.constFind(id.value / pageBits);
    return page != m_ids.cend() && page->test(id.value % pageBits);
}

} // namespace BitNet
