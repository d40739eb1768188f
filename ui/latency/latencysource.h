// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QObject>

namespace BitNet {

class JobHistory;
class JobTableModel;
class LatencyAggregator;

// Brings finished jobs to an aggregator: all that the history holds, also those that are not in the table, and those that end
// meanwhile. What the table or the history forgets is forgotten here too. GUI thread only, which waits for nothing.
class LatencySource : public QObject
{
    Q_OBJECT
public:
    // history: null when there is none; then the table is all there is. All outlive this object.
    LatencySource(JobTableModel &jobs, JobHistory *history, LatencyAggregator &aggregator, QObject *parent = nullptr);

    // Begins; does nothing when called again. Until then nothing is held in memory.
    void load();
    // The history is being read.
    bool isLoading() const { return m_isLoading; }

Q_SIGNALS:
    void loadingChanged();
    // Why there may be more than what is shown.
    void failed(const QString &reason);

private:
    void take(const QList<JobRecord> &records);
    void takeFromTable();

    JobTableModel &m_jobs;
    JobHistory *m_history;
    LatencyAggregator &m_aggregator;
    quint64 m_firstOwnId = 0; // of the jobs of this run of the application; 0: none yet
    bool m_hasBegun = false;
    bool m_isLoading = false;
};

} // namespace BitNet
