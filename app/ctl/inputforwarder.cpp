// SPDX-License-Identifier: MIT
#include "app/ctl/inputforwarder.h"

#include "core/supervisor/runtimesupervisor.h"

#include <cerrno>

#include <unistd.h>

namespace BitNet {

static constexpr qsizetype blockBytes = 256 * 1024;

InputForwarder::InputForwarder(RuntimeSupervisor &supervisor, JobId job, QObject *parent)
    : QObject(parent)
    , m_supervisor(supervisor)
    , m_job(job)
    , m_notifier(STDIN_FILENO, QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, &InputForwarder::read);
    connect(&supervisor, &RuntimeSupervisor::inputTaken, this, [this](JobId id) {
        if (id == m_job && !m_atEnd)
            m_notifier.setEnabled(true);
    });
}

void InputForwarder::read()
{
    QByteArray bytes(blockBytes, Qt::Uninitialized);
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), size_t(bytes.size()));
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    m_notifier.setEnabled(false); // until the job has taken it
    if (count > 0) {
        bytes.truncate(count);
        m_supervisor.writeInput(m_job, bytes);
        return;
    }
    // The end, or a terminal that is gone.
    m_atEnd = true;
    m_supervisor.closeInput(m_job);
}

} // namespace BitNet
