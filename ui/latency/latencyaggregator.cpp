// SPDX-License-Identifier: MIT
#include "ui/latency/latencyaggregator.h"

#include "core/futures/whendone.h"

#include <QtConcurrent>

#include <algorithm>
#include <iterator>
#include <utility>

namespace BitNet {

using namespace std::chrono_literals;

namespace {

constexpr size_t joinedSamples = 4096; // what comes in small pieces

struct Answer
{
    SampleSet samples = {};
    std::shared_ptr<const LatencyView> view = {};
};

} // namespace

LatencyAggregator::LatencyAggregator(QObject *parent)
    : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(250ms);
    connect(&m_timer, &QTimer::timeout, this, &LatencyAggregator::compute);
    m_clock.setInterval(10s);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        m_isStale = m_isStale || m_lastOnly.has_value();
        compute();
    });
}

LatencyAggregator::~LatencyAggregator()
{
    m_stop.request_stop(); // the computation has copies of all that it needs
}

void LatencyAggregator::Changes::applyTo(SampleSet &set) &&
{
    // Removed ones first: they are not taken in afterwards.
    if (!removed.isEmpty())
        set.remove(removed);
    for (SampleSet::Chunk &chunk : samples)
        set.add(std::move(chunk));
}

void LatencyAggregator::addSamples(SampleSet::Chunk samples)
{
    if (samples.empty())
        return;
    std::vector<SampleSet::Chunk> &chunks = m_pending.samples;
    if (!chunks.empty() && chunks.back().size() + samples.size() <= joinedSamples)
        std::ranges::move(samples, std::back_inserter(chunks.back()));
    else
        chunks.push_back(std::move(samples));
    changed();
}

void LatencyAggregator::remove(const QList<JobId> &ids)
{
    if (ids.isEmpty())
        return;
    m_pending.removed += ids;
    changed();
}

void LatencyAggregator::changed()
{
    m_isStale = true;
    schedule();
}

void LatencyAggregator::ask(const LatencyQuestion &question, std::optional<std::chrono::microseconds> lastOnly)
{
    m_question = question;
    m_lastOnly = lastOnly;
    m_isStale = true;
    if (m_isComputing && m_isActive && m_stop.request_stop())
        ++m_superseded;
    compute();
}

void LatencyAggregator::setActive(bool active)
{
    m_isActive = active;
    if (active)
        m_clock.start();
    else
        m_clock.stop();
    compute();
}

void LatencyAggregator::schedule()
{
    if (m_isActive && !m_timer.isActive())
        m_timer.start();
}

void LatencyAggregator::compute()
{
    if (!m_isActive || !m_isStale || m_isComputing)
        return; // when the running computation is done the next one follows
    m_isStale = false;
    m_isComputing = true;
    m_stop = std::stop_source();
    if (m_lastOnly) {
        const WallTime now = wallNow();
        m_question.range = TimeRange{now - *m_lastOnly, now + 1s};
    }
    const bool changes = !m_pending.isEmpty();
    auto work = [samples = m_samples, pending = std::exchange(m_pending, {}), question = m_question,
                 stop = m_stop.get_token()]() mutable {
        std::move(pending).applyTo(samples); // also when it is told to stop: they must not be lost
        std::shared_ptr<const LatencyView> view = makeLatencyView(question, samples, wallNow(), stop);
        return Answer{std::move(samples), std::move(view)};
    };
    whenDone(QtConcurrent::run(std::move(work)), this, [this, changes](const Answer &answer) {
        m_isComputing = false;
        m_samples = answer.samples;
        if (changes)
            Q_EMIT samplesChanged();
        if (answer.view)
            Q_EMIT viewChanged(answer.view);
        else
            m_isStale = true;
        if (m_isStale && m_stop.stop_requested())
            compute();
        else if (m_isStale)
            schedule();
    });
}

} // namespace BitNet
