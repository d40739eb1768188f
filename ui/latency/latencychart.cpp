// SPDX-License-Identifier: MIT
#include "ui/latency/latencychart.h"

#include "ui/latency/latencytablemodel.h"
#include "ui/style/theme.h"
#include "ui/style/wording.h"

#include <QApplication>
#include <QChart>
#include <QDateTime>
#include <QDateTimeAxis>
#include <QLineSeries>
#include <QMouseEvent>
#include <QScatterSeries>
#include <QToolTip>
#include <QValueAxis>

#include <cmath>

namespace BitNet {

using namespace Qt::StringLiterals;

static constexpr int markedFailures = 150; // a scatter point costs ten times a line's
static constexpr int reach = 12; // pixels from the pointer to a point

LatencyChart::LatencyChart(QWidget *parent)
    : QChartView(parent)
    , m_failures(new QScatterSeries(this))
    , m_time(new QDateTimeAxis(this))
    , m_value(new QValueAxis(this))
{
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setMouseTracking(true);
    setAccessibleName(tr("Latency over time"));
    setMinimumHeight(160);
    QChart *chart = this->chart();
    chart->legend()->hide();
    chart->setMargins(QMargins(4, 4, 12, 4));
    chart->setBackgroundRoundness(0);
    chart->addAxis(m_time, Qt::AlignBottom);
    chart->addAxis(m_value, Qt::AlignLeft);
    for (const Measure measure : allMeasures) {
        auto *line = new QLineSeries(this);
        line->setName(LatencyTableModel::title(measure));
        m_lines[static_cast<size_t>(measure)] = line;
        chart->addSeries(line);
        line->attachAxis(m_time);
        line->attachAxis(m_value);
        line->setVisible(false);
    }
    m_failures->setName(tr("Failures"));
    m_failures->setMarkerShape(QScatterSeries::MarkerShapeRotatedRectangle);
    m_failures->setMarkerSize(9);
    chart->addSeries(m_failures);
    m_failures->attachAxis(m_time);
    m_failures->attachAxis(m_value);
    m_value->setTickCount(5);
    m_value->setMinorTickCount(0);
    applyPalette();
}

QColor LatencyChart::colour(Measure measure, const QPalette &palette)
{
    const bool dark = isDark(palette);
    switch (measure) {
    case Measure::RunTime:
        return dark ? QColor(0x7d, 0x9b, 0xff) : QColor(0x3b, 0x5b, 0xdb);
    case Measure::QueueWait:
        return dark ? QColor(0xe3, 0xb3, 0x5c) : QColor(0xc7, 0x85, 0x12);
    case Measure::Latency:
        return dark ? QColor(0x63, 0xc9, 0xb0) : QColor(0x12, 0x88, 0x76);
    case Measure::FirstToken:
        return dark ? QColor(0xd0, 0x8c, 0xe6) : QColor(0x8f, 0x3f, 0xae);
    }
    return {};
}

void LatencyChart::setSamples(const QList<LatencySample> &samples)
{
    m_samples = samples;
    redraw();
}

void LatencyChart::setShown(Measure measure, bool shown)
{
    shown ? (void)m_shown.insert(measure) : (void)m_shown.remove(measure);
    redraw();
}

qsizetype LatencyChart::pointCount() const
{
    qsizetype count = m_failures->count();
    for (const QLineSeries *line : m_lines)
        count += line->count();
    return count;
}

void LatencyChart::redraw()
{
    double maximum = 0;
    for (const LatencySample &sample : std::as_const(m_samples)) {
        for (const Measure measure : std::as_const(m_shown)) {
            if (!std::isnan(sample.value(measure)))
                maximum = std::max(maximum, sample.value(measure));
        }
    }
    m_unit = maximum >= 120'000 ? 60'000 : maximum >= 2000 ? 1000 : 1;
    m_value->setLabelFormat(m_unit == 1 ? u"%g ms"_s : m_unit == 1000 ? u"%g s"_s : u"%g min"_s);

    const int columns = std::max(60, viewport()->width());
    QList<QPointF> failures;
    for (const Measure measure : allMeasures) {
        QLineSeries *line = m_lines[static_cast<size_t>(measure)];
        QList<QPointF> points;
        if (m_shown.contains(measure)) {
            points = decimated(m_samples, measure, m_unit, columns / 4);
            failures += decimated(m_samples, measure, m_unit, markedFailures / 4, true);
        }
        // One or two points make no line that could be seen.
        line->setPointsVisible(points.size() <= 40);
        line->replace(points);
        line->setVisible(m_shown.contains(measure));
    }
    std::sort(failures.begin(), failures.end(), [](const QPointF &a, const QPointF &b) { return a.x() < b.x(); });
    m_failures->replace(decimated(failures, markedFailures / 4));

    const qint64 first = m_samples.isEmpty() ? QDateTime::currentMSecsSinceEpoch() : m_samples.first().completedMs;
    const qint64 last = m_samples.isEmpty() ? first : m_samples.last().completedMs;
    const qint64 room = std::max<qint64>(500, (last - first) / 50);
    m_time->setFormat(last - first < 24 * 3600 * 1000 ? u"HH:mm:ss"_s : u"d MMM HH:mm"_s);
    m_time->setTickCount(std::clamp(columns / 160, 2, 9));
    m_time->setRange(QDateTime::fromMSecsSinceEpoch(first - room), QDateTime::fromMSecsSinceEpoch(last + room));
    m_value->setRange(0, maximum > 0 ? maximum / m_unit * 1.05 : 1);
    m_value->applyNiceNumbers();
}

void LatencyChart::applyPalette()
{
    const QPalette palette = QApplication::palette();
    const QColor muted = toneColour(Tone::Muted, palette);
    QColor grid = lineColour(palette);
    chart()->setBackgroundBrush(palette.color(QPalette::Base));
    chart()->setPlotAreaBackgroundVisible(false);
    setBackgroundBrush(palette.color(QPalette::Base));
    QFont small = QApplication::font();
    small.setPointSizeF(small.pointSizeF() * 0.92);
    for (QAbstractAxis *axis : {static_cast<QAbstractAxis *>(m_time), static_cast<QAbstractAxis *>(m_value)}) {
        axis->setLabelsColor(muted);
        axis->setLabelsFont(small);
        axis->setLinePen(QPen(grid));
        axis->setGridLinePen(QPen(grid, 1));
    }
    m_time->setGridLineVisible(false);
    for (const Measure measure : allMeasures)
        m_lines[static_cast<size_t>(measure)]->setPen(QPen(colour(measure, palette), 1.8));
    m_failures->setColor(toneColour(Tone::Bad, palette));
    m_failures->setBorderColor(palette.color(QPalette::Base));
}

void LatencyChart::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    redraw();
}

