// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

class QAction;

namespace BitNet {

class ContextMeter;
class ElidedLabel;
class PromptEdit;
class ToneLabel;

// The prompt's field with Send and Stop, the context meter, and a line that says what goes on.
class Composer : public QWidget
{
    Q_OBJECT
public:
    Composer(QAction *send, QAction *stop, QWidget *parent = nullptr);

    PromptEdit *edit() const { return m_edit; }
    ContextMeter *meter() const { return m_meter; }
    // What goes on, for a moment.
    void setProgress(const QString &text);
    QString progress() const;
    // An earlier prompt is changed: sending makes another branch.
    void setEditing(bool editing);
    bool isEditing() const;
    void showProblem(const QString &text, bool isWarning);
    QString problem() const;

Q_SIGNALS:
    void editingCancelled();

protected:
    void changeEvent(QEvent *event) override;

private:
    void fitWidth();

    QWidget *m_inner;
    PromptEdit *m_edit;
    ContextMeter *m_meter;
    ElidedLabel *m_progressLabel;
    ToneLabel *m_problem;
    QWidget *m_editing;
};

} // namespace BitNet
