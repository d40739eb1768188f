// SPDX-License-Identifier: MIT
#pragma once

#include "ui/latency/latencyview.h"

#include <QWidget>

class QAction;
class QCheckBox;
class QMenu;
class QPushButton;
class QSettings;
class QStackedWidget;
class QTabWidget;

namespace BitNet {

class ChartView;
class ComparisonPanel;
class EmptyState;
class FigureStrip;
class FiguresModel;
class JobHistory;
class JobTableModel;
class LatencyAggregator;
class LatencyExport;
class LatencyFilterBar;
class LatencySource;
class LimitsBar;

// How long the finished jobs took: over time, how it is spread, where it went, how many a minute, in figures, and compared.
class LatencyPage : public QWidget
{
    Q_OBJECT
public:
    // The jobs are those of the history, when there is one; both outlive the page.
    explicit LatencyPage(JobTableModel &jobs, JobHistory *history = nullptr, QWidget *parent = nullptr);
    ~LatencyPage() override;

    QAction *exportAction() const;
    void addFirstStep(QAction *action);
    LatencyFilterBar *filterBar() const { return m_filter; }
    LatencyAggregator *aggregator() const { return m_aggregator; }
    LatencyExport *reports() const { return m_reports; }
    ComparisonPanel *comparison() const { return m_comparison; }
    LimitsBar *limitsBar() const { return m_limits; }
    FiguresModel *figures() const { return m_figures; }
    enum Chart { OverTime, Distribution, Breakdown, Throughput, ChartCount };
    ChartView *chart(Chart chart) const { return m_charts[chart]; }
    QTabWidget *tabs() const { return m_tabs; }
    // What is shown; null before the first answer.
    const LatencyView *view() const { return m_view.get(); }

    void saveState(QSettings &settings) const;
    void restoreState(const QSettings &settings);

Q_SIGNALS:
    void jobActivated(BitNet::JobId id);
    void message(const QString &text);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *makeHeader();
    QWidget *makeContent();
    void updateEmptiness();
    void ask();
    void display(const std::shared_ptr<const LatencyView> &view);
    // The drawings of the view in the range that is shown at the moment.
    void draw();
    void zoomTo(const TimeRange &range);
    void zoomTime(double around, double factor);
    void zoomValues(double from, double to);
    void resetZoom();
    void openChartMenu(ChartView *chart, const QPoint &globalPosition, double value);

    JobTableModel &m_jobs;
    LatencyAggregator *m_aggregator;
    LatencySource *m_source;
    LatencyExport *m_reports;
    std::shared_ptr<const LatencyView> m_view;
    std::optional<TimeRange> m_zoom; // of the time axis, within what the filter bar says
    std::optional<std::pair<double, double>> m_valueZoom; // ms, of the distribution
    bool m_scaleChosen = false; // by a person; else it follows the values

    LatencyFilterBar *m_filter;
    FigureStrip *m_strip;
    FiguresModel *m_figures;
    LimitsBar *m_limits;
    ComparisonPanel *m_comparison;
    std::array<ChartView *, ChartCount> m_charts;
    QTabWidget *m_tabs;
    QCheckBox *m_logarithmic;
    QAction *m_unzoom;
    QStackedWidget *m_stack;
    QWidget *m_content = nullptr;
    QWidget *m_reading = nullptr;
    EmptyState *m_empty;
    QMenu *m_exportMenu;
    QPushButton *m_export;
};

} // namespace BitNet
