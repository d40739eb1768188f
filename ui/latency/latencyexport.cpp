// SPDX-License-Identifier: MIT
#include "ui/latency/latencyexport.h"

#include "ui/latency/chartexport.h"
#include "ui/latency/pdfreport.h"
#include "ui/style/icons.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QtConcurrent>

namespace BitNet {

using namespace Qt::StringLiterals;

LatencyExport::LatencyExport(Report report, QWidget *parent)
    : QObject(parent)
    , m_report(std::move(report))
    , m_parent(parent)
{
    connect(this, &LatencyExport::failed, this, [this](const QString &reason) {
        auto *box = new QMessageBox(QMessageBox::Warning, tr("Export"), tr("The file could not be written."),
                                    QMessageBox::Ok, m_parent->window());
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->setInformativeText(reason);
        box->open();
    });
}

void LatencyExport::addReportActions(QMenu *menu)
{
    struct Format
    {
        QString text;
        QString name;
        QString filter;
        QString suffix;
    };
    const QList<Format> formats = {
        {tr("Report as &PDF…"), u"latency.pdf"_s, tr("PDF (*.pdf)"), u"pdf"_s},
        {tr("Report as &HTML…"), u"latency.html"_s, tr("HTML (*.html)"), u"html"_s},
        {tr("Report as &JSON…"), u"latency.json"_s, tr("JSON (*.json)"), u"json"_s},
        {tr("&Summary as CSV…"), u"latency-summary.csv"_s, tr("Comma-separated values (*.csv)"), u"csv"_s}};
    for (const Format &format : formats) {
        QAction *action = menu->addAction(Icons::get(u"export"_s), format.text);
        connect(action, &QAction::triggered, this, [this, format] {
            choose(tr("Export the report"), format.name, format.filter, format.suffix,
                   [this](const QString &path) { exportReport(path); });
        });
    }
}

void LatencyExport::choose(const QString &title, const QString &name, const QString &filters, const QString &suffix,
                           const std::function<void(const QString &)> &chosen)
{
    auto *dialog = new QFileDialog(m_parent->window(), title, name, filters);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    connect(dialog, &QFileDialog::fileSelected, this, chosen);
    dialog->open();
}

void LatencyExport::write(const QString &path, std::function<bool(QString *error)> work)
{
    QtConcurrent::run([work = std::move(work)] {
        QString error;
        const bool isWritten = work(&error);
        return isWritten ? QString() : error.isEmpty() ? tr("Unknown reason.") : error;
    }).then(this, [this, path](const QString &error) {
        if (error.isEmpty())
            Q_EMIT message(tr("Written to %1.").arg(path));
        else
            Q_EMIT failed(error);
    });
}

void LatencyExport::exportReport(const QString &path)
{
    const std::shared_ptr<const LatencyReport> report = m_report();
    if (!report)
        return;
    write(path, [path, report](QString *error) {
        const QString ending = QFileInfo(path).suffix().toLower();
        if (ending == u"pdf"_s)
            return writePdfReport(path, *report, error);
        if (ending == u"csv"_s)
            return writeReport(path, *report, ReportFormat::SummaryCsv, error);
        if (const auto format = reportFormatFromName(ending))
            return writeReport(path, *report, *format, error);
        *error = tr("%1 must end in .pdf, .html, .json or .csv: the ending says what is written.").arg(path);
        return false;
    });
}

void LatencyExport::chooseChartFile(std::shared_ptr<const ChartDrawing> drawing, const QSize &size,
                                    const ChartLook &look)
{
    if (!drawing)
        return;
    choose(tr("Export the chart"), u"chart.png"_s,
           tr("Picture (*.png);;Vector graphics (*.svg);;Comma-separated values (*.csv)"), u"png"_s,
           [=, this](const QString &path) { exportChartTo(path, drawing, size, look); });
}

void LatencyExport::exportChartTo(const QString &path, std::shared_ptr<const ChartDrawing> drawing, const QSize &size,
                                  const ChartLook &look)
{
    write(path, [=](QString *error) { return exportChart(path, *drawing, size, look, error); });
}

} // namespace BitNet
