// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencysample.h"
#include "core/telemetry/latencytimeline.h"
#include "ui/latency/chartlook.h"

#include <QCoreApplication>
#include <QString>

namespace BitNet {

// The words of the latency page and its charts.
class ChartText
{
    Q_DECLARE_TR_FUNCTIONS(BitNet::ChartText)
public:
    static QString measure(Measure measure); // "E2E latency"
    static QString meaning(Measure measure); // "submitted → completed"
    static QString phase(LatencyPhase phase);
    static QString outcomeClass(OutcomeClass outcome);
    // "1.24 s (1,240.113 ms)": for people, and exact.
    static QString duration(double ms);
    // Of a percentile: "605 ms, within 0.5 %" of the true one, when there are too many values to keep each.
    static QString percentile(double ms, double relativeErrorBound);
    static QString jobs(qint64 count); // "1,204 jobs"
    static QString model(const QString &path); // its file's name
    static QString perMinute(double rate);
    // "2026-11-25 18:05:00", in the clock of a chart.
    static QString moment(WallTime time, const ChartLook &look);
    static QString window(const TimeRange &window, const ChartLook &look); // to the millisecond when it is short
};

} // namespace BitNet
