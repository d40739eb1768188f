// SPDX-License-Identifier: MIT
#pragma once

#include "ui/jobs/jobcategory.h"

#include <QWidget>

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

Q_SIGNALS:
    void chosen(BitNet::JobCategory category);
    void latencyRequested();

private:
    QToolButton *addCounter(const QString &toolTip);

    QToolButton *m_running;
    QToolButton *m_queued;
    QToolButton *m_failed;
    QToolButton *m_p95;
    QToolButton *m_health;
};

} // namespace BitNet
