// SPDX-License-Identifier: MIT
#pragma once

#include "core/supervisor/jobqueue.h"

#include <QObject>
#include <QString>

#include <memory>

namespace BitNet {

class JobRunner;

// Where jobs of one sort wait and run: a queue and the slots that take from it. There is one for programs (as many slots as
// the concurrency limit says), one for servers, and one for the requests to each server.
class Lane : public QObject
{
    Q_OBJECT
public:
    explicit Lane(std::shared_ptr<QueuePositions> positions, QObject *parent = nullptr);
    ~Lane() override;

    JobQueue &queue() { return m_queue; }

    virtual bool hasFree() const = 0;
    // Nothing is started in it while the queue is paused.
    virtual bool pausesWithQueue() const = 0;
    // In a sentence, what a job in its queue waits for; empty: a free slot of the application.
    virtual QString waitingFor() const = 0;

    // A slot to run a job in. Only when hasFree().
    virtual JobRunner *acquire() = 0;
    // The job of this slot has ended.
    virtual void release(JobRunner *runner) = 0;
    // The slot is of no use any more. It counts no longer.
    virtual void discard(JobRunner *runner) = 0;
    // Ends every slot; emptied() follows when none is left. Busy slots must have been released or discarded.
    virtual void close() = 0;
    virtual bool isEmpty() const = 0;

Q_SIGNALS:
    void emptied();

private:
    JobQueue m_queue;
};

} // namespace BitNet
