// SPDX-License-Identifier: MIT
#pragma once

#include "core/supervisor/lane.h"
#include "core/supervisor/requestrunner.h"

#include <vector>

namespace BitNet {

// The requests to one server: as many at a time as it has slots. Without slots (it loads its model) they wait.
class RequestLane : public Lane
{
    Q_OBJECT
public:
    RequestLane(QString name, RequestRunnerFactory factory, std::shared_ptr<QueuePositions> positions,
                QObject *parent = nullptr);

    const QString &name() const { return m_name; }
    // Fewer slots let running requests end. waiting: what requests wait for while there is no slot, as a sentence.
    void setSlots(int count, const QString &waiting);
    // Fails what runs, with this reason.
    void failAll(const QString &reason);

    bool hasFree() const override { return static_cast<int>(m_busy.size()) < m_slotCount; }
    bool pausesWithQueue() const override { return true; }
    QString waitingFor() const override;
    JobRunner *acquire() override;
    void release(JobRunner *runner) override;
    void discard(JobRunner *runner) override;
    void close() override;
    bool isEmpty() const override { return m_busy.empty() && m_idle.empty(); }

Q_SIGNALS:
    // A new slot; connect to it here.
    void created(BitNet::RequestRunner *runner);

private:
    const QString m_name;
    const RequestRunnerFactory m_factory;
    int m_slotCount = 0;
    QString m_waiting;
    std::vector<RequestRunner *> m_busy;
    std::vector<RequestRunner *> m_idle;
};

} // namespace BitNet
