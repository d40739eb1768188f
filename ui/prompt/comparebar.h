// SPDX-License-Identifier: MIT
#pragma once

#include "ui/prompt/promptquestion.h"

#include <QFrame>

class QComboBox;

namespace BitNet {

class EngineContext;
class ModelPicker;
class PresetStore;
class ToneLabel;

// What answers beside the model above: another model, another engine, another preset. What is left alone is the same.
class CompareBar : public QFrame
{
    Q_OBJECT
public:
    CompareBar(EngineContext &engine, PresetStore &presets, QWidget *parent = nullptr);

    ModelPicker *model() const { return m_model; }
    QComboBox *presetField() const { return m_preset; }
    QComboBox *engineField() const { return m_engineChoice; }
    // question with what is chosen here.
    PromptQuestion applied(PromptQuestion question) const;
    void showProblem(const QString &text);
    QString problem() const;

Q_SIGNALS:
    void closed();

private:
    void fill();

    EngineContext &m_engine;
    PresetStore &m_presets;
    ModelPicker *m_model;
    QComboBox *m_preset;
    QComboBox *m_engineChoice;
    ToneLabel *m_problem;
};

} // namespace BitNet
