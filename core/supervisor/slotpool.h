// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QString>

#include <vector>

namespace BitNet {

class JobProcess;

// The concurrency limit as a pool of slots. A slot is a JobProcess, made when first needed and reused: the one used last is
// given out first. Lowering the limit retires idle slots at once and busy ones when they come back.
class SlotPool : public QObject
{
    Q_OBJECT
public:
    SlotPool(const QString &shimPath, int limit, QObject *parent = nullptr);

    void setLimit(int limit);
    int limit() const { return m_limit; }
    int busyCount() const { return static_cast<int>(m_busy.size()); }
    bool hasFree() const { return busyCount() < m_limit; }

    // A slot to run a job in. Only when hasFree().
    JobProcess *acquire();
    // The job of this slot has ended.
    void release(JobProcess *process);
    // This slot is of no use any more: its shim died or part of its tree can't be killed. It counts no longer.
    void discard(JobProcess *process);
    // Ends every slot; emptied() follows when no shim is left. Busy slots must have been released or discarded.
    void close();
    bool isEmpty() const { return m_busy.empty() && m_idle.empty() && m_leaving.empty(); }

Q_SIGNALS:
    // A new slot; connect to it here.
    void created(BitNet::JobProcess *process);
    void emptied();

private:
    void retire(JobProcess *process);
    void retireSurplus();
    void forget(JobProcess *process);

    const QString m_shimPath;
    int m_limit;
    std::vector<JobProcess *> m_busy;
    std::vector<JobProcess *> m_idle;
    std::vector<JobProcess *> m_leaving; // told to end, not gone yet
};

} // namespace BitNet
