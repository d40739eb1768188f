// SPDX-License-Identifier: MIT
#pragma once

#include "core/telemetry/sampleset.h"

#include <QWidget>

#include <chrono>
#include <functional>
#include <optional>

class QComboBox;
class QDateTimeEdit;
class QHBoxLayout;

namespace BitNet {

// Which jobs the page is about: measure, time range, group, model, kind, outcome, engine.
class LatencyFilterBar : public QWidget
{
    Q_OBJECT
public:
    explicit LatencyFilterBar(QWidget *parent = nullptr);

    Measure measure() const;
    void setMeasure(Measure measure);
    SampleFilter filter() const;
    // The last so much; nothing for all and for a custom range.
    std::optional<std::chrono::microseconds> lastOnly() const;
    // The custom range, when it is chosen.
    std::optional<TimeRange> customRange() const;
    // Makes it the custom range.
    void setCustomRange(const TimeRange &range);
    // How an engine's program is called; else by its path.
    void setEngineNames(std::function<QString(const QString &program)> names) { m_engineNames = std::move(names); }
    // What filters can choose from; choices stay.
    void setChoices(const SampleSet &samples);
    // The selection in words, for reports ("model a.gguf, last 24 hours"); empty for all.
    QString words() const;

    int rangeIndex() const;
    void setRangeIndex(int index);

Q_SIGNALS:
    void changed();

private:
    QComboBox *addChoice(const QString &name, const QString &all);
    void updateRangeFields();

    std::function<QString(const QString &)> m_engineNames = [](const QString &program) { return program; };
    QHBoxLayout *m_choices;
    QComboBox *m_measure;
    QComboBox *m_range;
    QWidget *m_moments;
    QDateTimeEdit *m_from;
    QDateTimeEdit *m_to;
    QComboBox *m_group;
    QComboBox *m_model;
    QComboBox *m_engine;
    QComboBox *m_kind;
    QComboBox *m_outcome;
};

} // namespace BitNet
