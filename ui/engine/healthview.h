// SPDX-License-Identifier: MIT
#pragma once

#include "core/runtime/diagnostic.h"

#include <QList>
#include <QWidget>

class QVBoxLayout;

namespace BitNet {

class BitNetRuntime;

// How the default engine and this machine are, a line each; what is wrong says what to do about it.
class HealthView : public QWidget
{
    Q_OBJECT
public:
    explicit HealthView(QWidget *parent = nullptr);

    // Asks in another thread, then shows. outputFolder: whose disk is looked at; empty: that of temporary files. Ignored while
    // an answer is still to come.
    void look(const BitNetRuntime &runtime, const QString &outputFolder);
    // Whether the lines about the engine's programs are shown, too.
    void setEngineShown(bool shown);
    static QString title(const Diagnostic &diagnostic);

protected:
    void changeEvent(QEvent *event) override;

private:
    void display(const QList<Diagnostic> &diagnostics);
    QWidget *makeLine(const Diagnostic &diagnostic);

    QVBoxLayout *m_list;
    QList<Diagnostic> m_shown;
    bool m_looking = false;
    bool m_engineShown = true;
};

} // namespace BitNet
