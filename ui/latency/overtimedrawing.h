// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/chartscale.h"
#include "core/telemetry/sampleseries.h"
#include "ui/latency/chartbuckets.h"
#include "ui/latency/chartdrawing.h"

#include <QCoreApplication>

#include <memory>

namespace BitNet {

class ChartCanvas;
class ChartLayout;

// p50, p95 and p99 of one measure over time, above the single jobs. Of all jobs that end in one column of pixels the
// extremes are drawn, and one of each kind of failure: no more than there are pixels, and nothing that stands out is lost.
class OverTimeDrawing : public ChartDrawing
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::OverTimeDrawing)
public:
    struct Content
    {
        Measure measure = Measure::E2E;
        TimeRange range = {}; // that it shows
        std::vector<ChartBucket> buckets = {};
        std::shared_ptr<const SampleSeries> series = {}; // may hold more than the range, or be null
        std::optional<double> limitMs = std::nullopt;
        bool isLogarithmic = false;
    };
    explicit OverTimeDrawing(Content content);

    const Content &content() const { return m_content; }

    QString title() const override;
    QString summary() const override;
    void paint(QPainter &painter, const QSizeF &size, const ChartLook &look) const override;
    std::optional<ChartHit> hitAt(const QPointF &at, const QSizeF &size, const ChartLook &look) const override;
    int stepCount() const override { return int(m_content.buckets.size()); }
    std::optional<ChartHit> hitOfStep(int step, const QSizeF &size, const ChartLook &look) const override;
    QByteArray csv() const override;

protected:
    double axisValue(double x, const ChartLayout &layout) const override;

private:
    using Columns = std::vector<SampleSeries::PixelColumn>;
    Columns columns(const ChartLayout &layout) const;
    DurationScale scale(const ChartLayout &layout, const Columns &columns) const;
    void paintSamples(ChartCanvas &canvas, const ChartLayout &layout, const Columns &columns,
                      const DurationScale &scale) const;
    void paintLines(ChartCanvas &canvas, const ChartLayout &layout, const DurationScale &scale) const;
    void paintFailures(ChartCanvas &canvas, const ChartLayout &layout, const Columns &columns,
                       const DurationScale &scale) const;
    std::optional<ChartHit> hitOfSample(const QPointF &at, const ChartLayout &layout, const ChartLook &look) const;

    Content m_content;
};

} // namespace BitNet
