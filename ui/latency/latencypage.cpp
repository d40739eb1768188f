// SPDX-License-Identifier: MIT
#include "ui/latency/latencypage.h"

#include "ui/jobs/jobtablemodel.h"
#include "ui/latency/chartview.h"
#include "ui/latency/comparisonpanel.h"
#include "ui/latency/distributiondrawing.h"
#include "ui/latency/figuresmodel.h"
#include "ui/latency/figurestrip.h"
#include "ui/latency/latencyaggregator.h"
#include "ui/latency/latencyexport.h"
#include "ui/latency/latencyfilterbar.h"
#include "ui/latency/latencysource.h"
#include "ui/latency/limitsbar.h"
#include "ui/latency/overtimedrawing.h"
#include "ui/latency/throughputdrawing.h"
#include "ui/style/emptystate.h"
#include "ui/style/icons.h"
#include "ui/style/tonelabel.h"

#include <QAction>
#include <QBoxLayout>
#include <QCheckBox>
#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

WallTime wallTime(double microseconds)
{
    return WallTime(std::chrono::microseconds(std::llround(microseconds)));
}

constexpr std::chrono::microseconds shortestZoom = std::chrono::milliseconds(50);

} // namespace

LatencyPage::LatencyPage(JobTableModel &jobs, JobHistory *history, QWidget *parent)
    : QWidget(parent)
    , m_jobs(jobs)
    , m_aggregator(new LatencyAggregator(this))
    , m_source(new LatencySource(jobs, history, *m_aggregator, this))
    , m_reports(new LatencyExport([this] { return m_view; }, jobs, history, this))
    , m_filter(new LatencyFilterBar)
    , m_strip(new FigureStrip)
    , m_figures(new FiguresModel(this))
    , m_limits(new LimitsBar)
    , m_comparison(new ComparisonPanel)
    , m_tabs(new QTabWidget)
    , m_logarithmic(new QCheckBox(tr("Logarithmic")))
    , m_unzoom(new QAction(tr("Show All Again"), this))
    , m_stack(new QStackedWidget)
    , m_empty(new EmptyState(u"latency"_s, tr("Nothing measured yet"),
                             tr("When jobs have finished, this page shows how long they waited and ran.")))
    , m_exportMenu(new QMenu(this))
    , m_export(new QPushButton(Icons::get(u"export"_s), tr("&Export")))
{
    for (ChartView *&chart : m_charts)
        chart = new ChartView;

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    m_content = makeContent();
    auto *reading = new ToneLabel(Tone::Muted, tr("Reading the history…"));
    reading->setAlignment(Qt::AlignCenter);
    m_reading = reading;
    for (QWidget *widget : {m_content, m_reading, static_cast<QWidget *>(m_empty)})
        m_stack->addWidget(widget);
    column->addWidget(m_stack, 1);

    for (const Chart which : {OverTime, Distribution, Breakdown, Throughput}) {
        ChartView *chart = m_charts[which];
        connect(chart, &ChartView::jobActivated, this, &LatencyPage::jobActivated);
        connect(chart, &ChartView::menuRequested, this,
                [this, chart](const QPoint &at, double value) { openChartMenu(chart, at, value); });
        if (which == Distribution)
            continue;
        connect(chart, &ChartView::spanChosen, this, [this](double from, double to) {
            zoomTo({wallTime(from), wallTime(to)});
        });
        connect(chart, &ChartView::zoomRequested, this, &LatencyPage::zoomTime);
        connect(chart, &ChartView::resetRequested, this, &LatencyPage::resetZoom);
    }
    ChartView *distribution = m_charts[Distribution];
    connect(distribution, &ChartView::spanChosen, this, &LatencyPage::zoomValues);
    connect(distribution, &ChartView::zoomRequested, this, [this, distribution](double around, double factor) {
        const QRectF plot = distribution->drawing()->plot(distribution->size(), distribution->look());
        const double from = distribution->drawing()->valueAt(plot.left(), distribution->size(), distribution->look());
        const double to = distribution->drawing()->valueAt(plot.right(), distribution->size(), distribution->look());
        if (factor > 1 && !m_valueZoom)
            return;
        zoomValues(around - (around - from) * factor, around + (to - around) * factor);
    });
    connect(distribution, &ChartView::resetRequested, this, [this] {
        m_valueZoom.reset();
        draw();
    });
    connect(m_comparison->chart(), &ChartView::menuRequested, this,
            [this](const QPoint &at, double value) { openChartMenu(m_comparison->chart(), at, value); });

    connect(m_filter, &LatencyFilterBar::changed, this, [this] {
        m_zoom.reset();
        m_valueZoom.reset();
        ask();
    });
    connect(m_limits, &LimitsBar::changed, this, &LatencyPage::ask);
    connect(m_comparison, &ComparisonPanel::changed, this, &LatencyPage::ask);
    connect(m_logarithmic, &QCheckBox::clicked, this, [this] {
        m_scaleChosen = true;
        draw();
    });
    m_unzoom->setEnabled(false);
    connect(m_unzoom, &QAction::triggered, this, &LatencyPage::resetZoom);
    connect(m_reports, &LatencyExport::message, this, &LatencyPage::message);
    connect(m_aggregator, &LatencyAggregator::viewChanged, this, &LatencyPage::display);
    connect(m_aggregator, &LatencyAggregator::samplesChanged, this, [this] {
        updateEmptiness();
        m_filter->setChoices(m_aggregator->samples());
        m_comparison->setChoices(m_aggregator->samples());
    });
    connect(m_source, &LatencySource::failed, this, &LatencyPage::message);
    connect(m_source, &LatencySource::loadingChanged, this, &LatencyPage::updateEmptiness);
    connect(&m_jobs, &JobTableModel::countsChanged, this, &LatencyPage::updateEmptiness);
    updateEmptiness();
}

