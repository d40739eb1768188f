// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>

class QWidget;

namespace BitNet {

class RuntimeSupervisor;

// How the application ends: it asks when jobs would end with it, ends them, and says when all is over.
class Departure : public QObject
{
    Q_OBJECT
public:
    Departure(RuntimeSupervisor &supervisor, QWidget *window);

    bool hasBegun() const { return m_begun; }
    // Asks first if any job runs or waits. Does nothing once it has begun.
    void request(int running, int queued, bool canStayInTray);

Q_SIGNALS:
    void asking(); // a question is about to open over the window
    void stayInTrayChosen(); // instead of quitting
    void begun(); // no way back: the jobs are being ended
    void finished(); // all have ended

private:
    void begin();

    RuntimeSupervisor &m_supervisor;
    QWidget *m_window;
    bool m_begun = false;
};

} // namespace BitNet
