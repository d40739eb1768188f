// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QWidget>

class QHBoxLayout;

namespace BitNet {

// A row of controls that hides some of them where there isn't room for all, so that those which stay are whole. For
// controls that can be reached in another way too, such as by a context menu.
class FoldingRow : public QWidget
{
    Q_OBJECT
public:
    explicit FoldingRow(QWidget *parent = nullptr);

    QHBoxLayout *row() const { return m_row; }
    // These are in the row already and are hidden together; a group that is given later is hidden earlier.
    void addFoldable(const QList<QWidget *> &group);

    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent *event) override;

private:
    int widthOf(const QWidget *widget) const;
    int foldableWidth() const;
    void fold();

    QHBoxLayout *m_row;
    QList<QList<QWidget *>> m_groups;
};

} // namespace BitNet
