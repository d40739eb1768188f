// SPDX-License-Identifier: MIT
#include "ui/mainwindow/queuewatch.h"

namespace BitNet {

using namespace std::chrono_literals;

static constexpr auto longQueue = 10s;

QueueWatch::QueueWatch(QObject *parent)
    : QObject(parent)
{
}

void QueueWatch::take(const QList<JobRecord> &records)
{
    for (const JobRecord &record : records) {
        if (record.spec->kind == JobKind::Server) {
            if (record.isFailure())
                Q_EMIT jobFailed(record);
            continue;
        }
        if (!record.isFinished()) {
            if (m_open.isEmpty() && m_succeeded + m_failed + m_cancelled == 0)
                m_began = record.submitted.monotonic;
            m_open.insert(record.id);
            continue;
        }
        m_open.remove(record.id);
        if (record.outcome == Outcome::Succeeded)
            ++m_succeeded;
        else if (record.outcome == Outcome::Cancelled)
            ++m_cancelled;
        else
            ++m_failed;
        if (record.isFailure() && !m_toldFailure) {
            m_toldFailure = true;
            Q_EMIT jobFailed(record);
        }
    }
    const int ended = m_succeeded + m_failed + m_cancelled;
    if (!m_open.isEmpty() || ended == 0)
        return;
    if (ended > 1 || monotonicNow() - m_began > longQueue)
        Q_EMIT queueEnded(m_succeeded, m_failed, m_cancelled);
    m_succeeded = m_failed = m_cancelled = 0;
    m_toldFailure = false;
}

} // namespace BitNet
