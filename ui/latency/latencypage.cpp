// SPDX-License-Identifier: MIT
#include "ui/latency/latencypage.h"

#include "core/telemetry/recordexport.h"
#include "ui/jobs/jobtablemodel.h"
#include "ui/latency/latencychart.h"
#include "ui/style/emptystate.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QDateTime>
#include <QFileDialog>
#include <QHeaderView>
#include <QMessageBox>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QtConcurrent>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

QIcon swatch(const QColor &colour)
{
    QPixmap pixmap(24, 24);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRoundedRect(QRect(2, 9, 20, 6), 3, 3);
    return pixmap;
}

} // namespace

LatencyPage::LatencyPage(JobTableModel &jobs, QWidget *parent)
    : QWidget(parent)
    , m_jobs(jobs)
    , m_figures(new LatencyTableModel(this))
    , m_chart(new LatencyChart)
    , m_range(new QComboBox)
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState(u"latency"_s, tr("Nothing measured yet"),
                             tr("When jobs have finished, this page shows how long they waited and ran.")))
    , m_export(new QAction(Icons::get(u"export"_s), tr("&Export CSV…"), this))
{
    m_export->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E));
    m_export->setToolTip(tr("Write the finished jobs to a CSV file (Ctrl+Shift+E)"));
    connect(m_export, &QAction::triggered, this, &LatencyPage::chooseExportFile);

    auto *table = new QTableView;
    table->setModel(m_figures);
    table->setFrameShape(QFrame::NoFrame);
    table->setShowGrid(false);
    table->setSelectionMode(QAbstractItemView::NoSelection);
    table->setFocusPolicy(Qt::TabFocus);
    table->setTabKeyNavigation(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 13);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table->horizontalHeader()->setHighlightSections(false);
    table->setAccessibleName(tr("Latency figures"));
    table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->setFixedHeight((fontMetrics().height() + 13) * m_figures->rowCount()
                          + table->horizontalHeader()->sizeHint().height() + 2);

    auto *content = new QWidget;
    content->setBackgroundRole(QPalette::Base);
    content->setAutoFillBackground(true);
    auto *contentColumn = new QVBoxLayout(content);
    contentColumn->setContentsMargins(8, 4, 8, 8);
    contentColumn->addWidget(m_chart, 1);
    contentColumn->addWidget(table);
    m_stack->addWidget(content);
    m_stack->addWidget(m_empty);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    column->addWidget(m_stack, 1);
    m_stack->setCurrentWidget(m_empty);
    m_export->setEnabled(false);

    connect(m_chart, &LatencyChart::sampleActivated, this, &LatencyPage::jobActivated);
    connect(&m_jobs, &JobTableModel::applied, this, &LatencyPage::take);
    connect(&m_jobs, &JobTableModel::pastAdded, this, &LatencyPage::take);
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(250);
    connect(&m_refresh, &QTimer::timeout, this, &LatencyPage::refresh);
    take(m_jobs.finished());
}

QWidget *LatencyPage::makeHeader()
{
    auto *header = new QWidget;
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(16, 10, 12, 10);
    row->setSpacing(12);
    auto *title = new ToneLabel(Tone::Plain, tr("Latency"));
    title->setScale(1.25, QFont::DemiBold);
    row->addWidget(title);
    row->addSpacing(12);
    for (const Measure measure : allMeasures) {
        auto *toggle = new QCheckBox(LatencyTableModel::title(measure));
        toggle->setIcon(swatch(LatencyChart::colour(measure, palette())));
        connect(toggle, &QCheckBox::toggled, m_chart, [this, measure](bool on) { m_chart->setShown(measure, on); });
        toggle->setChecked(measure == Measure::RunTime || measure == Measure::QueueWait);
        row->addWidget(toggle);
    }
    row->addStretch();
    m_range->addItem(tr("Last 15 minutes"), 15 * 60);
    m_range->addItem(tr("Last hour"), 3600);
    m_range->addItem(tr("Last 24 hours"), 24 * 3600);
    m_range->addItem(tr("Last 7 days"), 7 * 24 * 3600);
    m_range->addItem(tr("All"), 0);
    m_range->setCurrentIndex(m_range->count() - 1);
    m_range->setAccessibleName(tr("Time range"));
    connect(m_range, &QComboBox::currentIndexChanged, this, &LatencyPage::refresh);
    row->addWidget(m_range);
    auto *exporting = new QPushButton(m_export->icon(), m_export->text());
    exporting->setToolTip(m_export->toolTip());
    exporting->setEnabled(false);
    connect(exporting, &QPushButton::clicked, m_export, &QAction::trigger);
    connect(m_export, &QAction::changed, exporting,
            [this, exporting] { exporting->setEnabled(m_export->isEnabled()); });
    row->addWidget(exporting);
    return header;
}

