// SPDX-License-Identifier: MIT
#pragma once

#include "core/supervisor/lane.h"

#include <QString>

#include <vector>

namespace BitNet {

class JobProcess;

// The concurrency limit as a pool of slots. A slot is a JobProcess, made when first needed and reused: the one used last is
// given out first. Lowering the limit retires idle slots at once and busy ones when they come back.
class SlotPool : public Lane
{
    Q_OBJECT
public:
    enum class Pausing {
        WithQueue, // starts nothing while the queue is paused
        Never,
    };
    SlotPool(const QString &shimPath, int limit, Pausing pausing, std::shared_ptr<QueuePositions> positions,
             QObject *parent = nullptr);

    void setLimit(int limit);
    int limit() const { return m_limit; }
    int busyCount() const { return static_cast<int>(m_busy.size()); }

    bool hasFree() const override { return busyCount() < m_limit; }
    bool pausesWithQueue() const override { return m_pausing == Pausing::WithQueue; }
    QString waitingFor() const override { return {}; }
    JobRunner *acquire() override;
    void release(JobRunner *runner) override;
    // Its shim died or part of its tree can't be killed.
    void discard(JobRunner *runner) override;
    void close() override;
    bool isEmpty() const override { return m_busy.empty() && m_idle.empty() && m_leaving.empty(); }

Q_SIGNALS:
    // A new slot; connect to it here.
    void created(BitNet::JobProcess *process);

private:
    void retire(JobProcess *process);
    void retireSurplus();
    void forget(JobProcess *process);

    const QString m_shimPath;
    const Pausing m_pausing;
    int m_limit;
    std::vector<JobProcess *> m_busy;
    std::vector<JobProcess *> m_idle;
    std::vector<JobProcess *> m_leaving; // told to end, not gone yet
};

} // namespace BitNet
