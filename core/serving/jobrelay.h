// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QObject>

#include <functional>
#include <memory>
#include <mutex>

namespace BitNet {

class RuntimeSupervisor;

// Those of a supervisor's snapshots that concern one receiver, in this object's thread and in their order. They are chosen in
// the supervisor's thread, so that a hundred thousand other jobs cost the receiver nothing.
class JobRelay : public QObject
{
    Q_OBJECT
public:
    // wanted is called in the supervisor's thread: it must not refer to anything that changes.
    using Filter = std::function<bool(const JobRecord &)>;
    JobRelay(RuntimeSupervisor &supervisor, Filter wanted, QObject *parent = nullptr);
    ~JobRelay() override;

Q_SIGNALS:
    void changed(const BitNet::JobRecord &record);

private:
    // Outlives this object for as long as the supervisor's thread is in the filter.
    struct Shared
    {
        std::mutex mutex;
        JobRelay *relay = nullptr; // guarded by mutex; null: it is gone
    };
    const std::shared_ptr<Shared> m_shared;
    QMetaObject::Connection m_connection;
};

} // namespace BitNet
