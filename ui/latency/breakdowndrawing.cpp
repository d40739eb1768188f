// SPDX-License-Identifier: MIT
#include "ui/latency/breakdowndrawing.h"

#include "core/telemetry/recordexport.h"
#include "core/telemetry/reporttext.h"
#include "ui/latency/chartcanvas.h"
#include "ui/latency/charttext.h"

#include <algorithm>
#include <numeric>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array phaseColumns = {"queue_wait_ms", "load_ms", "prefill_ms", "decode_ms", "rest_ms"};
constexpr double widestBar = 48; // pixels

double total(const std::array<double, phaseCount> &phases)
{
    return std::accumulate(phases.begin(), phases.end(), 0.0);
}

} // namespace

BreakdownDrawing::BreakdownDrawing(Content content)
    : m_content(std::move(content))
{
}

BreakdownDrawing::Content BreakdownDrawing::byBucket(const TimeRange &range, const std::vector<ChartBucket> &buckets)
{
    Content content = {.range = range};
    for (const ChartBucket &bucket : buckets) {
        if (bucket.count > 0)
            content.bars.push_back({.window = bucket.window, .jobs = bucket.count, .phases = bucket.phases});
    }
    return content;
}

std::array<double, phaseCount> BreakdownDrawing::means() const
{
    std::array<double, phaseCount> sums = {};
    double jobs = 0;
    for (const Bar &bar : m_content.bars) {
        for (size_t k = 0; k < phaseCount; ++k)
            sums[k] += bar.phases[k] * double(bar.jobs);
        jobs += double(bar.jobs);
    }
    for (double &sum : sums)
        sum = jobs > 0 ? sum / jobs : 0;
    return sums;
}

QString BreakdownDrawing::summary() const
{
    const std::array<double, phaseCount> mean = means();
    QStringList words;
    for (size_t k = 0; k < phaseCount; ++k) {
        if (mean[k] > 0)
            words.append(u"%1 %2"_s.arg(ChartText::phase(LatencyPhase(k)), durationText(mean[k])));
    }
    return words.isEmpty() ? tr("Nothing was measured.") : tr("On average: %1.").arg(words.join(u", "_s));
}

QRectF BreakdownDrawing::column(size_t bar, const ChartLayout &layout) const
{
    const QRectF plot = layout.plot();
    if (!m_content.isByJob) {
        const TimeRange &window = m_content.bars[bar].window;
        const double left = std::max(plot.left(), layout.timeAxisX(window.from, m_content.range));
        const double right = std::min(plot.right(), layout.timeAxisX(window.to, m_content.range));
        return {left, plot.top(), std::max(0.0, right - left), plot.height()};
    }
    const double room = std::min(widestBar, plot.width() / double(m_content.bars.size()));
    return {plot.left() + room * double(bar), plot.top(), room, plot.height()};
}

double BreakdownDrawing::axisValue(double x, const ChartLayout &layout) const
{
    if (!m_content.isByJob || m_content.bars.empty())
        return double(layout.timeAt(x, m_content.range).time_since_epoch().count());
    const double room = column(0, layout).width();
    const auto bar =
        std::clamp<qint64>(qint64((x - layout.plot().left()) / room), 0, qint64(m_content.bars.size()) - 1);
    return double(m_content.bars[size_t(bar)].window.to.time_since_epoch().count());
}

void BreakdownDrawing::paint(QPainter &painter, const QSizeF &size, const ChartLook &look) const
{
    const ChartLayout layout(size, look);
    ChartCanvas canvas(painter, layout, look);
    std::vector<LegendItem> legend;
    const std::array<double, phaseCount> mean = means();
    for (size_t k = 0; k < phaseCount; ++k) {
        if (mean[k] > 0)
            legend.push_back({LegendMark::Box, look.phases[k], ChartText::phase(LatencyPhase(k))});
    }
    canvas.drawLegend(legend, m_content.isByJob ? tr("one bar a job") : tr("mean of a job"));
    double largest = 0;
    for (const Bar &bar : m_content.bars)
        largest = std::max(largest, total(bar.phases));
    const DurationScale values = DurationScale::fromZero(largest, layout.plot().bottom(), layout.plot().top());
    canvas.drawLeftTicks(values.ticks(layout.mostValueTicks()));
    if (m_content.bars.empty() || largest <= 0) {
        canvas.drawTimeAxis(m_content.range);
        canvas.drawNothing(tr("No job ended in this range."));
        return;
    }
    std::vector<ScaleTick> labels;
    for (size_t i = 0; i < m_content.bars.size(); ++i) {
        const QRectF room = column(i, layout);
        const double gap = std::min(room.width() * 0.2, 3.0);
        double below = 0;
        for (size_t k = 0; k < phaseCount; ++k) {
            const double length = m_content.bars[i].phases[k];
            const double bottom = values.position(below);
            const double top = values.position(below + length);
            painter.fillRect(QRectF(room.left() + gap / 2, top, std::max(1.0, room.width() - gap), bottom - top),
                             look.phases[k]);
            below += length;
        }
        if (m_content.isByJob)
            labels.push_back({room.center().x(), u"#%1"_s.arg(m_content.bars[i].job.value)});
    }
    if (m_content.isByJob)
        canvas.drawBottomTicks(labels);
    else
        canvas.drawTimeAxis(m_content.range);
}

std::optional<ChartHit> BreakdownDrawing::hitAt(const QPointF &at, const QSizeF &size, const ChartLook &look) const
{
    const ChartLayout layout(size, look);
    for (size_t i = 0; i < m_content.bars.size(); ++i) {
        if (column(i, layout).contains(at))
            return hitOfStep(int(i), size, look);
    }
    return std::nullopt;
}

std::optional<ChartHit> BreakdownDrawing::hitOfStep(int step, const QSizeF &size, const ChartLook &look) const
{
    const Bar &bar = m_content.bars[size_t(step)];
    QString text = bar.job.isValid()
        ? tr("Job #%1\nEnded %2").arg(bar.job.value).arg(ChartText::moment(bar.window.to, look))
        : ChartText::window(bar.window, look) + u'\n' + tr("%1, mean of a job:").arg(ChartText::jobs(bar.jobs));
    for (size_t k = 0; k < phaseCount; ++k) {
        if (bar.phases[k] > 0)
            text += u"\n%1 %2"_s.arg(ChartText::phase(LatencyPhase(k)), ChartText::duration(bar.phases[k]));
    }
    if (bar.job.isValid())
        text += u'\n' + tr("Click to open the job");
    return ChartHit{.column = column(size_t(step), ChartLayout(size, look)),
                    .text = text,
                    .job = bar.job.isValid() ? std::optional(bar.job) : std::nullopt,
                    .isJob = bar.job.isValid()};
}

QByteArray BreakdownDrawing::csv() const
{
    QByteArray text = "from,to,job,jobs";
    for (const char *column : phaseColumns)
        text += ',' + QByteArray(column);
    text += "\r\n";
    for (const Bar &bar : m_content.bars) {
        text += isoTime(bar.window.from).toLatin1() + ',' + isoTime(bar.window.to).toLatin1() + ','
            + (bar.job.isValid() ? QByteArray::number(bar.job.value) : QByteArray()) + ','
            + QByteArray::number(bar.jobs);
        for (const double ms : bar.phases)
            text += ',' + QByteArray::number(ms, 'f', 6);
        text += "\r\n";
    }
    return text;
}

} // namespace BitNet