LatencyPage::~LatencyPage()
{
    // What hides while it is taken apart must not ask any more.
    m_comparison->disconnect(this);
    m_limits->disconnect(this);
    m_filter->disconnect(this);
}

QWidget *LatencyPage::makeHeader()
{
    auto *header = new QWidget;
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(16, 10, 12, 10);
    row->setSpacing(10);
    auto *title = new ToneLabel(Tone::Plain, tr("Latency"));
    title->setScale(1.25, QFont::DemiBold);
    row->addWidget(title);
    row->addWidget(m_filter, 1);
    m_reports->addActions(m_exportMenu);
    m_exportMenu->addSeparator();
    const std::array<QString, ChartCount> names = {tr("Chart &Over Time…"), tr("Chart of the &Distribution…"),
                                                   tr("Chart of the &Breakdown…"), tr("Chart of the &Throughput…")};
    for (size_t i = 0; i < names.size(); ++i) {
        ChartView *chart = m_charts[i];
        connect(m_exportMenu->addAction(Icons::get(u"export"_s), names[i]), &QAction::triggered, this,
                [this, chart] { m_reports->chooseChartFile(chart->sharedDrawing(), chart->size(), chart->look()); });
    }
    m_export->setAccessibleName(tr("Export"));
    m_export->setToolTip(tr("Write jobs, reports and charts to files"));
    m_export->setMenu(m_exportMenu);
    row->addWidget(m_export);
    return header;
}

QWidget *LatencyPage::makeContent()
{
    auto *table = new QTableView;
    table->setObjectName(u"figures"_s);
    table->setModel(m_figures);
    table->setFrameShape(QFrame::NoFrame);
    table->setShowGrid(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    table->setWordWrap(false);
    table->setTextElideMode(Qt::ElideMiddle);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 11);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(FiguresModel::Selection, QHeaderView::Interactive);
    table->horizontalHeader()->resizeSection(FiguresModel::Selection, fontMetrics().averageCharWidth() * 32);
    table->horizontalHeader()->setHighlightSections(false);
    table->setAccessibleName(tr("Latency figures"));
    auto *figures = new QWidget;
    auto *figuresColumn = new QVBoxLayout(figures);
    figuresColumn->setContentsMargins(0, 0, 0, 0);
    figuresColumn->setSpacing(0);
    figuresColumn->addWidget(m_limits);
    figuresColumn->addWidget(table, 1);

    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_charts[Distribution], tr("Distribution"));
    m_tabs->addTab(m_charts[Breakdown], tr("Breakdown"));
    m_tabs->addTab(m_charts[Throughput], tr("Throughput"));
    m_tabs->addTab(figures, tr("Figures and limits"));
    m_tabs->addTab(m_comparison, tr("Comparison"));
    m_tabs->setAccessibleName(tr("More about the same jobs"));

    auto *upper = new QWidget;
    upper->setBackgroundRole(QPalette::Base);
    upper->setAutoFillBackground(true);
    auto *upperColumn = new QVBoxLayout(upper);
    upperColumn->setContentsMargins(0, 0, 0, 0);
    upperColumn->setSpacing(0);
    auto *options = new QHBoxLayout;
    options->setContentsMargins(16, 4, 12, 0);
    auto *name = new ToneLabel(Tone::Plain, tr("Over time"));
    name->setScale(1.0, QFont::DemiBold);
    auto *unzoom = new QToolButton;
    unzoom->setDefaultAction(m_unzoom);
    unzoom->setAutoRaise(true);
    m_unzoom->setToolTip(tr("Undo the zoom (double click on the chart)"));
    m_logarithmic->setToolTip(tr("A logarithmic axis of values, for what spans many sizes"));
    options->addWidget(name);
    options->addStretch();
    options->addWidget(unzoom);
    options->addWidget(m_logarithmic);
    upperColumn->addLayout(options);
    upperColumn->addWidget(m_charts[OverTime], 1);

    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(u"latencySplitter"_s);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(upper);
    splitter->addWidget(m_tabs);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    auto *content = new QWidget;
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(1);
    column->addWidget(m_strip);
    column->addWidget(splitter, 1);
    return content;
}

