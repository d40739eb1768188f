// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/latencystatistics.h"

#include <QWidget>

#include <array>

class QSettings;

namespace BitNet {

class DurationEdit;
class ToneLabel;

// What a request shall keep (SLO): limits of TTFT, TPOT and E2E, and how many did.
class LimitsBar : public QWidget
{
    Q_OBJECT
public:
    explicit LimitsBar(QWidget *parent = nullptr);

    LatencyLimits limits() const;
    void setLimits(const LatencyLimits &limits);
    void display(const LatencyStatistics &statistics);

Q_SIGNALS:
    void changed();

private:
    struct Field
    {
        Measure measure = Measure::E2E;
        DurationEdit *edit = nullptr;
        ToneLabel *attainment = nullptr;
    };
    std::array<Field, 3> m_fields;
    ToneLabel *m_goodput;
};

} // namespace BitNet
