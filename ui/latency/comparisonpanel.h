// SPDX-License-Identifier: MIT
#pragma once

#include "ui/latency/latencyview.h"

#include <QWidget>

class QComboBox;
class QDateTimeEdit;
class QLabel;

namespace BitNet {

class ChartView;

// Compares two selections (before and after a moment, two models, two groups): figures, both cumulative curves, and whether
// the difference is more than noise, with the name of the test.
class ComparisonPanel : public QWidget
{
    Q_OBJECT
public:
    explicit ComparisonPanel(QWidget *parent = nullptr);

    ChartView *chart() const { return m_chart; }
    // What it asks; nothing while the panel is hidden or two different selections are not chosen.
    std::optional<ComparisonQuestion> question() const;
    void setMoment(WallTime moment);
    void setChoices(const SampleSet &samples);
    void display(const LatencyView &view);
    // The verdict as it is shown.
    QString verdict() const;

Q_SIGNALS:
    void changed();

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    ComparisonKind kind() const;
    void updateFields();

    QComboBox *m_kind;
    QDateTimeEdit *m_moment;
    QComboBox *m_a;
    QComboBox *m_b;
    QLabel *m_verdict;
    QLabel *m_figures;
    ChartView *m_chart;
    std::array<QStringList, 2> m_choices; // models, groups
    bool m_momentIsSet = false;
};

} // namespace BitNet