void LatencyPage::addFirstStep(QAction *action)
{
    m_empty->addAction(action);
}

QAction *LatencyPage::exportAction() const
{
    return m_reports->allJobsAction();
}

void LatencyPage::updateEmptiness()
{
    const JobCounts &counts = m_jobs.counts();
    const bool hasJobs = m_aggregator->hasSamples()
        || counts.count(JobCategory::All) > counts.count(JobCategory::Queued) + counts.count(JobCategory::Running);
    // No figures before there is something to make them of.
    const bool isReading = m_aggregator->samples().isEmpty() && (m_source->isLoading() || m_aggregator->hasSamples());
    m_stack->setCurrentWidget(isReading ? m_reading : hasJobs ? m_content : m_empty);
    m_reports->setEnabled(hasJobs);
    m_export->setEnabled(hasJobs);
}

void LatencyPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_source->load();
    m_aggregator->setActive(true);
}

void LatencyPage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_aggregator->setActive(false);
}

void LatencyPage::ask()
{
    LatencyQuestion question = {.measure = m_filter->measure(),
                                .filter = m_filter->filter(),
                                .range = m_zoom ? m_zoom : m_filter->customRange(),
                                .limits = m_limits->limits(),
                                .comparison = m_comparison->question(),
                                .selection = m_filter->words()};
    m_aggregator->ask(question, m_zoom ? std::nullopt : m_filter->lastOnly());
}

void LatencyPage::display(const std::shared_ptr<const LatencyView> &view)
{
    m_view = view;
    m_strip->display(*view);
    m_figures->setRows(view->figures);
    m_limits->display(view->report->statistics());
    m_comparison->display(*view);
    if (!m_scaleChosen)
        m_logarithmic->setChecked(view->report->histogramScale() == HistogramScale::Logarithmic);
    draw();
}

void LatencyPage::draw()
{
    m_unzoom->setEnabled(m_zoom.has_value());
    if (!m_view)
        return;
    const LatencyView &view = *m_view;
    // Until the answer for a new zoom comes, the old one is shown in its range.
    const TimeRange range = m_zoom.value_or(view.range);
    const std::optional<double> limit = view.question.limits.of(view.question.measure);
    m_charts[OverTime]->setDrawing(
        std::make_shared<OverTimeDrawing>(OverTimeDrawing::Content{.measure = view.question.measure,
                                                                   .range = range,
                                                                   .buckets = view.buckets,
                                                                   .series = view.series,
                                                                   .limitMs = limit,
                                                                   .isLogarithmic = m_logarithmic->isChecked()}));
    const auto &percentiles = view.summary.percentiles;
    m_charts[Distribution]->setDrawing(std::make_shared<DistributionDrawing>(
        DistributionDrawing::Content{.measure = view.question.measure,
                                     .scale = view.report->histogramScale(),
                                     .buckets = view.report->histogram(),
                                     .cumulative = view.cumulative,
                                     .cumulativeWithCensored = view.cumulativeWithCensored,
                                     .percentiles = {percentiles[0], percentiles[3], percentiles[4]},
                                     .limitMs = limit,
                                     .shown = m_valueZoom}));
    BreakdownDrawing::Content breakdown = BreakdownDrawing::byBucket(range, view.buckets);
    if (!view.jobBars.empty()) {
        breakdown.bars = view.jobBars;
        breakdown.isByJob = true;
    }
    m_charts[Breakdown]->setDrawing(std::make_shared<BreakdownDrawing>(std::move(breakdown)));
    m_charts[Throughput]->setDrawing(
        std::make_shared<ThroughputDrawing>(ThroughputDrawing::Content{.range = range, .buckets = view.buckets}));
}

