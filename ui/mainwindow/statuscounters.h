// SPDX-License-Identifier: MIT
#pragma once

#include "core/history/historystate.h"
#include "ui/jobs/jobcategory.h"

#include <QString>
#include <QWidget>

#include <optional>

class QToolButton;

namespace BitNet {

class JobCounts;
class ToneLabel;

// The live figures in the status bar; each leads to the jobs it counts.
class StatusCounters : public QWidget
{
    Q_OBJECT
public:
    explicit StatusCounters(QWidget *parent = nullptr);

    void display(const JobCounts &counts, int concurrency);
    // Empty: all is well.
    void setHealth(const QString &problem);
    // What is being saved, and where. Without a state nothing is; about says why then, or is empty.
    void setHistory(const std::optional<HistoryState> &state, const QString &about);
    // Where each job's output is kept; a click copies it.
    void setOutputFolder(const QString &path);
    // After a change of the palette.
    void refreshColours() { setHistory(m_historyState, m_aboutHistory); }

Q_SIGNALS:
    void chosen(BitNet::JobCategory category);
    void latencyRequested();
    // Something to tell in passing.
    void message(const QString &text);
    void serversRequested();

private:
    QToolButton *addCounter(const QString &toolTip);

    QToolButton *m_running;
    QToolButton *m_servers; // shown while one runs
    QToolButton *m_queued;
    QToolButton *m_failed;
    QToolButton *m_p95;
    QToolButton *m_health;
    QToolButton *m_history;
    QToolButton *m_output;
    std::optional<HistoryState> m_historyState;
    QString m_aboutHistory;
    QString m_outputFolder;
};

} // namespace BitNet
