// SPDX-License-Identifier: MIT
#pragma once

#include "ui/latency/chartdrawing.h"
#include "ui/latency/jobsexport.h"
#include "ui/latency/latencyview.h"

#include <QObject>

#include <functional>
#include <memory>

class QAction;
class QMenu;
class QWidget;

namespace BitNet {

class JobHistory;
class JobTableModel;
// The files that the latency page writes: jobs, charts, and the report of what is shown. Asks for a path, writes off the GUI
// thread and tells how it went.
class LatencyExport : public QObject
{
    Q_OBJECT
public:
    using View = std::function<std::shared_ptr<const LatencyView>()>;
    // view: what is shown, or null. Jobs come from the history, or from the table when there is none or it can't be saved at
    // the moment; both outlive this object.
    LatencyExport(View view, JobTableModel &jobs, JobHistory *history, QWidget *parent);
    ~LatencyExport() override;

    // Every finished job as CSV, whatever is shown.
    QAction *allJobsAction() const { return m_allJobs; }
    void addActions(QMenu *menu);
    // Whether there is something to export.
    void setEnabled(bool enabled);

    enum class Which { All, Shown };
    void exportJobsTo(const QString &path, Which which);
    // In the format that the path's ending says: .html, .pdf, .json or .csv (the summary).
    void exportReport(const QString &path);
    void chooseChartFile(std::shared_ptr<const ChartDrawing> drawing, const QSize &size, const ChartLook &look);
    void exportChartTo(const QString &path, std::shared_ptr<const ChartDrawing> drawing, const QSize &size,
                       const ChartLook &look);

Q_SIGNALS:
    void message(const QString &text);
    // Each export ends with one of message() and failed().
    void failed(const QString &reason);

private:
    void choose(const QString &title, const QString &name, const QString &filters, const QString &suffix,
                const std::function<void(const QString &)> &chosen);
    void write(const QString &path, std::function<bool(QString *error)> work);

    void chooseJobsFile(Which which);

    View m_view;
    JobTableModel &m_jobs;
    JobHistory *m_history;
    QWidget *m_parent;
    QAction *m_allJobs;
    QAction *m_shownJobs;
    bool m_isEnabled = false;
    JobsExport m_jobsExport; // the last one
};

} // namespace BitNet
