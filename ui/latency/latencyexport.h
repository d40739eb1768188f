// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencyreport.h"
#include "ui/latency/chartdrawing.h"

#include <QObject>

#include <functional>
#include <memory>

class QMenu;
class QWidget;

namespace BitNet {

// The files that the latency page writes: charts, and the report of what is shown. Asks for a path, writes off the GUI
// thread and tells how it went.
class LatencyExport : public QObject
{
    Q_OBJECT
public:
    using Report = std::function<std::shared_ptr<const LatencyReport>()>;
    // report: of what is shown, or null.
    LatencyExport(Report report, QWidget *parent);

    // Its actions: CSV per job is the page's own.
    void addReportActions(QMenu *menu);
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

    Report m_report;
    QWidget *m_parent;
};

} // namespace BitNet
