// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/diagnostic.h"

#include <QList>
#include <QWidget>

class QLineEdit;
class QVBoxLayout;

namespace BitNet {

class EngineContext;
class ToneLabel;

// Where the engine is and how it and the machine are; what is wrong says what to do about it.
class EnginePage : public QWidget
{
    Q_OBJECT
public:
    explicit EnginePage(EngineContext &engine, QWidget *parent = nullptr);

    QAction *chooseFolderAction() const { return m_choose; }
    // Hidden when no replay engine was installed.
    QAction *replayAction() const { return m_replay; }
    QAction *refreshAction() const { return m_refresh; }
    static QString title(const Diagnostic &diagnostic);

protected:
    void showEvent(QShowEvent *event) override;

private:
    QWidget *makeFolderPart();
    void refresh();
    void display(const QList<Diagnostic> &diagnostics);
    void chooseFolder();
    void followEngine();

    EngineContext &m_engine;
    QAction *m_choose;
    QAction *m_replay;
    QAction *m_refresh;
    QLineEdit *m_folder;
    ToneLabel *m_note;
    QVBoxLayout *m_list;
    bool m_looking = false;
};

} // namespace BitNet
