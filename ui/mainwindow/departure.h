// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>

class QWidget;

namespace BitNet {

class RuntimeSupervisor;

// What would end with the application.
struct Leavers
{
    int running = 0; // jobs, the requests that servers answer included
    int queued = 0;
    int servers = 0; // that somebody wanted to have: see ServerRegistry::keptCount()

    bool isEmpty() const { return running + queued + servers == 0; }
};

// How the application ends: it asks when jobs or servers would end with it, ends them, and says when all is over.
class Departure : public QObject
{
    Q_OBJECT
public:
    Departure(RuntimeSupervisor &supervisor, QWidget *window);

    bool hasBegun() const { return m_begun; }
    // Asks first unless nothing would be lost. Does nothing once it has begun.
    void request(const Leavers &leavers, bool canStayInTray);

Q_SIGNALS:
    void asking(); // a question is about to open over the window
    void stayInTrayChosen(); // instead of quitting
    void begun(); // no way back: the jobs are being ended
    void finished(); // all have ended

private:
    static QString headline(const Leavers &leavers);
    static QString consequence(const Leavers &leavers);
    void begin();

    RuntimeSupervisor &m_supervisor;
    QWidget *m_window;
    bool m_begun = false;
};

} // namespace BitNet
