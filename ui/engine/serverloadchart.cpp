// SPDX-License-Identifier: MIT
#include "ui/engine/serverloadchart.h"

#include "ui/latency/chartlook.h"
#include "ui/style/wording.h"

#include <QAreaSeries>
#include <QCategoryAxis>
#include <QEvent>
#include <QLegend>
#include <QLineSeries>
#include <QPen>
#include <QValueAxis>

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr double spanSeconds = double(ServerLoad::span.count());
constexpr int mostTicks = 5;

// Steps, with points only where the height changes: at most two a second.
QList<QPointF> steps(const QList<ServerLoad::Second> &seconds, int (*height)(const ServerLoad::Second &))
{
    QList<QPointF> points;
    double x = 1.0 - double(seconds.size());
    for (const ServerLoad::Second &second : seconds) {
        const double y = height(second);
        if (points.isEmpty()) {
            points.append({x, y});
        } else if (points.last().y() != y) {
            points.append({x, points.last().y()});
            points.append({x, y});
        }
        ++x;
    }
    if (!points.isEmpty())
        points.append({0.0, points.last().y()});
    return points;
}

} // namespace

ServerLoadChart::ServerLoadChart(QWidget *parent)
    : QChartView(parent)
    , m_busyTop(new QLineSeries(this))
    , m_waitingTop(new QLineSeries(this))
    , m_slotLine(new QLineSeries)
    , m_busy(new QAreaSeries(m_busyTop))
    , m_waiting(new QAreaSeries(m_waitingTop, m_busyTop))
    , m_requests(new QValueAxis)
{
    m_clock.start();
    m_second.setInterval(1000);
    connect(&m_second, &QTimer::timeout, this, &ServerLoadChart::draw);
    setAccessibleName(tr("Requests to the server over the last five minutes"));
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);

    m_busy->setName(tr("being answered"));
    m_waiting->setName(tr("waiting"));
    m_slotLine->setName(tr("slots"));
    auto *times = new QCategoryAxis;
    times->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    times->setRange(-spanSeconds, 0);
    for (int minutes = int(spanSeconds) / 60; minutes > 0; --minutes)
        times->append(tr("%n min ago", nullptr, minutes), -60.0 * minutes);
    times->append(tr("now"), 0);
    m_requests->setLabelFormat(u"%d"_s);

    QChart *drawn = chart();
    // The last label of an axis is centred on its end.
    drawn->setMargins({0, 0, fontMetrics().horizontalAdvance(tr("now")), 0});
    drawn->setBackgroundRoundness(0);
    drawn->legend()->setAlignment(Qt::AlignTop);
    drawn->legend()->setMarkerShape(QLegend::MarkerShapeRectangle);
    drawn->addAxis(times, Qt::AlignBottom);
    drawn->addAxis(m_requests, Qt::AlignLeft);
    for (QAbstractSeries *series : std::initializer_list<QAbstractSeries *>{m_busy, m_waiting, m_slotLine}) {
        drawn->addSeries(series);
        series->attachAxis(times);
        series->attachAxis(m_requests);
    }
    applyLook();
}

void ServerLoadChart::take(const ServerSnapshot &server)
{
    m_loads[server.name].take(now(), server.busySlots, server.waitingRequests);
    m_slots[server.name] = server.slotCount;
}

void ServerLoadChart::forget(const QString &name)
{
    m_loads.remove(name);
    m_slots.remove(name);
    if (m_name == name)
        setServer({});
}

void ServerLoadChart::setServer(const QString &name)
{
    if (m_name == name)
        return;
    m_name = name;
    draw();
}

void ServerLoadChart::draw()
{
    if (!isVisible())
        return;
    const QList<ServerLoad::Second> seconds = m_loads.value(m_name).upTo(now());
    const int slotCount = m_slots.value(m_name, 1);
    int most = slotCount;
    ServerLoad::Second peak;
    for (const ServerLoad::Second &second : seconds) {
        most = std::max(most, second.busy + second.waiting);
        peak = {std::max(peak.busy, second.busy), std::max(peak.waiting, second.waiting)};
    }
    m_busyTop->replace(steps(seconds, [](const ServerLoad::Second &second) { return second.busy; }));
    m_waitingTop->replace(
        steps(seconds, [](const ServerLoad::Second &second) { return second.busy + second.waiting; }));
    m_slotLine->replace(QList<QPointF>{{-spanSeconds, double(slotCount)}, {0.0, double(slotCount)}});

    // Whole requests, and room above the line of the slots.
    const int step = (most + mostTicks) / mostTicks;
    const int intervals = most / step + 1;
    m_requests->setTickCount(intervals + 1);
    m_requests->setRange(0, step * intervals);

    const ServerLoad::Second last = seconds.isEmpty() ? ServerLoad::Second() : seconds.last();
    setAccessibleDescription(
        tr("%1 of %2 slots busy, %3 waiting; at most %4 busy and %5 waiting in the last five minutes")
            .arg(Wording::number(last.busy), Wording::number(slotCount), Wording::number(last.waiting),
                 Wording::number(peak.busy), Wording::number(peak.waiting)));
    setToolTip(accessibleDescription());
}

void ServerLoadChart::applyLook()
{
    const ChartLook look = ChartLook::of(palette(), font());
    const auto filled = [](QAreaSeries *series, const QColor &colour) {
        series->setBrush(colour);
        series->setPen(Qt::NoPen);
    };
    filled(m_busy, look.outcomes.front());
    filled(m_waiting, look.phases[size_t(LatencyPhase::Load)]);
    m_slotLine->setPen(QPen(look.muted, 1, Qt::DashLine));
    setBackgroundBrush(look.ground);
    chart()->setBackgroundBrush(look.ground);
    chart()->legend()->setLabelColor(look.muted);
    chart()->legend()->setFont(look.font);
    for (QAbstractAxis *axis : chart()->axes()) {
        axis->setLabelsColor(look.muted);
        axis->setLabelsFont(look.font);
        axis->setLinePenColor(look.grid);
        axis->setGridLineColor(look.grid);
    }
}

void ServerLoadChart::showEvent(QShowEvent *event)
{
    QChartView::showEvent(event);
    m_second.start();
    draw();
}

void ServerLoadChart::hideEvent(QHideEvent *event)
{
    QChartView::hideEvent(event);
    m_second.stop();
}

void ServerLoadChart::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        applyLook();
}

} // namespace BitNet
