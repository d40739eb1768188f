// SPDX-License-Identifier: MIT
#pragma once

#include "ui/latency/latencysamples.h"

#include <QChartView>
#include <QSet>

class QDateTimeAxis;
class QLineSeries;
class QScatterSeries;
class QValueAxis;

namespace BitNet {

// Measures over the time of completion, one line each, with failures marked. Whatever the number of samples, Qt Charts
// gets about as many points as there are pixels.
class LatencyChart : public QChartView
{
    Q_OBJECT
public:
    explicit LatencyChart(QWidget *parent = nullptr);

    // Sorted by completedMs.
    void setSamples(const QList<LatencySample> &samples);
    void setShown(Measure measure, bool shown);
    static QColor colour(Measure measure, const QPalette &palette);
    // How many points the chart holds at the moment, all series together.
    qsizetype pointCount() const;

Q_SIGNALS:
    void sampleActivated(BitNet::JobId id);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    void redraw();
    void applyPalette();
    struct Hit
    {
        qsizetype sample = -1;
        Measure measure = Measure::RunTime;
    };
    Hit nearest(const QPoint &at) const;

    QList<LatencySample> m_samples;
    QSet<Measure> m_shown;
    std::array<QLineSeries *, allMeasures.size()> m_lines = {};
    QScatterSeries *m_failures;
    QDateTimeAxis *m_time;
    QValueAxis *m_value;
    double m_unit = 1; // milliseconds in one unit of the value axis
};

} // namespace BitNet