void LatencyPage::zoomTo(const TimeRange &range)
{
    if (range.length() < shortestZoom)
        return;
    m_zoom = range;
    draw();
    ask();
}

void LatencyPage::zoomTime(double around, double factor)
{
    if (!m_view || (factor > 1 && !m_zoom))
        return; // all is shown already
    const TimeRange shown = m_zoom.value_or(m_view->range);
    const auto scaled = [&](WallTime end) {
        return wallTime(around + (double(end.time_since_epoch().count()) - around) * factor);
    };
    zoomTo({scaled(shown.from), scaled(shown.to)});
}

void LatencyPage::zoomValues(double from, double to)
{
    if (!m_view || m_view->report->histogram().empty())
        return;
    // Only as far as there are values; a logarithmic axis has no zero.
    const double lowest = m_view->report->histogram().front().from;
    const double highest = m_view->report->histogram().back().to;
    from = std::max({from, lowest, m_view->report->histogramScale() == HistogramScale::Logarithmic ? 1e-6 : 0.0});
    to = std::min(to, highest);
    if (to - from < highest * 1e-6)
        return;
    m_valueZoom = std::pair(from, to);
    draw();
}

void LatencyPage::resetZoom()
{
    if (!m_zoom)
        return;
    m_zoom.reset();
    ask();
}

void LatencyPage::openChartMenu(ChartView *chart, const QPoint &globalPosition, double value)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(Icons::get(u"export"_s), tr("&Export This Chart…"), this, [this, chart] {
        m_reports->chooseChartFile(chart->sharedDrawing(), chart->size(), chart->look());
    });
    if (chart == m_charts[OverTime] || chart == m_charts[Throughput]) {
        menu->addAction(tr("&Compare Before and After Here"), this, [this, value] {
            m_tabs->setCurrentWidget(m_comparison);
            m_comparison->setMoment(wallTime(value));
        });
        if (m_zoom)
            menu->addAction(tr("&Keep as Time Range"), this, [this] { m_filter->setCustomRange(*m_zoom); });
        menu->addAction(m_unzoom);
    }
    menu->popup(globalPosition);
}

void LatencyPage::saveState(QSettings &settings) const
{
    settings.setValue(u"latency/measure"_s, QString(name(m_filter->measure())));
    settings.setValue(u"latency/range"_s, m_filter->rangeIndex());
    settings.setValue(u"latency/tab"_s, m_tabs->currentIndex());
    settings.setValue(u"latency/splitter"_s, findChild<QSplitter *>(u"latencySplitter"_s)->saveState());
    const LatencyLimits limits = m_limits->limits();
    for (const Measure measure : {Measure::Ttft, Measure::Tpot, Measure::E2E}) {
        const QString key = u"latency/limit_%1_ms"_s.arg(name(measure));
        const std::optional<double> ms = limits.of(measure);
        ms ? settings.setValue(key, *ms) : settings.remove(key);
    }
}

void LatencyPage::restoreState(const QSettings &settings)
{
    if (const auto measure = measureFromName(QLatin1String(settings.value(u"latency/measure"_s).toByteArray())))
        m_filter->setMeasure(*measure);
    // A custom range of another day is not what one looks for.
    if (const int index = settings.value(u"latency/range"_s, 4).toInt(); index <= 4)
        m_filter->setRangeIndex(index);
    m_tabs->setCurrentIndex(settings.value(u"latency/tab"_s, 0).toInt());
    findChild<QSplitter *>(u"latencySplitter"_s)->restoreState(settings.value(u"latency/splitter"_s).toByteArray());
    const auto limit = [&settings](Measure measure) {
        const QVariant ms = settings.value(u"latency/limit_%1_ms"_s.arg(name(measure)));
        return ms.isValid() && ms.toDouble() > 0 ? std::optional(ms.toDouble()) : std::nullopt;
    };
    m_limits->setLimits({.ttftMs = limit(Measure::Ttft), .tpotMs = limit(Measure::Tpot), .e2eMs = limit(Measure::E2E)});
}

} // namespace BitNet