void LatencyPage::addFirstStep(QAction *action)
{
    m_empty->addAction(action);
}

void LatencyPage::take(const QList<JobRecord> &records)
{
    bool came = false;
    for (const JobRecord &record : records) {
        const auto sample = LatencySample::of(record);
        if (!sample)
            continue;
        m_sorted = m_sorted && (m_samples.isEmpty() || m_samples.last().completedMs <= sample->completedMs);
        m_samples.append(*sample);
        came = true;
    }
    if (!came)
        return;
    m_export->setEnabled(true);
    m_stale = true;
    if (isVisible() && !m_refresh.isActive())
        m_refresh.start();
}

void LatencyPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

void LatencyPage::refresh()
{
    if (m_computing) {
        m_stale = true; // once more when the running computation is done
        return;
    }
    m_stale = false;
    if (!m_sorted) {
        std::stable_sort(m_samples.begin(), m_samples.end(),
                         [](const LatencySample &a, const LatencySample &b) { return a.completedMs < b.completedMs; });
        m_sorted = true;
    }
    QList<LatencySample> shown = m_samples;
    if (const int seconds = m_range->currentData().toInt(); seconds > 0) {
        const qint64 from = QDateTime::currentMSecsSinceEpoch() - qint64(seconds) * 1000;
        const auto first = std::lower_bound(shown.cbegin(), shown.cend(), from,
                                            [](const LatencySample &s, qint64 time) { return s.completedMs < time; });
        shown = shown.mid(first - shown.cbegin());
    }
    m_stack->setCurrentIndex(m_samples.isEmpty() ? 1 : 0);
    m_chart->setSamples(shown);
    m_computing = true;
    QtConcurrent::run([shown] {
        LatencyTableModel::Figures figures;
        for (const Measure measure : allMeasures)
            figures[static_cast<size_t>(measure)] = LatencyFigures::over(shown, measure);
        return figures;
    }).then(this, [this](const LatencyTableModel::Figures &figures) {
        m_figures->setFigures(figures);
        m_computing = false;
        if (m_stale && isVisible())
            m_refresh.start();
    });
}

void LatencyPage::chooseExportFile()
{
    auto *dialog =
        new QFileDialog(window(), tr("Export finished jobs"), u"jobs.csv"_s, tr("Comma-separated values (*.csv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"csv"_s);
    connect(dialog, &QFileDialog::fileSelected, this, &LatencyPage::exportTo);
    dialog->open();
}

void LatencyPage::exportTo(const QString &path)
{
    m_export->setEnabled(false);
    QtConcurrent::run([path, records = m_jobs.finished()] {
        QString error;
        return std::pair(exportCsv(path, records, &error) ? records.size() : -1, error);
    }).then(this, [this, path](const std::pair<qsizetype, QString> &result) {
        m_export->setEnabled(true);
        if (result.first >= 0) {
            Q_EMIT message(tr("%n job(s) written to %1.", nullptr, static_cast<int>(result.first)).arg(path));
            return;
        }
        auto *box = new QMessageBox(QMessageBox::Warning, tr("Export"), tr("The jobs could not be exported."),
                                    QMessageBox::Ok, window());
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->setInformativeText(result.second);
        box->open();
    });
}

} // namespace BitNet
