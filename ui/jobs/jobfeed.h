// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QElapsedTimer>
#include <QList>
#include <QObject>
#include <QTimer>

#include <memory>

namespace BitNet {

class RuntimeSupervisor;

// Brings a supervisor's records into the GUI thread, coalesced: at most one batch a frame (16 ms), each job at most once
// in it with its newest record. However many jobs change, the window gets one event a frame.
class JobFeed : public QObject
{
    Q_OBJECT
public:
    explicit JobFeed(RuntimeSupervisor &supervisor, QObject *parent = nullptr);
    ~JobFeed() override;

Q_SIGNALS:
    // In the order in which the jobs first changed since the last batch.
    void changed(const QList<BitNet::JobRecord> &records);

private:
    struct Inbox;
    void wake();
    void deliver();

    std::shared_ptr<Inbox> m_inbox; // shared with the supervisor's thread
    QTimer m_timer;
    QElapsedTimer m_sinceDelivery;
};

} // namespace BitNet
