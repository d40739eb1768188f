// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/chartscale.h"
#include "core/telemetry/histogram.h"
#include "core/telemetry/latencydistribution.h"
#include "ui/latency/chartdrawing.h"

#include <QCoreApplication>

#include <utility>
#include <vector>

namespace BitNet {

class ChartLayout;

// How the values of one measure are spread: a histogram with the cumulative curve on top.
class DistributionDrawing : public ChartDrawing
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::DistributionDrawing)
public:
    struct Content
    {
        Measure measure = Measure::E2E;
        HistogramScale scale = HistogramScale::Linear;
        std::vector<HistogramBucket> buckets = {};
        std::vector<CumulativePoint> cumulative = {};
        std::vector<CumulativePoint> cumulativeWithCensored = {}; // Kaplan–Meier; empty without time-outs
        std::array<std::optional<double>, 3> percentiles = {}; // p50, p95, p99
        std::optional<double> limitMs = std::nullopt;
        std::optional<std::pair<double, double>> shown = std::nullopt; // ms; nothing: all buckets
    };
    explicit DistributionDrawing(Content content);

    const Content &content() const { return m_content; }

    QString title() const override;
    QString summary() const override;
    void paint(QPainter &painter, const QSizeF &size, const ChartLook &look) const override;
    std::optional<ChartHit> hitAt(const QPointF &at, const QSizeF &size, const ChartLook &look) const override;
    int stepCount() const override { return int(m_content.buckets.size()); }
    std::optional<ChartHit> hitOfStep(int step, const QSizeF &size, const ChartLook &look) const override;
    QByteArray csv() const override;

protected:
    bool hasRightAxis() const override { return true; }
    double axisValue(double x, const ChartLayout &layout) const override;

private:
    std::pair<double, double> span() const;
    DurationScale scale(const ChartLayout &layout) const;
    double shareBelow(double ms) const;

    Content m_content;
};

} // namespace BitNet
