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

QString Departure::headline(const Leavers &leavers)
{
    if (leavers.running > 0)
        return tr("%n job(s) are still running.", nullptr, leavers.running);
    if (leavers.queued > 0)
        return tr("%n job(s) still wait in the queue.", nullptr, leavers.queued);
    return tr("%n server(s) are still running.", nullptr, leavers.servers);
}

QString Departure::consequence(const Leavers &leavers)
{
    if (leavers.running + leavers.queued == 0)
        return tr("Quitting stops them: whoever uses them gets no more answers.", nullptr, leavers.servers);
    QStringList sentences;
    if (leavers.running > 0 && leavers.queued > 0)
        sentences += tr("%n more wait in the queue. Quitting ends them all.", nullptr, leavers.queued);
    else
        sentences += tr("Quitting ends them.", nullptr, leavers.running + leavers.queued);
    if (leavers.servers > 0)
        sentences += tr("%n server(s) will be stopped, too.", nullptr, leavers.servers);
    return sentences.join(u' ');
}

void Departure::request(const Leavers &leavers, bool canStayInTray)
{
    if (m_begun)
        return;
    if (leavers.isEmpty()) {
        begin();
        return;
    }
    Q_EMIT asking();
    auto *question =
        new QMessageBox(QMessageBox::Question, tr("Quit"), headline(leavers), QMessageBox::NoButton, m_window);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(consequence(leavers));
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
