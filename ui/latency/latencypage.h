// SPDX-License-Identifier: MIT
#pragma once

#include "ui/latency/latencysamples.h"
#include "ui/latency/latencytablemodel.h"

#include <QTimer>
#include <QWidget>

class QComboBox;
class QStackedWidget;

namespace BitNet {

class EmptyState;
class JobTableModel;
class LatencyChart;

// How long the finished jobs took: charts and figures, over a range of time.
class LatencyPage : public QWidget
{
    Q_OBJECT
public:
    explicit LatencyPage(JobTableModel &jobs, QWidget *parent = nullptr);

    QAction *exportAction() const { return m_export; }
    void addFirstStep(QAction *action);
    LatencyChart *chart() const { return m_chart; }
    LatencyTableModel *figures() const { return m_figures; }
    // Writes every finished job to a file, in the background; message() tells how it went.
    void exportTo(const QString &path);

Q_SIGNALS:
    void jobActivated(BitNet::JobId id);
    void message(const QString &text);

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeHeader();
    void take(const QList<JobRecord> &records);
    void refresh();
    void chooseExportFile();

    JobTableModel &m_jobs;
    QList<LatencySample> m_samples; // sorted by completedMs, but for the unsorted tail that take() leaves
    bool m_sorted = true;
    LatencyTableModel *m_figures;
    LatencyChart *m_chart;
    QComboBox *m_range;
    QStackedWidget *m_stack;
    EmptyState *m_empty;
    QAction *m_export;
    QTimer m_refresh; // a few times a second at most, and only while the page is shown
    bool m_stale = false;
    bool m_computing = false;
};

} // namespace BitNet
