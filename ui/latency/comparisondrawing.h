// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/chartscale.h"
#include "core/telemetry/latencydistribution.h"
#include "ui/latency/chartdrawing.h"

#include <QCoreApplication>

#include <array>
#include <vector>

namespace BitNet {

class ChartLayout;

// The cumulative curves of two selections, A and B: what lies further left is faster.
class ComparisonDrawing : public ChartDrawing
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::ComparisonDrawing)
public:
    struct Content
    {
        Measure measure = Measure::E2E;
        std::array<QString, 2> names = {};
        std::array<std::vector<CumulativePoint>, 2> curves = {};
    };
    explicit ComparisonDrawing(Content content);

    const Content &content() const { return m_content; }

    QString title() const override;
    QString summary() const override;
    void paint(QPainter &painter, const QSizeF &size, const ChartLook &look) const override;
    std::optional<ChartHit> hitAt(const QPointF &at, const QSizeF &size, const ChartLook &look) const override;
    int stepCount() const override { return 20; } // every 5 %
    std::optional<ChartHit> hitOfStep(int step, const QSizeF &size, const ChartLook &look) const override;
    QByteArray csv() const override;

protected:
    double axisValue(double x, const ChartLayout &layout) const override;

private:
    DurationScale scale(const ChartLayout &layout) const;
    std::optional<ChartHit> hitOfShare(double share, const ChartLayout &layout) const;

    Content m_content;
};

} // namespace BitNet
