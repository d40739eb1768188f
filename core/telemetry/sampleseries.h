// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencysample.h"
#include "core/telemetry/latencytimeline.h"
#include "core/telemetry/sampleset.h"

#include <array>
#include <span>
#include <utility>
#include <vector>

namespace BitNet {

// The samples of one measure in order of time, for charts: 25 bytes a sample, in columns, so that a pass over a million
// reads only what it needs. Samples are named by their index; appending to the end leaves indices as they were.
//
// A plain value. Const members may be called from several threads at once.
class SampleSeries
{
public:
    struct Sample
    {
        WallTime at = {};
        double ms = 0;
        OutcomeClass outcomeClass = OutcomeClass::Completed;
        Observation observation = Observation::Measured;
        JobId job = {};

        friend bool operator==(const Sample &, const Sample &) = default;
    };

    // What is to be drawn in one column of pixels. Indices are -1 where there is none.
    struct PixelColumn
    {
        qsizetype first = 0; // of the samples in this column, whatever their outcome; they follow each other
        qsizetype count = 0;
        qsizetype smallest = -1; // completed samples
        qsizetype largest = -1;
        qsizetype largestFailed = -1; // the largest one that failed
        qsizetype largestTimedOut = -1;
        std::array<qsizetype, outcomeClassCount> counts = {};
    };

    enum class ValueAxis : quint8 { Linear, Logarithmic };

    // How far apart things are on the screen, for nearest().
    struct PixelSize
    {
        double microseconds = 1; // one pixel to the right, > 0
        double value = 1; // one pixel up, > 0: milliseconds, or decades on a logarithmic axis
        ValueAxis axis = ValueAxis::Linear;
    };

    void reserve(qsizetype count);
    // In order of time, or nearly: the cost grows with how many samples are later than this one.
    void append(const Sample &sample);
    // The measure of these samples, where it is not absent; in any order.
    void append(std::span<const LatencySample> samples, Measure measure);
    // Of those that the filter lets through; sorts once.
    void append(const SampleSet &samples, Measure measure, const SampleFilter &filter);
    void clear();

    qsizetype size() const { return qsizetype(m_times.size()); }
    bool isEmpty() const { return m_times.empty(); }
    Sample at(qsizetype index) const;

    // First to last sample; nothing without samples. The end is one microsecond after the last.
    std::optional<TimeRange> timeRange() const;
    // The index of the first sample of the range and the one past its last.
    std::pair<qsizetype, qsizetype> indices(const TimeRange &range) const;
    // The values of the range that enter statistics (Observation::Measured), by time.
    std::vector<double> measuredValues(const TimeRange &range) const;

    // Cuts the range into so many columns (≥ 1) and finds what stays visible in each: both extremes, and each kind of
    // failure. One pass over the samples of the range.
    std::vector<PixelColumn> decimate(const TimeRange &range, int columns) const;
    // The indices that decimate() keeps, ascending: at most four a column.
    std::vector<qsizetype> visible(const TimeRange &range, int columns) const;

    // The sample that is nearest on the screen to this point, at most maximumPixels away; nothing when there is none.
    std::optional<qsizetype> nearest(WallTime at, double ms, const PixelSize &pixel, double maximumPixels) const;

private:
    void appendUnsorted(std::span<const LatencySample> samples, Measure measure, const SampleFilter &filter);
    void sortByTime();

    std::vector<qint64> m_times; // microseconds since 1970
    std::vector<double> m_values;
    std::vector<quint8> m_marks; // outcome class and observation
    std::vector<quint64> m_jobs;
};

} // namespace BitNet
