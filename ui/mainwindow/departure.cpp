// SPDX-License-Identifier: MIT
#include "ui/mainwindow/departure.h"

#include "core/futures/whendone.h"
#include "core/supervisor/runtimesupervisor.h"

#include <QMessageBox>
#include <QPushButton>

namespace BitNet {

Departure::Departure(RuntimeSupervisor &supervisor, QWidget *window)
    : QObject(window)
    , m_supervisor(supervisor)
    , m_window(window)
{
}

void Departure::request(int running, int queued, bool canStayInTray)
{
    if (m_begun)
        return;
    if (running + queued == 0) {
        begin();
        return;
    }
    Q_EMIT asking();
    auto *question = new QMessageBox(QMessageBox::Question, tr("Quit"),
                                     running > 0 ? tr("%n job(s) are still running.", nullptr, running)
                                                 : tr("%n job(s) still wait in the queue.", nullptr, queued),
                                     QMessageBox::NoButton, m_window);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(running > 0 && queued > 0
                                     ? tr("%n more wait in the queue. Quitting ends them all.", nullptr, queued)
                                     : tr("Quitting ends them.", nullptr, running + queued));
    QPushButton *stop = question->addButton(tr("Stop and Quit"), QMessageBox::AcceptRole);
    QPushButton *tray = canStayInTray ? question->addButton(tr("Stay in the Tray"), QMessageBox::ActionRole) : nullptr;
    question->addButton(QMessageBox::Cancel);
    question->setDefaultButton(stop);
    connect(question, &QMessageBox::buttonClicked, this, [this, stop, tray](QAbstractButton *clicked) {
        if (clicked == stop)
            begin();
        else if (tray && clicked == tray)
            Q_EMIT stayInTrayChosen();
    });
    question->open();
}

void Departure::begin()
{
    if (m_begun)
        return;
    m_begun = true;
    Q_EMIT begun();
    whenDone(m_supervisor.shutdown(ShutdownMode::Cancel), this, [this] { Q_EMIT finished(); });
}

} // namespace BitNet
