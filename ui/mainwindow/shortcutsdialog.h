// SPDX-License-Identifier: MIT
#pragma once

#include <QDialog>

class QAction;

namespace BitNet {

// Lists what can be done with the keyboard.
class ShortcutsDialog : public QDialog
{
    Q_OBJECT
public:
    explicit ShortcutsDialog(const QList<QAction *> &actions, QWidget *parent = nullptr);
};

} // namespace BitNet
