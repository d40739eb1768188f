// SPDX-License-Identifier: MIT
#pragma once

#include <QAction>
#include <QObject>

class QWidget;

namespace BitNet {

// The commands that belong to the window itself, not to one of its pages. They are added to the window, so that their
// shortcuts work on every page; what they do is connected by the window.
class WindowActions : public QObject
{
    Q_OBJECT
public:
    explicit WindowActions(QWidget &window);

    // The one action that pauses and resumes says which of the two it would do now.
    void setQueuePaused(bool paused);

    QAction *const newPrompt;
    QAction *const runCommand;
    QAction *const pauseQueue;
    QAction *const resumeQueue; // of the banner: visible while the queue is paused
    QAction *const cancelAll;
    QAction *const sampleQueue;
    QAction *const settings;
    QAction *const showWindow;
    QAction *const shortcuts;
    QAction *const about;
    QAction *const quit;
    QAction *const menu;

private:
    QAction *add(QWidget &window, const QString &icon, const QString &text, const QString &toolTip,
                 const QKeySequence &shortcut = {});
};

} // namespace BitNet
