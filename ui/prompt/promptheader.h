// SPDX-License-Identifier: MIT
#pragma once

#include "ui/prompt/fieldproblems.h"
#include "ui/prompt/promptquestion.h"

#include <QWidget>

class QAction;
class QBoxLayout;
class QComboBox;
class QToolButton;

namespace BitNet {

class EngineContext;
class ModelPicker;
class PresetBox;
class PresetStore;
class ToneLabel;

// What a prompt goes to: model, engine, how it is asked, preset. With the messages about them.
class PromptHeader : public QWidget
{
    Q_OBJECT
public:
    PromptHeader(EngineContext &engine, PresetStore &presets, QWidget *parent = nullptr);

    ModelPicker *model() const { return m_model; }
    PresetBox *presets() const { return m_presets; }
    QComboBox *engineField() const { return m_engineChoice; }
    QAction *chooseModelAction() const { return m_chooseModel; }
    QAction *oneShotAction() const { return m_oneShot; }
    QAction *sessionAction() const { return m_session; }
    // Buttons at the beginning of the first line and at the end of the second.
    void addBefore(QAction *action);
    void addAfter(QAction *action);

    PromptMode mode() const;
    void setMode(PromptMode mode);
    // The engine's build folder; empty: the default one.
    QString engineFolder() const;
    // The chosen engine's name; empty: the default one.
    QString engineName() const;
    // An unknown name is shown as missing, and refused when it is asked.
    void setEngineName(const QString &name);
    // Chosen by a conversation or a preset, but not among the engines: its name.
    QString missingEngine() const { return m_missing; }

    // Of "model", "binary" and "port".
    FieldProblems &problems() { return m_problems; }

Q_SIGNALS:
    // Model, engine or mode.
    void edited();
    void engineRequested();
    void modelFileRequested();

private:
    void fillEngines();
    void followReplay();

    EngineContext &m_engine;
    QAction *m_chooseModel;
    QAction *m_oneShot;
    QAction *m_session;
    ModelPicker *m_model;
    QComboBox *m_engineChoice;
    PresetBox *m_presets;
    QBoxLayout *m_firstRow;
    QBoxLayout *m_secondRow;
    ToneLabel *m_replayNote;
    QString m_missing;
    FieldProblems m_problems;
};

} // namespace BitNet
