// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobid.h"
#include "ui/latency/chartlook.h"

#include <QByteArray>
#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <QString>

#include <optional>

class QPainter;

namespace BitNet {

class ChartLayout;

// What is under the pointer.
struct ChartHit
{
    QRectF column = {}; // to be highlighted
    std::optional<QPointF> mark = std::nullopt; // to be marked
    QString text = {}; // exact values, in lines
    std::optional<JobId> job = std::nullopt; // where Enter leads
    // It is that job; else a bucket of jobs in which that one stands out, and a click leads nowhere.
    bool isJob = false;
};

// One chart with all that it shows: an immutable value that paints itself in any size on any device (window, picture, PDF).
// Any thread.
class ChartDrawing
{
public:
    virtual ~ChartDrawing() = default;

    virtual QString title() const = 0;
    // What it shows, in a sentence or two, for those who don't see it.
    virtual QString summary() const = 0;
    virtual void paint(QPainter &painter, const QSizeF &size, const ChartLook &look) const = 0;
    // The part without legend and labels.
    QRectF plot(const QSizeF &size, const ChartLook &look) const;
    virtual std::optional<ChartHit> hitAt(const QPointF &at, const QSizeF &size, const ChartLook &look) const = 0;
    // Its steps from left to right, for the arrow keys.
    virtual int stepCount() const = 0;
    virtual std::optional<ChartHit> hitOfStep(int step, const QSizeF &size, const ChartLook &look) const = 0;
    // What the horizontal axis says there: microseconds since 1970 or milliseconds of latency.
    double valueAt(double x, const QSizeF &size, const ChartLook &look) const;
    // Its figures as RFC 4180 with a header row, CRLF.
    virtual QByteArray csv() const = 0;

protected:
    virtual bool hasRightAxis() const { return false; }
    // valueAt() in a chart of this layout.
    virtual double axisValue(double x, const ChartLayout &layout) const = 0;
};

} // namespace BitNet
