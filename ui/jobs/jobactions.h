// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"

#include <QAction>
#include <QList>
#include <QObject>
#include <QTimer>

#include <array>
#include <functional>

class QMenu;
class QWidget;

namespace BitNet {

class JobTableModel;
class PastJobs;
class RuntimeSupervisor;
class SettingsStore;

// Everything one can do with selected jobs: one QAction each, enabled when the selection has a job it makes sense for. The
// one place that decides this; tool bar, context menu and shortcuts share the actions.
class JobActions : public QObject
{
    Q_OBJECT
public:
    enum Action {
        ShowOutput,
        Cancel,
        KillNow,
        Pause,
        Resume,
        RunAgain,
        EditAndRunAgain,
        MoveUp,
        MoveDown,
        MoveToTop,
        MoveToBottom,
        CopyCommand,
        CopyOutput,
        CopyId,
        OpenFolder,
        Keep, // or no more, when all of the selection are
        Remove, // the finished ones of the selection
        RemoveFinished, // all finished ones
    };
    static constexpr int count = RemoveFinished + 1;

    // The window is the parent of questions; shortcuts work where the actions are added to a widget. past: null without a
    // history, and then there is nothing to keep a job from.
    JobActions(RuntimeSupervisor &supervisor, JobTableModel &jobs, PastJobs *past, SettingsStore &settings,
               QWidget *window);

    QAction *action(Action action) const { return m_actions[static_cast<size_t>(action)]; }
    QList<QAction *> all() const { return {m_actions.begin(), m_actions.end()}; }
    // Fills a context menu.
    void populate(QMenu &menu) const;

    void setSelection(const QList<JobId> &ids);
    const QList<JobId> &selection() const { return m_selection; }

    // Bytes of output that CopyOutput puts on the clipboard at most.
    static constexpr qint64 maximumCopiedBytes = 16 * 1024 * 1024;

Q_SIGNALS:
    void outputRequested(BitNet::JobId id);
    // To be changed by a person, then run.
    void editRequested(const BitNet::JobSpec &spec);
    // Something to tell in passing.
    void message(const QString &text);
    // To be submitted as they are.
    void runRequested(const QList<BitNet::JobSpec> &specs);

private:
    QAction *add(Action action, const QString &icon, const QString &text, const QString &toolTip,
                 const QKeySequence &shortcut = {});
    void updateEnabled();
    int finishedCount() const;
    template<typename Predicate>
    QList<JobId> selectedWhere(Predicate predicate) const;
    // Asks when some of the jobs are running and the person wants to be asked, then acts.
    void stop(const QList<JobId> &ids, bool kill);
    void remove(const QList<JobId> &ids);
    void removeAllFinished();
    void askBeforeRemoving(int jobs, const std::function<void()> &act);
    void toggleKept();
    void runAgain();
    void moveInQueue(Action action);
    void copyCommands() const;
    void copyOutput();
    void copyIds() const;
    void openFolder();

    RuntimeSupervisor &m_supervisor;
    JobTableModel &m_jobs;
    PastJobs *m_past;
    SettingsStore &m_settings;
    QWidget *m_window;
    std::array<QAction *, count> m_actions = {};
    QList<JobId> m_selection;
    QTimer m_update; // enabling follows changes of the jobs at most ten times a second
};

} // namespace BitNet
