// SPDX-License-Identifier: MIT
#include "ui/mainwindow/windowactions.h"

#include "ui/style/icons.h"

#include <QWidget>

namespace BitNet {

using namespace Qt::StringLiterals;

WindowActions::WindowActions(QWidget &window)
    : QObject(&window)
    , newPrompt(add(window, u"new-prompt"_s, tr("&New Prompt"), tr("Ask a model"), QKeySequence(Qt::CTRL | Qt::Key_N)))
    , runCommand(add(window, u"run-command"_s, tr("&Run Command…"), tr("Run any command as a supervised job"),
                     QKeySequence(Qt::CTRL | Qt::Key_R)))
    , pauseQueue(add(window, u"pause-queue"_s, tr("&Pause Queue"), tr("Start no more jobs until the queue is resumed"),
                     QKeySequence(Qt::CTRL | Qt::Key_Space)))
    , resumeQueue(add(window, u"resume-queue"_s, tr("Resume Queue"), tr("Start waiting jobs again")))
    , cancelAll(add(window, u"cancel"_s, tr("Cancel &All Jobs…"), tr("Cancel every queued and running job")))
    , sampleQueue(add(window, u"sample"_s, tr("Run the &Sample Queue"),
                      tr("Run some harmless commands of this machine that show what jobs can do")))
    , settings(add(window, u"settings"_s, tr("Se&ttings…"), tr("Change how the application works"),
                   QKeySequence(Qt::CTRL | Qt::Key_Comma)))
    , showWindow(add(window, u"jobs"_s, tr("Show &Window"), tr("Bring the window to the front")))
    , shortcuts(add(window, u"keyboard"_s, tr("&Keyboard Shortcuts"), tr("List all keyboard shortcuts"), Qt::Key_F1))
    , about(add(window, u"info"_s, tr("A&bout BitNet Supervisor"), tr("What this is, and its version")))
    , quit(add(window, u"quit"_s, tr("&Quit"), tr("End the application"), QKeySequence(Qt::CTRL | Qt::Key_Q)))
    , menu(add(window, u"menu"_s, tr("Menu"), tr("More commands"), Qt::Key_F10))
{
}

QAction *WindowActions::add(QWidget &window, const QString &icon, const QString &text, const QString &toolTip,
                            const QKeySequence &shortcut)
{
    auto *action = new QAction(Icons::get(icon), text, this);
    const QString keys = shortcut.toString(QKeySequence::NativeText);
    action->setToolTip(keys.isEmpty() ? toolTip : tr("%1 (%2)").arg(toolTip, keys));
    action->setShortcut(shortcut);
    window.addAction(action);
    return action;
}

void WindowActions::setQueuePaused(bool paused)
{
    pauseQueue->setText(paused ? tr("Resume Queue") : tr("&Pause Queue"));
    pauseQueue->setIcon(Icons::get(paused ? u"resume-queue"_s : u"pause-queue"_s));
    pauseQueue->setToolTip(paused ? tr("Start waiting jobs again (Ctrl+Space)")
                                  : tr("Start no more jobs until the queue is resumed (Ctrl+Space)"));
    resumeQueue->setVisible(paused);
}

} // namespace BitNet
