// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

class QAction;
class QHBoxLayout;
class QLabel;

namespace BitNet {

class ToneLabel;

// What an empty page shows: a sign, what will be here, and the buttons that make it so.
class EmptyState : public QWidget
{
    Q_OBJECT
public:
    EmptyState(const QString &iconName, const QString &title, const QString &text, QWidget *parent = nullptr);

    void setTexts(const QString &title, const QString &text);
    // A button that triggers the action; the first one is the recommended one. The action's text is its label.
    void addAction(QAction *action);

protected:
    void focusInEvent(QFocusEvent *event) override; // hands it on to the first button

private:
    ToneLabel *m_title;
    ToneLabel *m_text;
    QHBoxLayout *m_buttons;
};

} // namespace BitNet