void LatencyChart::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::ApplicationPaletteChange)
        applyPalette();
}

LatencyChart::Hit LatencyChart::nearest(const QPoint &at) const
{
    Hit hit;
    if (m_samples.isEmpty() || !chart()->plotArea().adjusted(-reach, -reach, reach, reach).contains(mapToScene(at)))
        return hit;
    const QPointF scene = chart()->mapFromScene(mapToScene(at));
    const auto timeAt = [this](const QPointF &position) {
        return static_cast<qint64>(chart()->mapToValue(position, m_lines.front()).x());
    };
    const qint64 from = timeAt(scene - QPointF(reach, 0));
    const qint64 to = timeAt(scene + QPointF(reach, 0));
    const auto byTime = [](const LatencySample &sample, qint64 time) { return sample.completedMs < time; };
    double best = reach * reach;
    for (auto it = std::lower_bound(m_samples.cbegin(), m_samples.cend(), from, byTime);
         it != m_samples.cend() && it->completedMs <= to; ++it) {
        for (const Measure measure : m_shown) {
            if (std::isnan(it->value(measure)))
                continue;
            const QPointF place = chart()->mapToPosition(
                {static_cast<double>(it->completedMs), it->value(measure) / m_unit}, m_lines.front());
            const QPointF way = place - scene;
            if (const double distance = QPointF::dotProduct(way, way); distance < best) {
                best = distance;
                hit = {it - m_samples.cbegin(), measure};
            }
        }
    }
    return hit;
}

void LatencyChart::mouseMoveEvent(QMouseEvent *event)
{
    QChartView::mouseMoveEvent(event);
    const Hit hit = nearest(event->pos());
    setCursor(hit.sample < 0 ? Qt::ArrowCursor : Qt::PointingHandCursor);
    if (hit.sample < 0) {
        QToolTip::hideText();
        return;
    }
    const LatencySample &sample = m_samples[hit.sample];
    const std::chrono::nanoseconds value(static_cast<qint64>(sample.value(hit.measure) * 1e6));
    QToolTip::showText(
        event->globalPosition().toPoint(),
        tr("Job #%1, %2: %3\nCompleted %4%5")
            .arg(sample.id.value)
            .arg(LatencyTableModel::title(hit.measure), Wording::exactDuration(value),
                 QDateTime::fromMSecsSinceEpoch(sample.completedMs).toString(u"yyyy-MM-dd HH:mm:ss.zzz"_s),
                 sample.failed ? tr(", failed") : QString()),
        this);
}

void LatencyChart::mouseReleaseEvent(QMouseEvent *event)
{
    QChartView::mouseReleaseEvent(event);
    const Hit hit = nearest(event->pos());
    if (event->button() == Qt::LeftButton && hit.sample >= 0)
        Q_EMIT sampleActivated(m_samples[hit.sample].id);
}

} // namespace BitNet
