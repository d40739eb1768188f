// SPDX-License-Identifier: MIT
#pragma once

#include "ui/jobs/jobfilterproxy.h"

#include <QHash>
#include <QIcon>
#include <QStyledItemDelegate>

namespace BitNet {

// Paints the rows of the table of jobs: state as icon and word, results in the colour of their tone, and under the run time
// a thin bar that shows how much of the nearest limit has passed (red from 85 % on).
class JobDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit JobDelegate(const JobFilterProxy *proxy, QObject *parent = nullptr);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    const QIcon &icon(const QString &name, const QColor &colour) const;

    const JobFilterProxy *m_proxy;
    mutable QHash<QString, QIcon> m_icons;
};

} // namespace BitNet
