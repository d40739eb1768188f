// SPDX-License-Identifier: MIT
#pragma once

#include <QPlainTextEdit>
#include <QStringList>

namespace BitNet {

// Where a prompt is typed: grows with its text up to some lines. Alt+Up and Alt+Down bring back earlier prompts. Ctrl+Enter is
// left to whoever has it as a shortcut.
class PromptEdit : public QPlainTextEdit
{
    Q_OBJECT
public:
    explicit PromptEdit(QWidget *parent = nullptr);

    // Earlier prompts, the newest last.
    void setHistory(const QStringList &prompts);

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void grow();
    void recall(int steps);

    QStringList m_history;
    qsizetype m_place = 0; // in the history; its size: the text that is being typed
    QString m_typed; // that text, while an earlier one is shown
};

} // namespace BitNet
