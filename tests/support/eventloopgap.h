// SPDX-License-Identifier: MIT
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <ctime>
#include <vector>

namespace BitNet::Testing {

// Watches this thread's event loop: how long between two turns of a timer that is due every millisecond.
class EventLoopGap : public QObject
{
public:
    EventLoopGap()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(1);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            m_gaps.push_back(double(m_since.nsecsElapsed()) / 1e6);
            m_since.start();
            const double now = processorMilliseconds();
            m_work.push_back(now - m_lastWork);
            m_lastWork = now;
        });
        m_since.start();
        m_timer.start();
    }

    // Milliseconds, in the order they came.
    const std::vector<double> &gaps() const { return m_gaps; }
    // The processor time that this thread used in each of them: all that it can help on a busy machine.
    const std::vector<double> &work() const { return m_work; }

    // Of this thread, since it began.
    static double processorMilliseconds()
    {
        timespec time = {};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
    }

private:
    QTimer m_timer;
    QElapsedTimer m_since;
    std::vector<double> m_gaps;
    std::vector<double> m_work;
    double m_lastWork = processorMilliseconds();
};

} // namespace BitNet::Testing
