// SPDX-License-Identifier: MIT
#pragma once

#include "ui/latency/latencyview.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <memory>
#include <stop_token>

namespace BitNet {

// Holds the samples of a page and answers what it asks about them, off the GUI thread: one computation at a time; a newer
// question stops the one that is being answered. GUI thread only.
class LatencyAggregator : public QObject
{
    Q_OBJECT
public:
    explicit LatencyAggregator(QObject *parent = nullptr);
    ~LatencyAggregator() override;

    // Returns at once, however many there are. Samples of jobs that are known are left out later, off this thread.
    void addSamples(SampleSet::Chunk samples);
    // Forgets these jobs, and does not take them in later.
    void remove(const QList<JobId> &ids);
    // Follows range, when it is given, as time passes: its length back from now.
    void ask(const LatencyQuestion &question, std::optional<std::chrono::microseconds> lastOnly = std::nullopt);
    // While nobody looks nothing is computed.
    void setActive(bool active);

    // What was taken in by the last computation.
    const SampleSet &samples() const { return m_samples; }
    // There are some, or there will be.
    bool hasSamples() const { return !m_samples.isEmpty() || !m_pending.samples.empty(); }
    bool isComputing() const { return m_isComputing; }
    // How many computations were stopped because they were superseded.
    int supersededCount() const { return m_superseded; }

Q_SIGNALS:
    // The answer to the newest question: after ask(), and some times a second while samples come in.
    void viewChanged(const std::shared_ptr<const BitNet::LatencyView> &view);
    // samples() has grown or shrunk.
    void samplesChanged();

private:
    // What is to be done to the samples before the next computation, in this order.
    struct Changes
    {
        QList<JobId> removed = {};
        std::vector<SampleSet::Chunk> samples = {};

        bool isEmpty() const { return removed.isEmpty() && samples.empty(); }
        void applyTo(SampleSet &set) &&;
    };

    void compute();
    void schedule();
    void changed();

    SampleSet m_samples;
    Changes m_pending;
    LatencyQuestion m_question;
    std::optional<std::chrono::microseconds> m_lastOnly;
    std::stop_source m_stop;
    QTimer m_timer; // joins what comes in within a moment
    QTimer m_clock; // moves the range on
    bool m_isActive = false;
    bool m_isComputing = false;
    bool m_isStale = true; // the newest question or samples have not been answered
    int m_superseded = 0;
};

} // namespace BitNet
