// SPDX-License-Identifier: MIT
#pragma once

#include <QAction>
#include <QList>
#include <QWidget>

class QActionGroup;
class QVBoxLayout;

namespace BitNet {

// The pages of the window at its left edge: icon and label, Ctrl+1, Ctrl+2, …
class PageSwitcher : public QWidget
{
    Q_OBJECT
public:
    explicit PageSwitcher(QWidget *parent = nullptr);

    QAction *addPage(const QString &iconName, const QString &title);
    const QList<QAction *> &pages() const { return m_pages; }
    int current() const;
    void setCurrent(int page);

Q_SIGNALS:
    void currentChanged(int page);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QActionGroup *m_group;
    QVBoxLayout *m_column;
    QList<QAction *> m_pages;
};

} // namespace BitNet
