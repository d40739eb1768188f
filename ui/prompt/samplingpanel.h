// SPDX-License-Identifier: MIT
#pragma once

#include "core/conversations/promptsettings.h"
#include "core/jobs/jobspec.h"
#include "ui/prompt/fieldproblems.h"
#include "ui/prompt/optionalspinbox.h"

#include <QScrollArea>

class QCheckBox;
class QFormLayout;
class QLineEdit;
class QPlainTextEdit;

namespace BitNet {

class DurationEdit;
struct ConfigurationIssue;
class ToneLabel;

// The system prompt, sampling settings, what the engine is started with, and limits. Beside each field the message about it.
class SamplingPanel : public QScrollArea
{
    Q_OBJECT
public:
    // automaticThreads: how many threads "automatic" means here.
    explicit SamplingPanel(int automaticThreads, QWidget *parent = nullptr);

    // Shows the settings; engine and model of them are shown elsewhere. Emits nothing.
    void setSettings(const PromptSettings &settings);
    // base with all that is set here.
    PromptSettings settings(PromptSettings base) const;
    void setLimits(const JobLimits &limits);
    // base with the time limits that are set here.
    JobLimits limits(JobLimits base) const;
    bool withHistory() const;
    void setWithHistory(bool on);
    // Fields that only one of the two modes has.
    void setSession(bool isSession);

    // What can't be read as a value: a time limit that is none, a quote that is not closed.
    QList<ConfigurationIssue> unreadable() const;
    FieldProblems &problems() { return m_problems; }
    // Scrolls to the field.
    void reveal(const QString &field);
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    // A person changed something.
    void edited();

private:
    void addHeading(const QString &text);
    void addField(const QString &field, const QString &label, QWidget *editor, const QString &toolTip);

    QFormLayout *m_form;
    QPlainTextEdit *m_systemPrompt;
    QSpinBox *m_nPredict;
    QDoubleSpinBox *m_temperature;
    OptionalInt *m_topK;
    OptionalReal *m_topP;
    OptionalReal *m_minP;
    OptionalReal *m_repeatPenalty;
    QDoubleSpinBox *m_seed;
    QCheckBox *m_withHistory;
    QSpinBox *m_ctxSize;
    QSpinBox *m_batchSize;
    QSpinBox *m_threads;
    QSpinBox *m_gpuLayers;
    QLineEdit *m_extra;
    DurationEdit *m_timeout;
    DurationEdit *m_deadline;
    ToneLabel *m_engineNote;
    FieldProblems m_problems;
    bool m_isSettingValues = false;
};

} // namespace BitNet
