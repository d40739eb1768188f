// SPDX-License-Identifier: MIT
#pragma once

#include "core/jobs/jobrecord.h"
#include "ui/style/theme.h"

#include <QList>
#include <QString>
#include <QWidget>

#include <chrono>
#include <optional>

namespace BitNet {

// Where a job's time went, as one stacked bar from submitted to completed, with a legend that has the figures.
class TimelineView : public QWidget
{
    Q_OBJECT
public:
    enum class Phase { QueueWait, Load, Prefill, Decode, UntilOutput, Running, Rest };
    struct Segment
    {
        Phase phase;
        std::chrono::nanoseconds length;

        friend bool operator==(const Segment &, const Segment &) = default;
    };

    explicit TimelineView(QWidget *parent = nullptr);

    void setRecord(const JobRecord &record);
    void clear();
    // Redraws what grows with time.
    void tick();

    // In the order of time; empty phases are left out. With an engine's timings: queue wait, load, prefill, decode and the
    // rest of the run; without: queue wait, until the first output, the rest of the run. now is the end of an unfinished job.
    static QList<Segment> segments(const JobRecord &record, MonotonicTime now);
    static QString title(Phase phase);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QColor colour(Phase phase) const;

    std::optional<JobRecord> m_record;
};

} // namespace BitNet
