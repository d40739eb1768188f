// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobid.h"

#include <QObject>
#include <QSocketNotifier>

namespace BitNet {

class RuntimeSupervisor;

// Passes our standard input on to one interactive job, no faster than the job takes it, and its end too.
class InputForwarder : public QObject
{
    Q_OBJECT
public:
    InputForwarder(RuntimeSupervisor &supervisor, JobId job, QObject *parent = nullptr);

private:
    void read();

    RuntimeSupervisor &m_supervisor;
    const JobId m_job;
    QSocketNotifier m_notifier;
    bool m_atEnd = false;
};

} // namespace BitNet
