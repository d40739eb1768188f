// SPDX-License-Identifier: MIT
#pragma once

#include "ui/style/theme.h"

#include <QFrame>

class QAction;
class QHBoxLayout;
class QLabel;

namespace BitNet {

// A line across the page that says something that must not be missed.
class Banner : public QFrame
{
    Q_OBJECT
public:
    Banner(Tone tone, const QString &iconName, QWidget *parent = nullptr);

    void setText(const QString &text);
    QString text() const;
    void addAction(QAction *action);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Tone m_tone;
    QString m_iconName;
    QLabel *m_text;
    QHBoxLayout *m_row;
};

} // namespace BitNet
