// SPDX-License-Identifier: MIT
#include "ui/latency/latencysource.h"

#include "core/futures/whendone.h"
#include "core/history/jobhistory.h"
#include "core/telemetry/historysamples.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/latency/latencyaggregator.h"

#include <algorithm>
#include <memory>

namespace BitNet {

namespace {

struct Loaded
{
    SampleSet::Chunk samples = {};
    QString error = {};
};

} // namespace

LatencySource::LatencySource(JobTableModel &jobs, JobHistory *history, LatencyAggregator &aggregator, QObject *parent)
    : QObject(parent)
    , m_jobs(jobs)
    , m_history(history)
    , m_aggregator(aggregator)
{
    connect(&m_jobs, &JobTableModel::applied, this, [this](const QList<JobRecord> &records) {
        for (const JobRecord &record : records)
            m_firstOwnId = m_firstOwnId == 0 ? record.id.value : std::min(m_firstOwnId, record.id.value);
        if (m_hasBegun)
            take(records);
    });
    connect(&m_jobs, &JobTableModel::removed, &m_aggregator, &LatencyAggregator::remove);
}

void LatencySource::load()
{
    if (m_hasBegun)
        return;
    m_hasBegun = true;
    takeFromTable();
    if (!m_history)
        return;
    m_isLoading = true;
    Q_EMIT loadingChanged();
    whenDone(m_history->samples({.states = {JobState::Finished}})
                 .then([](const HistorySamples &found) { // in the thread that has read them
                     return std::make_shared<Loaded>(Loaded{latencySamples(found), found.error});
                 }),
             this, [this](const std::shared_ptr<Loaded> &loaded) {
                 m_isLoading = false;
                 if (!loaded->error.isEmpty())
                     Q_EMIT failed(loaded->error);
                 m_aggregator.addSamples(std::move(loaded->samples));
                 Q_EMIT loadingChanged();
             });
}

void LatencySource::take(const QList<JobRecord> &records)
{
    SampleSet::Chunk samples;
    for (const JobRecord &record : records) {
        if (auto sample = sampleOf(record))
            samples.push_back(std::move(*sample));
    }
    m_aggregator.addSamples(std::move(samples));
}

// The jobs of this run: the history may not have the last of them yet, or may have none while it can't be written.
void LatencySource::takeFromTable()
{
    if (m_firstOwnId == 0)
        return;
    SampleSet::Chunk samples;
    for (int row = 0; row < m_jobs.rowCount(); ++row) {
        const JobRecord &record = m_jobs.record(row);
        if (record.id.value < m_firstOwnId || !record.isFinished())
            continue;
        if (auto sample = sampleOf(record))
            samples.push_back(std::move(*sample));
    }
    m_aggregator.addSamples(std::move(samples));
}

} // namespace BitNet
