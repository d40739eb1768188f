// SPDX-License-Identifier: MIT
#include "ui/latency/throughputdrawing.h"

#include "core/telemetry/recordexport.h"
#include "ui/latency/chartcanvas.h"
#include "ui/latency/charttext.h"
#include "ui/style/wording.h"

#include <algorithm>

namespace BitNet {

using namespace Qt::StringLiterals;

namespace {

// None of the outcomes' colours.
QColor tokensColour(const ChartLook &look)
{
    return look.percentiles[2];
}

double perMinute(qint64 count, const TimeRange &window)
{
    const double minutes = std::chrono::duration<double, std::ratio<60>>(window.length()).count();
    return minutes > 0 ? double(count) / minutes : 0;
}

} // namespace

ThroughputDrawing::ThroughputDrawing(Content content)
    : m_content(std::move(content))
{
}

bool ThroughputDrawing::hasTokens() const
{
    return std::ranges::any_of(m_content.buckets,
                               [](const ChartBucket &bucket) { return bucket.throughput.outputTokensPerMinute > 0; });
}

double ThroughputDrawing::axisValue(double x, const ChartLayout &layout) const
{
    return double(layout.timeAt(x, m_content.range).time_since_epoch().count());
}

QString ThroughputDrawing::summary() const
{
    double jobs = 0;
    double tokens = 0;
    for (const ChartBucket &bucket : m_content.buckets) {
        jobs = std::max(jobs, bucket.throughput.finishedPerMinute);
        tokens = std::max(tokens, bucket.throughput.outputTokensPerMinute);
    }
    return tr("At most %1 jobs and %2 output tokens a minute.")
        .arg(ChartText::perMinute(jobs), ChartText::perMinute(tokens));
}

QRectF ThroughputDrawing::column(const ChartBucket &bucket, const ChartLayout &layout) const
{
    const QRectF plot = layout.plot();
    const double left = std::max(plot.left(), layout.timeAxisX(bucket.window.from, m_content.range));
    const double right = std::min(plot.right(), layout.timeAxisX(bucket.window.to, m_content.range));
    return {left, plot.top(), std::max(0.0, right - left), plot.height()};
}

void ThroughputDrawing::paint(QPainter &painter, const QSizeF &size, const ChartLook &look) const
{
    const bool showsTokens = hasTokens();
    const ChartLayout layout(size, look, showsTokens);
    const QRectF plot = layout.plot();
    ChartCanvas canvas(painter, layout, look);
    double mostJobs = 0;
    double mostTokens = 0;
    std::array<bool, outcomeClassCount> isThere = {true};
    for (const ChartBucket &bucket : m_content.buckets) {
        mostJobs = std::max(mostJobs, bucket.throughput.finishedPerMinute);
        mostTokens = std::max(mostTokens, bucket.throughput.outputTokensPerMinute);
        for (size_t k = 0; k < outcomeClassCount; ++k)
            isThere[k] = isThere[k] || bucket.outcomes[k] > 0;
    }
    std::vector<LegendItem> legend;
    for (size_t k = 0; k < outcomeClassCount; ++k) {
        if (isThere[k])
            legend.push_back({LegendMark::Box, look.outcomes[k], ChartText::outcomeClass(OutcomeClass(k))});
    }
    if (showsTokens)
        legend.push_back({LegendMark::Line, tokensColour(look), tr("Output tokens")});
    canvas.drawLegend(legend, showsTokens ? tr("jobs/min, tokens/min at the right") : tr("jobs/min"));
    canvas.drawTimeAxis(m_content.range);
    if (mostJobs <= 0) {
        canvas.drawNothing(tr("No job ended in this range."));
        return;
    }
    const double top = niceCeiling(mostJobs);
    canvas.drawLeftTicks(countTicks(top, plot.bottom(), plot.top(), layout.mostValueTicks()));
    painter.save();
    painter.setClipRect(plot.adjusted(0, -2, 1, 1));
    for (const ChartBucket &bucket : m_content.buckets) {
        const QRectF room = column(bucket, layout);
        const double gap = std::min(room.width() * 0.2, 3.0);
        double bottom = plot.bottom();
        for (size_t k = 0; k < outcomeClassCount; ++k) {
            const double height = perMinute(bucket.outcomes[k], bucket.window) / top * plot.height();
            painter.fillRect(QRectF(room.left() + gap / 2, bottom - height, std::max(1.0, room.width() - gap), height),
                             look.outcomes[k]);
            bottom -= height;
        }
    }
    if (showsTokens) {
        const double topTokens = niceCeiling(mostTokens);
        std::vector<QPointF> points;
        for (const ChartBucket &bucket : m_content.buckets)
            points.emplace_back(column(bucket, layout).center().x(),
                                plot.bottom() - bucket.throughput.outputTokensPerMinute / topTokens * plot.height());
        painter.setPen(QPen(tokensColour(look), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(points.data(), int(points.size()));
        painter.restore();
        canvas.drawRightTicks(countTicks(topTokens, plot.bottom(), plot.top(), layout.mostValueTicks()));
        return;
    }
    painter.restore();
}

std::optional<ChartHit> ThroughputDrawing::hitAt(const QPointF &at, const QSizeF &size, const ChartLook &look) const
{
    const ChartLayout layout(size, look, hasTokens());
    for (size_t i = 0; i < m_content.buckets.size(); ++i) {
        if (column(m_content.buckets[i], layout).contains(at))
            return hitOfStep(int(i), size, look);
    }
    return std::nullopt;
}

std::optional<ChartHit> ThroughputDrawing::hitOfStep(int step, const QSizeF &size, const ChartLook &look) const
{
    const ChartBucket &bucket = m_content.buckets[size_t(step)];
    QString text = ChartText::window(bucket.window, look) + u'\n'
        + tr("%1, %2 a minute")
              .arg(ChartText::jobs(bucket.count), ChartText::perMinute(bucket.throughput.finishedPerMinute));
    for (size_t k = 0; k < outcomeClassCount; ++k) {
        if (bucket.outcomes[k] > 0)
            text += u"\n%1 %2"_s.arg(ChartText::outcomeClass(OutcomeClass(k)), Wording::number(bucket.outcomes[k]));
    }
    if (bucket.throughput.outputTokensPerMinute > 0)
        text +=
            u'\n' + tr("%1 output tokens a minute").arg(ChartText::perMinute(bucket.throughput.outputTokensPerMinute));
    return ChartHit{.column = column(bucket, ChartLayout(size, look, hasTokens())), .text = text};
}

QByteArray ThroughputDrawing::csv() const
{
    QByteArray text = "from,to,jobs,jobs_per_minute,completed_per_minute,output_tokens_per_minute\r\n";
    for (const ChartBucket &bucket : m_content.buckets) {
        text += isoTime(bucket.window.from).toLatin1() + ',' + isoTime(bucket.window.to).toLatin1() + ','
            + QByteArray::number(bucket.count) + ',' + QByteArray::number(bucket.throughput.finishedPerMinute, 'f', 6)
            + ',' + QByteArray::number(bucket.throughput.completedPerMinute, 'f', 6) + ','
            + QByteArray::number(bucket.throughput.outputTokensPerMinute, 'f', 6) + "\r\n";
    }
    return text;
}

} // namespace BitNet
