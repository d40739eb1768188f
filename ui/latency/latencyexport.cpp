// SPDX-License-Identifier: MIT
#include "ui/latency/latencyexport.h"

#include "core/futures/whendone.h"
#include "core/history/jobhistory.h"
#include "ui/jobs/jobtablemodel.h"
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

LatencyExport::LatencyExport(View view, JobTableModel &jobs, JobHistory *history, QWidget *parent)
    : QObject(parent)
    , m_view(std::move(view))
    , m_jobs(jobs)
    , m_history(history)
    , m_parent(parent)
    , m_allJobs(new QAction(Icons::get(u"export"_s), tr("Export &Jobs as CSV…"), this))
    , m_shownJobs(new QAction(Icons::get(u"export"_s), tr("Export Jobs &Shown as CSV…"), this))
{
    m_allJobs->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E));
    m_allJobs->setToolTip(tr("Write every finished job to a CSV file (Ctrl+Shift+E)"));
    m_shownJobs->setToolTip(tr("Write the jobs of this time range and these filters to a CSV file"));
    connect(m_allJobs, &QAction::triggered, this, [this] { chooseJobsFile(Which::All); });
    connect(m_shownJobs, &QAction::triggered, this, [this] { chooseJobsFile(Which::Shown); });
    setEnabled(false);
    connect(this, &LatencyExport::failed, this, [this](const QString &reason) {
        auto *box = new QMessageBox(QMessageBox::Warning, tr("Export"), tr("The file could not be written."),
                                    QMessageBox::Ok, m_parent->window());
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->setInformativeText(reason);
        box->open();
    });
}

LatencyExport::~LatencyExport()
{
    // Not when it has ended: Qt 6.4 would tell its continuations, which are gone by then.
    if (m_jobsExport.cancel && !m_jobsExport.written.isFinished())
        m_jobsExport.cancel();
}

void LatencyExport::setEnabled(bool enabled)
{
    m_isEnabled = enabled;
    const bool isWriting = m_jobsExport.written.isRunning();
    for (QAction *action : {m_allJobs, m_shownJobs})
        action->setEnabled(enabled && !isWriting);
}

void LatencyExport::addActions(QMenu *menu)
{
    menu->addAction(m_allJobs);
    menu->addAction(m_shownJobs);
    menu->addSeparator();
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
    whenDone(QtConcurrent::run([work = std::move(work)] {
                 QString error;
                 const bool isWritten = work(&error);
                 return isWritten ? QString() : error.isEmpty() ? tr("Unknown reason.") : error;
             }),
             this, [this, path](const QString &error) {
                 if (error.isEmpty())
                     Q_EMIT message(tr("Written to %1.").arg(path));
                 else
                     Q_EMIT failed(error);
             });
}
void LatencyExport::chooseJobsFile(Which which)
{
    choose(tr("Export finished jobs"), u"jobs.csv"_s, tr("Comma-separated values (*.csv)"), u"csv"_s,
           [this, which](const QString &path) { exportJobsTo(path, which); });
}

void LatencyExport::exportJobsTo(const QString &path, Which which)
{
    std::optional<SampleFilter> only;
    if (which == Which::Shown) {
        const std::shared_ptr<const LatencyView> view = m_view();
        if (!view)
            return;
        only = view->question.filter;
        only->range = view->question.range;
    }
    const bool isRecorded = m_history && m_history->state().kind == HistoryState::Kind::Saving;
    m_jobsExport = isRecorded ? exportJobs(path, only, *m_history) : exportJobs(path, only, m_jobs.finished());
    setEnabled(m_isEnabled);
    whenDone(m_jobsExport.written, this, [this, path](const JobsWritten &written) {
        setEnabled(m_isEnabled);
        if (written.error.isEmpty())
            Q_EMIT message(tr("%n job(s) written to %1.", nullptr, static_cast<int>(written.jobs)).arg(path));
        else
            Q_EMIT failed(written.error);
    });
}

void LatencyExport::exportReport(const QString &path)
{
    const std::shared_ptr<const LatencyView> view = m_view();
    if (!view)
        return;
    QHash<quint64, QString> names;
    QList<JobId> ids;
    for (const LatencySample &sample : view->report->slowest()) {
        names.insert(sample.job.value, sample.name);
        ids.append(sample.job);
    }
    const QFuture<HistoryPage> recorded =
        m_history ? m_history->entries(ids) : QtFuture::makeReadyFuture(HistoryPage());
    write(path, [path, shown = view->report, recorded, names](QString *error) mutable {
        const HistoryPage page = recorded.result();
        for (const HistoryEntry &entry : page.entries)
            names.insert(entry.record.id.value, displayName(*entry.record.spec));
        LatencyReport report = *shown;
        report.nameSlowest([&names](JobId id) { return names.value(id.value); });
        const QString ending = QFileInfo(path).suffix().toLower();
        if (ending == u"pdf"_s)
            return writePdfReport(path, report, error);
        if (ending == u"csv"_s)
            return writeReport(path, report, ReportFormat::SummaryCsv, error);
        if (const auto format = reportFormatFromName(ending))
            return writeReport(path, report, *format, error);
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
