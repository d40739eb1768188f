// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/chartscale.h"
#include "ui/latency/chartbuckets.h"
#include "ui/latency/chartdrawing.h"

#include <QCoreApplication>

#include <vector>

namespace BitNet {

class ChartLayout;

// Where the time went: queue wait, load, prefill, decode and the rest of the run, stacked; one bar a job while there are few,
// else the means of each bucket of time.
class BreakdownDrawing : public ChartDrawing
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::BreakdownDrawing)
public:
    struct Bar
    {
        TimeRange window = {}; // of a job: submitted to completed
        JobId job = {}; // invalid: a bucket
        qint64 jobs = 1;
        std::array<double, phaseCount> phases = {}; // ms
    };
    struct Content
    {
        TimeRange range = {};
        std::vector<Bar> bars = {}; // by time
        bool isByJob = false; // then they stand side by side; else at their time
    };
    explicit BreakdownDrawing(Content content);
    static Content byBucket(const TimeRange &range, const std::vector<ChartBucket> &buckets);

    const Content &content() const { return m_content; }

    QString title() const override { return tr("Breakdown of the latency"); }
    QString summary() const override;
    void paint(QPainter &painter, const QSizeF &size, const ChartLook &look) const override;
    std::optional<ChartHit> hitAt(const QPointF &at, const QSizeF &size, const ChartLook &look) const override;
    int stepCount() const override { return int(m_content.bars.size()); }
    std::optional<ChartHit> hitOfStep(int step, const QSizeF &size, const ChartLook &look) const override;
    QByteArray csv() const override;

protected:
    // By job: the completion of the job at that place.
    double axisValue(double x, const ChartLayout &layout) const override;

private:
    QRectF column(size_t bar, const ChartLayout &layout) const;
    std::array<double, phaseCount> means() const;

    Content m_content;
};

} // namespace BitNet
