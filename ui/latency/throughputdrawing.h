// SPDX-License-Identifier: MIT
#pragma once

#include "ui/latency/chartbuckets.h"
#include "ui/latency/chartdrawing.h"

#include <QCoreApplication>

#include <vector>

namespace BitNet {

class ChartLayout;

// Finished jobs a minute by outcome, as bars, and output tokens a minute, as a line with its own axis at the right.
class ThroughputDrawing : public ChartDrawing
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::ThroughputDrawing)
public:
    struct Content
    {
        TimeRange range = {};
        std::vector<ChartBucket> buckets = {};
    };
    explicit ThroughputDrawing(Content content);

    const Content &content() const { return m_content; }

    QString title() const override { return tr("Throughput"); }
    QString summary() const override;
    void paint(QPainter &painter, const QSizeF &size, const ChartLook &look) const override;
    std::optional<ChartHit> hitAt(const QPointF &at, const QSizeF &size, const ChartLook &look) const override;
    int stepCount() const override { return int(m_content.buckets.size()); }
    std::optional<ChartHit> hitOfStep(int step, const QSizeF &size, const ChartLook &look) const override;
    QByteArray csv() const override;

protected:
    bool hasRightAxis() const override { return hasTokens(); }
    double axisValue(double x, const ChartLayout &layout) const override;

private:
    bool hasTokens() const;
    QRectF column(const ChartBucket &bucket, const ChartLayout &layout) const;

    Content m_content;
};

} // namespace BitNet
